"""A day of waiting after a phone was bound anew: whoever took an account over does not get its results.

NIST SP 800-63B-4 calls a new phone a new binding; numbers are recycled here, and a stolen phone that lies open can
change its number. Everything else goes on; a counter hands the result over at once to whoever shows the ID card.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.actor import Actor

TERM = timedelta(hours=24)
PHONE_CHANGED, RECOVERED, CLAIMED = "phone_changed", "recovered", "claimed"


@dataclass(frozen=True)
class Hold:
    """Why, and until when; without an end it lasts until the person has shown the ID card at a counter."""

    why: str
    until: datetime | None


def put(account: Account, why: str, until: datetime | None) -> None:
    """Hold results of this account back."""
    account.held_why, account.held_until = why, until


def lift(account: Account) -> None:
    account.held_why = account.held_until = None


def of_account(account: Account) -> Hold | None:
    """What holds this account's results back now."""
    if account.held_why is None or (account.held_until is not None and account.held_until <= clock.now()):
        return None
    return Hold(account.held_why, account.held_until)


def of_actor(session: Session, who: Actor) -> Hold | None:
    """The same for whoever acts. Only somebody logged in for themselves is held: staff have their own rules."""
    if who.account_id is None or who.person_id is None or who.acts_for_another:
        return None
    account = session.get(Account, who.account_id)
    return of_account(account) if account is not None else None
