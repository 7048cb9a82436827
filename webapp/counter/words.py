"""How the desk says where a dossier stands and how much time remains."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.core.text import N_
from webapp.dossiers.desk import PAUSED, RUNNING
from webapp.dossiers.states import State
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import ngettext

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
SOON = timedelta(hours=8)


@dataclass(frozen=True)
class Label:
    """Words with their tone and icon, for the macro `tag`."""

    text: str
    tone: str = "plain"
    icon: str | None = None


def state_label(state: State) -> Label:
    words, tone = STATES[state]
    return Label(_(words), tone)


def remaining(state: State, due_at: datetime | None, submitted_at: datetime, now: datetime) -> Label:
    """What is left of the time, in the largest unit that says enough: 'Còn 4 giờ', 'Quá hạn 1 ngày'."""
    if state is State.SUBMITTED:
        return Label(_("Waiting for %(time)s", time=span(now - submitted_at)), "neutral", "clock")
    if state in PAUSED:
        return Label(_("Waits for the citizen"), "plain")
    if state not in RUNNING:
        return Label("")
    if due_at is None:
        return Label(_("No time limit"), "plain")
    if due_at < now:
        return Label(_("Overdue by %(time)s", time=span(now - due_at)), "bad", "alert-triangle")
    return Label(_("%(time)s left", time=span(due_at - now)), "wait" if due_at - now < SOON else "plain", "clock")


def span(time: timedelta) -> str:
    """Minutes below an hour, hours below a day, then days; never zero."""
    minutes = max(int(time.total_seconds() // 60), 1)
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes)
    if minutes < 24 * 60:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60)
    return ngettext("%(n)s day", "%(n)s days", minutes // (24 * 60))
