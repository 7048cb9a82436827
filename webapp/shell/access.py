"""Who may use a route. Every view says it: `@allow(RIGHT)` or `@public("why")`; a silent one stops the start."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response

from webapp.core.actor import Actor, Role
from webapp.core.errors import NotAllowed
from webapp.core.permissions import COUNTER_SIDE, MACHINE_SIDE, MANAGE_SIDE, Right
from webapp.core.text import Text
from webapp.shell.kiosk import kiosk
from webapp.shell.services import settings
from webapp.shell.unit_of_work import SAFE_METHODS

View = Callable[..., Any]
Resolver = Callable[[], Actor | None]


@dataclass(frozen=True)
class Access:
    """What a view declared: a right, or the reason why it is public."""

    right: Right | None = None
    reason: str | None = None
    fresh: bool = False


def public(reason: str) -> Callable[[View], View]:
    """Open to everybody, and says why."""

    def mark(view: View) -> View:
        view._access = Access(reason=reason)  # type: ignore[attr-defined]
        return view

    return mark


def allow(right: Right, load: Callable[[str], Any] | None = None, *, fresh: bool = False) -> Callable[[View], View]:
    """Only for the right's roles. `load(id)` finds the object within the actor's reach; the view gets it first.

    Not logged in → the log-in page, which comes back here. No right → 403. Out of reach → 404, like a made-up id.
    `fresh`: only for somebody who has proved a short time ago who they are (see `ask_again`).
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            who = actor()
            if who is None:
                return _to_login(right)
            if who.has(Role.ADMIN) and not _in_admin_networks():
                raise NotAllowed(
                    Text("Administrators work from the networks of the office only. Go there, or log out.")
                )
            if not right.allows(who):
                raise NotAllowed(Text("This page is for other tasks. Go back, or log in with the right account."))
            if fresh:
                current_app.extensions["motcua_ask_again"]()
            if load is None:
                return view(**values)
            thing = load(values.pop("id"))
            if thing is None:
                abort(404)
            return view(thing, **values)

        guarded._access = Access(right=right, fresh=fresh)  # type: ignore[attr-defined]
        return guarded

    return mark


def actor() -> Actor | None:
    """Who acts in this request; resolved once."""
    if "actor" not in g:
        g.actor = None
        for resolver in _chain():
            found = resolver()
            if found is not None:
                g.actor = found
                break
    found_actor: Actor | None = g.actor
    return found_actor


def _chain() -> list[Resolver]:
    for prefix, resolver in current_app.extensions.get("motcua_alone", []):
        if request.path.startswith(prefix):
            return [resolver]
    chain: list[Resolver] = current_app.extensions.get("motcua_resolvers", [])
    return chain


def current_actor() -> Actor:
    """The actor, where access has made sure there is one."""
    who = actor()
    if who is None:
        abort(401)
    return who


def fills_in() -> bool:
    """May this browser offer what it remembers? Not where others use it, too: it would be somebody else's data."""
    who = actor()
    return kiosk() is None and (who is None or not who.acts_for_another)


def add_resolver(app: Flask, resolver: Resolver, *, first: bool = False) -> None:
    """Join the chain that answers "who is acting?"; upper houses go first."""
    chain: list[Resolver] = app.extensions.setdefault("motcua_resolvers", [])
    chain.insert(0 if first else len(chain), resolver)


def know_only(app: Flask, prefix: str, resolver: Resolver) -> None:
    """Below this path only this one answers who is acting: a browser's log-in counts for nothing there."""
    app.extensions.setdefault("motcua_alone", []).append((prefix, resolver))


def add_keeper(app: Flask, keeper: Callable[[], Response | None]) -> None:
    """Ask this one first when a form comes without a log-in: it may keep what was typed and show the way back."""
    app.extensions.setdefault("motcua_keepers", []).append(keeper)


def ask_again(app: Flask, ask: Callable[[], None]) -> None:
    """Name what lets only the freshly proved go on; it aborts with the way to the proof, and back, for others."""
    app.extensions["motcua_ask_again"] = ask


def _in_admin_networks() -> bool:
    """May an administrator act from this address? Everywhere, while no network is named."""
    networks = settings().admin_network_list
    if not networks:
        return True
    try:
        here = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(here in network for network in networks)


def safe_path(target: str | None, default: str = "/") -> str:
    """A path of our own to come back to; anything else becomes `default`."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\") or len(target) > 500:
        return default
    if any(ord(ch) < 32 or ch == "\\" for ch in target):
        return default
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else default


def _to_login(right: Right) -> Response:
    if right.roles <= MACHINE_SIDE:
        abort(401)
    of_staff = right.roles <= COUNTER_SIDE | MANAGE_SIDE | {Role.HELPER}
    path = "/staff/login" if of_staff else "/login"
    if request.method not in SAFE_METHODS:
        for keep in current_app.extensions.get("motcua_keepers", []):
            answer = keep()
            if answer is not None:
                return answer  # type: ignore[no-any-return]
        g.login_path = path  # for the page that shows what was typed
        abort(401)
    here = request.full_path.rstrip("?")
    return redirect(f"{path}?{urlencode({'next': here})}", 303)


def check_declared(app: Flask) -> None:
    """Refuse to start with a route that declares nothing."""
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "_access", None) is None
    ]
    if silent:
        raise RuntimeError(f"these routes declare neither a right nor why they are public: {sorted(silent)}")


@dataclass(frozen=True)
class Door:
    """One method of one route: for the map that `flask doors` prints and for tests that try every door."""

    name: str
    method: str
    path: str
    right: str | None
    reason: str | None
    roles: tuple[str, ...]
    fresh: bool = False


def doors(app: Flask) -> list[Door]:
    """Every route with every method it answers; HEAD and OPTIONS follow from GET and are left out."""
    found = []
    for rule in app.url_map.iter_rules():
        access: Access = app.view_functions[rule.endpoint]._access  # type: ignore[attr-defined]
        roles = tuple(sorted(role.value for role in access.right.roles)) if access.right else ()
        right = access.right.name if access.right else None
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [
            Door(rule.endpoint, method, rule.rule, right, access.reason, roles, access.fresh) for method in methods
        ]
    return sorted(found, key=lambda door: (door.path, door.method))
