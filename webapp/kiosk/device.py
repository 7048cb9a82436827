"""What a screen's browser holds: 256 random bits, of which the table knows the digest. They let nobody in anywhere."""

from collections.abc import Set
from datetime import timedelta

from flask import request
from sqlalchemy import update
from werkzeug.wrappers import Response

from webapp.core import clock
from webapp.kiosk import queries, visit
from webapp.kiosk.models import Kiosk
from webapp.kiosk.set_up import digest
from webapp.shell import errors, kiosk
from webapp.shell.i18n import COOKIE as LANGUAGE
from webapp.shell.look import COOKIE as LOOK
from webapp.shell.services import settings
from webapp.shell.unit_of_work import database, look

LIFE = timedelta(days=365)  # from each day on which it is used
DRESS = frozenset({LANGUAGE, LOOK})


def cookie_name() -> str:
    return "__Host-kiosk" if settings().secure else "kiosk"


def find() -> kiosk.Kiosk | None:
    """The screen that this request comes from. Never asked of a database that is away."""
    token = request.cookies.get(cookie_name(), "")
    row = queries.by_token(look(), digest(token)) if token and not errors.is_away() else None
    if row is None:
        return None
    return kiosk.Kiosk(row.id, row.public_id, row.office_id, row.office, row.seen_on, visit.mark())


def give(response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(), token, max_age=LIFE, secure=settings().secure, httponly=True, samesite="Lax"
    )


def take_away(response: Response) -> None:
    """A screen that was ended, or one we do not know."""
    _drop(response, {cookie_name()})


def forget_all(response: Response) -> None:
    """What this browser held of anybody before it became a screen: log-ins, known devices, languages."""
    _drop(response, set(request.cookies))


def is_dressed() -> bool:
    """Has somebody chosen a language, the size of the text, light or dark?"""
    return not DRESS.isdisjoint(request.cookies)


def undress(response: Response) -> None:
    """The next person finds the screen as it was set up."""
    _drop(response, DRESS)


def _drop(response: Response, names: Set[str]) -> None:
    for name in names & set(request.cookies):
        response.delete_cookie(name, secure=settings().secure, httponly=True, samesite="Lax")


def seen(here: kiosk.Kiosk, response: Response) -> None:
    """Once a day: written down for the office, and the cookie lives a year from now."""
    today = clock.today()
    if here.seen_on == today:
        return
    with database().transaction(lasting=False) as session:
        session.execute(update(Kiosk).where(Kiosk.id == here.id).values(seen_on=today))
    give(response, request.cookies[cookie_name()])
