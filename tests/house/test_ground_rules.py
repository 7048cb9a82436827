"""Rules about code that no linter knows. Who may import whom is `lint-imports` (make check)."""

import ast

from tests.support import house

# File → why it may commit. A request ends in one place, or half of it may be kept.
MAY_COMMIT = {
    "webapp/shell/unit_of_work.py": "ends the request: through Database.commit, and nowhere else",
}
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
