"""No act for a person on a stale page: each posted form names its mandate, and it must be the open one.

Two tabs with two people's forms, a page left open after *End*, a session the person has stopped: the act is
refused, nothing changes, and the journal says that it was tried.
"""

from typing import Any

from flask import Response, current_app, make_response, request

from assisted.resolver import found
from assisted.sessions import Standing, close
from webapp.core.actor import Actor, Role
from webapp.core.audit import audit
from webapp.core.permissions import COUNTER_SIDE, Right
from webapp.shell import access
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import SAFE_METHODS, db, keep_changes

LOGOUT = "/logout"
# Not an act for anybody: how pages look, and the way out, which must always work.
FREE = ("/appearance", "/language/", "/static/", LOGOUT)


def watch() -> Any:
    """before_request: let the request pass, or answer in its place."""
    if request.endpoint is None or request.path.startswith("/static/"):
        return None
    if request.method in SAFE_METHODS:
        return _without_person()
    return _posted()


def _posted() -> Any:
    who = access.actor()
    if who is None:
        return None
    if request.path == LOGOUT:
        _close_at_log_out(who)
    if request.path.startswith(FREE) or request.endpoint == "assisted.end":
        return None
    sent = request.form.get("mandate")
    if who.mandate_public is not None:
        return None if sent == who.mandate_public else refuse(who)
    return refuse(who) if sent is not None or _needs_person(who) else None


def refuse(who: Actor) -> Response:
    """409: the page belongs to a session that has ended, or to another person. Only the journal is written."""
    here = found()
    audit(
        db(),
        who,
        "assisted:refused",
        here.row.public_id if here else None,
        page=request.endpoint,
        standing=here.standing.value if here else "none",
    )
    keep_changes()
    response = make_response(page("assisted/refused.html", helping=here), 409)
    response.headers["Cache-Control"] = "no-store"
    return response


def _needs_person(who: Actor) -> bool:
    """A citizen's page, asked for by a helper who has nobody beside them."""
    if who.person_id is not None or not who.has(Role.HELPER):
        return False
    view = current_app.view_functions.get(request.endpoint or "")
    declared = getattr(view, "_access", None)
    right: Right | None = declared.right if declared is not None else None
    return right is not None and right.roles >= {Role.CITIZEN, Role.HELPER} and not right.roles & COUNTER_SIDE


def _without_person() -> Any:
    """Show a helper the way to begin, instead of a citizen's page without a citizen."""
    view = current_app.view_functions.get(request.endpoint or "")
    declared = getattr(view, "_access", None)
    if declared is None or declared.right is None:
        return None
    who = access.actor()
    if who is None or not _needs_person(who):
        return None
    flash(why_closed(), "info")
    return see("assisted.today")


def why_closed() -> str:
    """In one sentence, why there is nobody to act for."""
    here = found()
    if here is None:
        return _("Start a session first: these pages belong to the person you help.")
    return {
        Standing.IDLE: _("Five minutes passed without anything being done, so the session was closed."),
        Standing.EXPIRED: _("The time of the consent is over, so the session was closed."),
        Standing.REVOKED: _("The person has stopped the session."),
        Standing.ELSEWHERE: _("Your session is open on another device. Go on there, or end it here."),
        Standing.LIVE: "",
    }[here.standing]


def _close_at_log_out(who: Actor) -> None:
    """Who leaves the machine leaves the person's session too."""
    here = found()
    if here is not None and here.standing is not Standing.ELSEWHERE:
        close(db(), here.row.id, "ended", by=who)
