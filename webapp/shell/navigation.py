"""The menu, and names for paths: a lower room can link to an upper one without knowing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask, current_app, g, request

from webapp.core.actor import Role
from webapp.shell.access import actor
from webapp.shell.i18n import gettext as _

MANAGE = "/manage/"


@dataclass(frozen=True)
class NavItem:
    """One entry of the menu; `roles` empty means people who are not logged in.

    An entry below /manage/ stands on the page /manage instead, with `note` under it: the menu stays short.
    """

    label: str
    path: str
    roles: frozenset[Role]
    order: int = 50
    icon: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Shown:
    """A menu entry as the template prints it."""

    label: str
    href: str
    current: bool
    icon: str | None = None
    note: str = ""


def add(app: Flask, items: Iterable[NavItem]) -> None:
    app.extensions.setdefault("motcua_nav", []).extend(items)


def define(app: Flask, **paths: str) -> None:
    """Name paths: define(app, start_dossier="/dossiers/new/{code}")."""
    app.extensions.setdefault("motcua_paths", {}).update(paths)


def path_for(name: str, **values: str) -> str:
    paths: dict[str, str] = current_app.extensions.get("motcua_paths", {})
    return paths[name].format(**{k: quote(v, safe="") for k, v in values.items()})


def nav_items() -> list[Shown]:
    """The menu of whoever looks; worked out once for all the templates of a page."""
    who = actor()
    made: tuple[object, list[Shown]] | None = g.get("nav_items")
    if made is None or made[0] is not who:
        made = g.nav_items = (who, [_shown(item) for item in _mine() if not item.path.startswith(MANAGE)])
    return made[1]


def manage_items() -> list[Shown]:
    """What this manager or administrator may see to."""
    return [_shown(item) for item in _mine() if item.path.startswith(MANAGE)]


def _mine() -> list[NavItem]:
    who = actor()
    items: list[NavItem] = current_app.extensions.get("motcua_nav", [])
    if who is None:
        mine = [i for i in items if not i.roles]
    else:
        mine = [i for i in items if i.roles & ({who.role} | who.roles)]
    return sorted(mine, key=lambda item: item.order)


def _shown(item: NavItem) -> Shown:
    note = _(item.note) if item.note else ""
    return Shown(_(item.label), item.path, request.path == item.path, item.icon, note)


def register(app: Flask) -> None:
    app.jinja_env.globals.update(path_for=path_for)
    app.context_processor(lambda: {"nav_items": nav_items()})
