"""Whose phone is this, and why do phone and person not fit? Told, counted, and never a wall.

The portals compare the owner of the SIM card with the person and stop at "thuê bao không khớp". Here a phone is a way
to reach somebody: each of the five causes has a sentence, a next step, and a way to go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts.phone_models import PhoneMismatch
from webapp.core import clock, throttle
from webapp.core.db import upsert
from webapp.core.text import Text

MINE, RELATIVE, NONE = "mine", "relative", "none"
RELATIONS = (
    ("spouse", Text("Wife or husband")),
    ("child", Text("Son or daughter")),
    ("parent", Text("Mother or father")),
    ("sibling", Text("Sister or brother")),
    ("other", Text("Another relative or neighbour")),
)
ASKED, REGISTER, COUNTER = "asked", "register", "counter"
# One look is one count; a script that presses all day does not bend the province's figures.
PER_ADDRESS = (30, timedelta(hours=1))


@dataclass(frozen=True)
class Cause:
    """Why phone and person do not fit: how one recognises it, what it means, what to do now."""

    key: str
    sign: Text
    meaning: Text
    step: Text


CAUSES = (
    Cause(
        "other_owner",
        Text("The SIM card is registered to somebody else: my child, my husband, the shop"),
        Text("The phone company has somebody else's ID card for this number. Many families do it so; it is not wrong."),
        Text(
            "Say here that it is a relative's phone. To have the number in your own name, go to a shop of the phone "
            "company with your ID card and the phone."
        ),
    ),
    Cause(
        "old_id",
        Text("The SIM card was registered with my old ID card of 9 digits"),
        Text("The phone company still has your old number, so its list and the new 12-digit number do not meet."),
        Text(
            "Ask the phone company to renew your data: in its app, or in a shop with the new ID card. "
            "Here you write the 12 digits of the new card."
        ),
    ),
    Cause(
        "ported",
        Text("I kept my number and moved to another phone company"),
        Text("Some lists still look for your number at the company it came from."),
        Text(
            "You need do nothing here. If another site refuses the number, ask the new company to confirm your data "
            "and try again after a day."
        ),
    ),
    Cause(
        "recycled",
        Text("I have a new number that belonged to somebody else before"),
        Text("Phone companies give unused numbers to new customers. The person before you may still be written down."),
        Text(
            "Register with your own ID number; you do not see anything of the other person. "
            "If their messages reach you, tell the one-stop counter."
        ),
    ),
    Cause(
        "typing",
        Text("I am not sure that I typed everything right"),
        Text("One wrong digit of the phone number or the ID number is enough."),
        Text("Look at the ID card and at the phone once more, digit by digit, and type it again."),
    ),
)
BY_KEY = {cause.key: cause for cause in CAUSES}


def count(session: Session, cause: str, way: str) -> None:
    """One more of this cause today."""
    values = {"day": clock.today(), "cause": BY_KEY[cause].key, "way": way, "times": 1}
    session.execute(
        upsert(session, PhoneMismatch)
        .values(**values)
        .on_conflict_do_update(index_elements=["day", "cause", "way"], set_={"times": PhoneMismatch.times + 1})
    )


def note(session: Session, cause: str, way: str, address: str) -> None:
    """Somebody met this cause on a page that is open to all; counted unless this address has met it very often."""
    if throttle.hit(session, "mismatch", address, *PER_ADDRESS):
        count(session, cause, way)


def figures(session: Session, days: int) -> Sequence[Any]:
    """(cause, way, times) of the last so many days."""
    since = clock.today() - timedelta(days=days - 1)
    return session.execute(
        select(PhoneMismatch.cause, PhoneMismatch.way, func.sum(PhoneMismatch.times).label("times"))
        .where(PhoneMismatch.day >= since)
        .group_by(PhoneMismatch.cause, PhoneMismatch.way)
    ).all()
