"""How many people's names one member of staff takes along alone; above it a colleague of the office agrees first.

Names leave the program by two doors of the desk: the worklist as a file, and the register of a period. The others need
nobody: figures and boards (`transparency`) are sums, the list of what was settled late has codes and days, ratings are
sentences without a name, and the API answers a system whose token two administrators gave out, by its own office.
Security design V2.3.5: no bulk export without a second person.
"""

from datetime import timedelta

from webapp.accounts import second_person
from webapp.core import throttle
from webapp.core.text import N_
from webapp.shell.access import current_actor
from webapp.shell.unit_of_work import db

ALONE = 100  # two screens of the list: a morning's work of one desk
A_DAY = (300, timedelta(days=1))  # in many short ones; whoever wants a long list piece by piece gets no further


def agreed_rows(title: str, which: str, rows: int) -> int:
    """How many rows may be taken now. Goes on only when they are few, or when a colleague agreed to this very form."""
    who = current_actor()
    if rows <= ALONE and throttle.hit(db(), "taken alone", who.account_public or "", *A_DAY, count=rows):
        return ALONE
    said = {
        N_("Dossiers now"): str(rows),
        N_("Never more than"): str(second_person.at_most(rows)),
        N_("Which dossiers"): which,
    }
    row = second_person.require(title, said, office_id=who.office_id, amount=rows)
    return second_person.at_most(row.amount or 0)
