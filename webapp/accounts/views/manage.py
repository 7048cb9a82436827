"""What managers and administrators see to, on one page; and how often phone and person did not fit."""

from collections import defaultdict

from webapp.accounts import ownership, second_person
from webapp.accounts.permissions import MANAGE_HOME, SEE_MISMATCHES
from webapp.accounts.views.bp import bp
from webapp.core.actor import Role
from webapp.shell.access import allow, current_actor
from webapp.shell.navigation import manage_items
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db

PERIODS = (7, 30, 365)


@bp.get("/manage")
@allow(MANAGE_HOME)
def manage() -> str:
    who = current_actor()
    waiting = db().scalar(second_person.waiting_for(who)) if who.has(Role.ADMIN) else 0
    return page("accounts/manage.html", places=manage_items(), waiting=waiting)


@bp.get("/manage/phone-mismatches")
@allow(SEE_MISMATCHES)
def phone_mismatches() -> str:
    times: dict[str, dict[int, int]] = defaultdict(lambda: dict.fromkeys(PERIODS, 0))
    ways: dict[str, int] = defaultdict(int)
    for days in PERIODS:
        for row in ownership.figures(db(), days):
            times[row.cause][days] += int(row.times)
            if days == PERIODS[-1]:
                ways[row.way] += int(row.times)
    return page(
        "accounts/mismatches.html", causes=ownership.CAUSES, times=times, ways=ways, periods=PERIODS
    )
