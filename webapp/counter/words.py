"""How the desk says where a dossier stands and how much time remains."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from webapp.core import clock
from webapp.core.text import N_
from webapp.dossiers.desk import PAUSED, RUNNING
from webapp.dossiers.states import State
from webapp.offices.workdays import Calendar
from webapp.shell.formats import hour
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import language, ngettext

TO_ANSWER = frozenset({State.SUBMITTED, State.WITHDRAWAL_REQUESTED})
# state → (words, tone of the tag)
STATES = {
    State.SUBMITTED: (N_("To be received"), "neutral"),
    State.RECEIVED: (N_("Taken on"), "plain"),
    State.PROCESSING: (N_("Being worked on"), "plain"),
    State.SUPPLEMENT_REQUESTED: (N_("Waiting for papers"), "wait"),
    State.PAYMENT_DUE: (N_("Waiting for the fee"), "wait"),
    State.WITHDRAWAL_REQUESTED: (N_("Withdrawal asked"), "wait"),
    State.DECLINED: (N_("Declined"), "bad"),
    State.STOPPED: (N_("Stopped, papers to give back"), "plain"),
    State.SETTLED: (N_("Result ready"), "good"),
    State.HANDED_OVER: (N_("Handed over"), "good"),
}
NEAR_DAYS = 1  # working days before the end when a dossier is called near


@dataclass(frozen=True)
class Label:
    """Words with their tone and icon, for the macro `tag`."""

    text: str
    tone: str = "plain"
    icon: str | None = None


NOTHING = Label("")


def state_label(state: State) -> Label:
    return _label(language(), *STATES[state])


def stands_still(state: State, act_by: datetime | None, due_at: datetime | None) -> Label | None:
    """What can be said without the office's calendar, because no time of the office's runs; None when it runs."""
    if state in PAUSED:
        return _label(language(), N_("Waits for the citizen"), "plain")
    if act_by is None or not (state in RUNNING or state in TO_ANSWER):
        return NOTHING
    if state in RUNNING and due_at is None:
        return _label(language(), N_("No time limit"), "plain")
    return None


def remaining(
    state: State, act_by: datetime | None, due_at: datetime | None, days: Calendar, now: datetime | None = None
) -> Label:
    """What is left of the office's working time: 'Còn 4 giờ làm việc', 'Quá hạn 1 ngày làm việc'."""
    standing = stands_still(state, act_by, due_at)
    if standing is not None or act_by is None:
        return standing or NOTHING
    now = now or clock.now()
    if act_by < now:
        late = days.work_between(act_by, now)
        if not late:
            return Label(_("Overdue since %(time)s", time=hour(act_by)), "bad", "alert-triangle")
        return _label(language(), N_("Overdue by %(time)s"), "bad", "alert-triangle", _unit(late, days))
    left = days.work_between(now, act_by)
    tone = "wait" if left <= NEAR_DAYS * days.full_day else "plain"
    words = N_("%(time)s left") if state in RUNNING else N_("%(time)s left to answer")
    return _label(language(), words, tone, "clock", _unit(left, days))


@lru_cache(1000)
def _label(
    _language: str, words: str, tone: str, icon: str | None = None, time: tuple[str, int] | None = None
) -> Label:
    """A list says the same few things in each row; each is put into words once a language."""
    return Label(_(words, time=_span(*time)) if time else _(words), tone, icon)


def _unit(time: timedelta, days: Calendar) -> tuple[str, int]:
    """Minutes below an hour, hours below two days, then days: working time, never zero."""
    minutes = max(int(time.total_seconds() // 60), 1)
    if minutes < 60:
        return "minute", minutes
    return ("hour", minutes // 60) if time < 2 * days.full_day else ("day", int(time // days.full_day))


def _span(unit: str, count: int) -> str:
    if unit == "minute":
        return ngettext("%(n)s working minute", "%(n)s working minutes", count)
    if unit == "hour":
        return ngettext("%(n)s working hour", "%(n)s working hours", count)
    return ngettext("%(n)s working day", "%(n)s working days", count)
