"""Who may do what is written down; whoever changes a right sees in a diff whom it lets in."""

import wsgi
from tests.cases import who_may
from tests.conftest import test_settings as settings_for


def test_the_table_says_what_the_views_declare(tmp_path):
    now, kept = who_may.declared(wsgi.create_app(settings_for(tmp_path))), who_may.written()
    changed = [
        f"{method} {path} for {who}: {kept.get((path, method), {}).get(who, 'not there')} → {cells.get(who)}"
        for (path, method), cells in now.items()
        for who in cells
        if kept.get((path, method), {}).get(who) != cells[who]
    ]
    changed += [f"{method} {path} is gone" for path, method in kept.keys() - now.keys()]
    assert changed == [], f"if that is meant: {who_may.COMMAND}"
