"""What the house tests share: where things stand, the floors, what a template or a view says."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("webapp", "assisted", "notifications")
# Blueprint methods that make a function a view.
ROUTES = frozenset({"route", "get", "post", "put", "patch", "delete"})


@cache
def floors() -> dict[str, int]:
    """Room → floor, from the import contract itself, so that there is one list only."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    rooms = next(c for c in contracts["contracts"] if c.get("containers") == ["webapp"])["layers"]
    found = {}
    for floor, layer in enumerate(reversed(rooms)):
        for room in layer.split("|"):
            found[room.strip(" ()")] = floor
    return {**found, "assisted": 100, "notifications": 101}


def may_see(room: str, other: str) -> bool:
    """The rule of the floors: one's own room and what lies lower."""
    return room == other or floors()[other] < floors()[room]


def rooms() -> list[str]:
    """The rooms of webapp that stand now."""
    return sorted(path.parent.name for path in ROOT.glob("webapp/*/__init__.py"))


def room_of(path: Path) -> str:
    """webapp/dossiers/views/draft.py → dossiers; assisted/views.py → assisted; wsgi.py → wsgi."""
    parts = path.relative_to(ROOT).parts
    return Path(parts[1]).stem if parts[0] == "webapp" and len(parts) > 1 else Path(parts[0]).stem


def python_files(*folders: str) -> list[Path]:
    """Source files of the houses (or of the named folders), in order."""
    found = [p for folder in folders or HOUSES for p in (ROOT / folder).rglob("*.py")]
    return sorted(p for p in found if "node_modules" not in p.parts)


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one source file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, inner ones too."""
    return (n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Does a blueprint route lead here?"""
    calls = [d.func for d in function.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(c, ast.Attribute) and c.attr in ROUTES for c in calls)


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end; decorators and the docstring are not counted, they explain."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def called(path: Path, *names: str) -> Iterator[tuple[int, str | None]]:
    """(line, first argument if it is a constant text) of each call of one of these functions."""
    for node in ast.walk(tree(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        if node.func.id in names:
            first = node.args[0]
            yield node.lineno, first.value if isinstance(first, ast.Constant) else None


def templates() -> dict[str, Path]:
    """Template name as the loader knows it → file. The shell has two sets: shell/… and the look's ui/…"""
    found = {}
    for folder in [*ROOT.glob("webapp/*/templates"), *(ROOT / house / "templates" for house in HOUSES[1:])]:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                room = room_of(path)
                found[name if room == "shell" else f"{room}/{name}"] = path
    return found


def template_room(name: str) -> str:
    """ui/button.html → shell; dossiers/track.html → dossiers."""
    prefix = name.split("/")[0]
    return "shell" if prefix == "ui" else prefix


def references(parsed: nodes.Template) -> Iterator[tuple[int, str | None]]:
    """(line, name) of each template that this one extends, includes or imports; None if it is worked out."""
    for node in parsed.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        target = node.template
        if isinstance(target, nodes.List | nodes.Tuple):
            yield from ((node.lineno, getattr(item, "value", None)) for item in target.items)
        else:
            yield node.lineno, getattr(target, "value", None)


def template_calls(parsed: nodes.Template, name: str) -> Iterator[tuple[int, str | None]]:
    """(line, first argument if constant) of each call of `name` in a template."""
    for node in parsed.find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name == name and node.args:
            yield node.lineno, getattr(node.args[0], "value", None)


def parse(environment: Environment, path: Path) -> nodes.Template:
    """The syntax tree of a template, with the extensions of the real program."""
    return environment.parse(path.read_text(encoding="utf-8"), filename=str(path))


def at(path: Path, line: int) -> str:
    """How a finding names its place."""
    return f"{path.relative_to(ROOT)}:{line}"


@cache
def tracked_files() -> list[Path]:
    """Every file of the repository; what git ignores is nobody's business."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in sorted(listed.split("\0")) if name and (ROOT / name).is_file()]
