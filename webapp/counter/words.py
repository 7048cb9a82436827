"""How the desk says where a dossier stands and how much time remains."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core import clock
from webapp.core.text import N_
from webapp.dossiers.desk import PAUSED, RUNNING
from webapp.dossiers.states import State
from webapp.offices.workdays import Calendar
from webapp.shell.formats import hour
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import ngettext

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


def state_label(state: State) -> Label:
    words, tone = STATES[state]
    return Label(_(words), tone)


def remaining(state: State, act_by: datetime | None, due_at: datetime | None, days: Calendar) -> Label:
    """What is left of the office's working time: 'Còn 4 giờ làm việc', 'Quá hạn 1 ngày làm việc'."""
    now = clock.now()
    if state in PAUSED:
        return Label(_("Waits for the citizen"), "plain")
    if act_by is None or not (state in RUNNING or state in TO_ANSWER):
        return Label("")
    if state in RUNNING and due_at is None:
        return Label(_("No time limit"), "plain")
    if act_by < now:
        late = days.work_between(act_by, now)
        if not late:
            return Label(_("Overdue since %(time)s", time=hour(act_by)), "bad", "alert-triangle")
        return Label(_("Overdue by %(time)s", time=span(late, days)), "bad", "alert-triangle")
    left = days.work_between(now, act_by)
    tone = "wait" if left <= NEAR_DAYS * days.full_day else "plain"
    if state in RUNNING:
        return Label(_("%(time)s left", time=span(left, days)), tone, "clock")
    return Label(_("%(time)s left to answer", time=span(left, days)), tone, "clock")


def span(time: timedelta, days: Calendar) -> str:
    """Minutes below an hour, hours below two days, then days: working time, never zero."""
    minutes = max(int(time.total_seconds() // 60), 1)
    if minutes < 60:
        return ngettext("%(n)s working minute", "%(n)s working minutes", minutes)
    if time < 2 * days.full_day:
        return ngettext("%(n)s working hour", "%(n)s working hours", minutes // 60)
    return ngettext("%(n)s working day", "%(n)s working days", int(time // days.full_day))
