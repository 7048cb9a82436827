"""Commands that take long show how far they are to whoever sits before them, and nothing of it to a script."""

import re

import click.testing
import pytest

import wsgi
from tests import people
from tests.operations.conftest import a_dossier, command, made
from tests.webapp.catalogue.national import index_of
from webapp.core import crypto

pytestmark = pytest.mark.long
COUNTED = re.compile(r"\d+ of \d+|\d+%|\d+/\d+")
UNITS = "province_code,commune_code,commune,type\n38,99901,Xã Mới,Xã\n38,99902,Xã Mới Hơn,Xã\n"


def long_commands(app, tmp_path):
    """(app, words) of every command that may take minutes with a province's data."""
    units, listed, copy = tmp_path / "units.csv", index_of(tmp_path / "index.tsv", 20), str(tmp_path / "copy")
    units.write_text(UNITS, encoding="utf-8")
    place = {"database_url": f"sqlite:///{tmp_path}/new/x.db", "storage_url": str(tmp_path / "new/files")}
    with made(app).database.session(write=False) as session:
        dao = people.person(session).public_id
    yield app, ("seed", "base")
    yield app, ("catalogue", "load")
    yield app, ("catalogue", "import", str(listed))
    yield app, ("units", "import", str(units))
    yield app, ("backup", copy)
    yield app, ("audit", "verify")
    yield app, ("keys", "rotate")
    yield app, ("keys", "status", "--files")
    yield app, ("erase", dao, "--request", "x", "--try")
    there = wsgi.create_app(made(app).settings.model_copy(update=place))
    crypto.configure(made(there).settings)
    yield there, ("restore", copy, "--check")
    yield there, ("restore", copy)


@pytest.mark.parametrize("watched", [True, False])
def test_a_long_command_says_how_far_it_is_to_people_only(app, tmp_path, monkeypatch, watched):
    a_dossier(app)
    monkeypatch.setattr(click.testing._NamedTextIOWrapper, "isatty", lambda _self: watched, raising=False)
    for where, words in long_commands(app, tmp_path):
        told = command(where, *words)
        assert told.exit_code == 0, (words, told.output)
        assert bool(COUNTED.search(told.stderr)) is watched, (words, told.stderr)
        assert not COUNTED.search(told.stdout.splitlines()[0]), "what a script reads has no progress in it"
