"""What stands before every file of somebody's own: nothing is held back, and they have just proved who they are.

Rooms above ask for it before they hand a file out (security design 2.3: an unlocked phone on a table opens no result).
"""

from webapp.accounts import fresh, holds
from webapp.shell.access import current_actor
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db


def held_answer() -> tuple[str, int] | None:
    """A page that says why, until when, and where to go at once; None when the file may go out.

    Whoever has not proved a short time ago who they are does so first, and comes back to the file.
    """
    hold = holds.of_actor(db(), current_actor())
    if hold is not None:
        return page("accounts/held.html", hold=hold), 403
    fresh.require_fresh()
    return None
