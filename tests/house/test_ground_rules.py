"""Rules about code that no linter knows. Who may import whom is `lint-imports` (make check)."""

import ast

from tests.support import house

# File → why it may commit. A request ends in one place, or half of it may be kept.
MAY_COMMIT = {
    "webapp/shell/unit_of_work.py": "ends the request: through Database.commit, and nowhere else",
}
# File → why it opens a transaction of its own beside the request's.
MAY_BEGIN = {
    "webapp/interop/limits.py": "a request is counted although it is refused",
    "webapp/interop/views.py": "who read a person's data is written down, although that is a GET",
    "webapp/counter/previews.py": "as there",
    "webapp/counter/views.py": "as there, of every dossier that an officer opens",
    "webapp/accounts/views/me.py": "as there, of everything that somebody takes along of their own",
    "webapp/transparency/measuring.py": "the worker, once a day; and the command below",
    "webapp/transparency/recount.py": "all figures are counted again in small pieces; it is a command",
    "webapp/catalogue/importing.py": "a long import keeps what it has done; it is a command",
    "webapp/dossiers/views/lookup.py": "a try is counted before anything is answered, and nobody waits for the answer",
    "webapp/kiosk/device.py": "once a day a screen is written down as seen, although that is a GET",
    "notifications/sending.py": "the worker: nothing may be locked while a gateway is asked",
    "notifications/channels/demo.py": "what the demo's gateway has taken is taken, whatever becomes of the sender",
}
COMMANDS = ("cli.py", "keeping.py", "forgetting.py", "seeding.py")
CLOCK = "webapp/core/clock.py"


def calls(path) -> list[ast.Call]:
    return [node for node in ast.walk(house.tree(path)) if isinstance(node, ast.Call)]


def commits(path) -> list[str]:
    return [
        house.at(path, call.lineno)
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]


def test_only_the_ground_floor_commits():
    found = [
        place
        for path in [*house.python_files(), house.ROOT / "wsgi.py"]
        if house.room_of(path) != "core" and str(path.relative_to(house.ROOT)) not in MAY_COMMIT
        for place in commits(path)
    ]
    assert found == []


def test_whoever_is_allowed_to_commit_still_does():
    assert [name for name in MAY_COMMIT if not commits(house.ROOT / name)] == []


def begins(path) -> bool:
    return any(isinstance(call.func, ast.Attribute) and call.func.attr == "transaction" for call in calls(path))


def test_nobody_begins_a_transaction_beside_the_requests_without_a_reason():
    """Commands and the ground floor aside, a request is one transaction."""
    rooms = [p for p in house.python_files() if house.room_of(p) != "core" and not p.name.endswith(COMMANDS)]
    assert {str(p.relative_to(house.ROOT)) for p in rooms if begins(p)} == set(MAY_BEGIN)


def test_only_the_clock_knows_what_time_it_is():
    found = []
    for path in house.python_files():
        if str(path.relative_to(house.ROOT)) == CLOCK:
            continue
        for call in calls(path):
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("now", "utcnow", "today"):
                owner = ast.unparse(call.func.value)
                if owner.split(".")[-1] in ("datetime", "date"):
                    found.append(house.at(path, call.lineno))
    assert found == []


def test_every_room_has_a_card_and_nothing_but_the_card():
    """An import in `__init__.py` would load the house for whoever wants one module of it."""
    packages = [path for path in house.python_files() if path.name == "__init__.py"]
    silent = [str(p.relative_to(house.ROOT)) for p in packages if not ast.get_docstring(house.tree(p))]
    busy = [str(p.relative_to(house.ROOT)) for p in packages if len(house.tree(p).body) > 1]
    assert (silent, busy) == ([], [])
