"""One person before the screen: what they have proved, in the browser's signed session, for some minutes.

It goes when somebody presses "to the start", when nothing is touched for a while, and when the first page is shown.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import session as browser

from webapp.core import clock
from webapp.core.ids import new_public_id

LIFE = timedelta(minutes=5)  # without a request; the page itself asks much sooner whether anybody is still there
MARK, SHOWN = "visit", "shown"


@dataclass(frozen=True)
class Shown:
    """The dossier before this person. `proved`: by code and second fact; a QR alone shows stage and dates."""

    dossier: str
    proved: bool
    until: datetime


def mark() -> str:
    """Changes with each person. It stands in the pages, so that one of somebody before is known as such."""
    if MARK not in browser:
        browser[MARK] = new_public_id()[:8]
    return str(browser[MARK])


def begin() -> str:
    """Somebody new: all that the session held goes, the token of every form with it."""
    browser.clear()
    return mark()


def show(dossier: str, *, proved: bool) -> None:
    _keep(Shown(dossier, proved, clock.now() + LIFE))


def shown() -> Shown | None:
    if SHOWN not in browser:
        return None
    dossier, proved, until = browser[SHOWN]
    found = Shown(dossier, proved, datetime.fromisoformat(until))
    return found if found.until > clock.now() else None


def go_on() -> None:
    """Somebody is still there."""
    here = shown()
    if here is not None:
        _keep(replace(here, until=clock.now() + LIFE))


def forget() -> None:
    browser.pop(SHOWN, None)


def _keep(here: Shown) -> None:
    browser[SHOWN] = [here.dossier, here.proved, here.until.isoformat()]
