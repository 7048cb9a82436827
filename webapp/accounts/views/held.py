"""The answer where results are held back for a day; rooms above ask for it before they hand a file out."""

from webapp.accounts import holds
from webapp.shell.access import current_actor
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db


def held_answer() -> tuple[str, int] | None:
    """A page that says why, until when, and where to go at once; None when nothing is held."""
    hold = holds.of_actor(db(), current_actor())
    if hold is None:
        return None
    return page("accounts/held.html", hold=hold), 403
