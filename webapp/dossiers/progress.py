"""Where a dossier stands, in words: its stage, who has the ball, the steps behind and ahead, and what to do next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.core import clock
from webapp.core.text import N_, Text
from webapp.dossiers.states import CLOCK, Clock, Party, State
from webapp.dossiers.status import StatusView
from webapp.dossiers.view import DossierView, MoveView
from webapp.shell.formats import day, daytime

S = State
APPLICANT = Party.APPLICANT

# state → (stage, tone of its tag, icon)
STAGES: dict[State, tuple[str, str, str]] = {
    S.DRAFT: (N_("Not sent yet"), "neutral", "pencil"),
    S.SUBMITTED: (N_("Received by the office"), "good", "circle-check"),
    S.RECEIVED: (N_("Accepted"), "good", "circle-check"),
    S.PROCESSING: (N_("Being worked on"), "wait", "clock"),
    S.SUPPLEMENT_REQUESTED: (N_("Something is missing"), "bad", "alert-triangle"),
    S.PAYMENT_DUE: (N_("To be paid"), "bad", "alert-triangle"),
    S.WITHDRAWAL_REQUESTED: (N_("Asked back"), "wait", "clock"),
    S.DECLINED: (N_("Declined"), "bad", "x"),
    S.STOPPED: (N_("Stopped"), "bad", "x"),
    S.SETTLED: (N_("Result is ready"), "good", "file-check"),
    S.HANDED_OVER: (N_("Done"), "plain", "circle-check"),
}

REFUSED = (N_("Refused"), "bad", "x")

# state → who has the ball, in one sentence
BALL: dict[State, str] = {
    S.DRAFT: N_("It is your turn: finish and send it."),
    S.SUBMITTED: N_("The office has it and will answer within 8 working hours. You need do nothing."),
    S.RECEIVED: N_("The office has it. You need do nothing."),
    S.PROCESSING: N_("The office is working on it. You need do nothing."),
    S.SUPPLEMENT_REQUESTED: N_("It is your turn: send what is missing."),
    S.PAYMENT_DUE: N_("It is your turn: pay the fee at the counter."),
    S.WITHDRAWAL_REQUESTED: N_("The office is looking at your wish to have it back. You need do nothing."),
    S.DECLINED: N_("The office did not accept it. Read the reason below."),
    S.STOPPED: N_("The office has stopped it. Fetch your papers at the counter."),
    S.SETTLED: N_("The result is ready. Fetch it at the counter, or open it here."),
    S.HANDED_OVER: N_("Nothing is left to do."),
}

VERBS: dict[str, str] = {
    "submit": N_("Sent; the office has received all papers"),
    "receive": N_("Accepted by the office"),
    "decline": N_("Declined"),
    "request_supplement": N_("The office asked for what is missing"),
    "supplement": N_("You sent what was missing"),
    "require_payment": N_("A fee is to be paid"),
    "pay": N_("Paid"),
    "process": N_("An officer began to work on it"),
    "withdraw": N_("You asked for it back"),
    "accept_withdrawal": N_("The office stopped it, as you wished"),
    "refuse_withdrawal": N_("The office goes on with it"),
    "stop": N_("Stopped"),
    "settle": N_("The result is ready"),
    "hand_over": N_("Handed over"),
    "count_papers": N_("The office wrote down how many papers you brought"),
    "extend": N_("The office needs more time and says sorry"),
    "send_draft": N_("The office showed you a draft of the result"),
    "skip_draft": N_("The office showed you no draft of the result"),
    "confirm_draft": N_("You agreed with the draft"),
    "correct_draft": N_("You said what is wrong in the draft"),
}
# The first is what everybody waits for now.
AHEAD = {
    S.SUBMITTED: ("receive", "settle", "hand_over"),
    S.RECEIVED: ("process", "settle", "hand_over"),
    S.PROCESSING: ("process", "settle", "hand_over"),
    S.SUPPLEMENT_REQUESTED: ("supplement", "settle", "hand_over"),
    S.PAYMENT_DUE: ("pay", "settle", "hand_over"),
    S.SETTLED: ("hand_over",),
}
FUTURE: dict[str, str] = {
    "receive": N_("The office accepts it or tells you what is missing"),
    "supplement": N_("You send what is missing"),
    "pay": N_("You pay the fee"),
    "process": N_("Being worked on"),
    "settle": N_("The result"),
    "hand_over": N_("You get the result"),
}


@dataclass(frozen=True)
class StepView:
    """One step of the timeline, as ui/timeline.html prints it."""

    title: Any
    when: Any
    detail: Any
    state: str


def _shown(state: State, decision: str | None) -> tuple[str, str, str]:
    """A no is a result too, and is not shown in green; only its owner's pages pass the decision."""
    if decision == "refused":
        return REFUSED if state is S.SETTLED else (STAGES[state][0], "plain", "x")
    return STAGES[state]


def stage(state: State, decision: str | None = None) -> Text:
    words = _shown(state, decision)[0]
    return Text(words)


def tone(state: State, decision: str | None = None) -> str:
    return _shown(state, decision)[1]


def sign(state: State, decision: str | None = None) -> str:
    return _shown(state, decision)[2]


def ball(state: State, decision: str | None = None) -> Text:
    if decision == "refused" and state is S.SETTLED:
        return Text("The request was refused. Open it to read the reason.")
    return Text(BALL[state])


def waits_for_person(state: State) -> bool:
    return state in (S.DRAFT, S.SUPPLEMENT_REQUESTED, S.PAYMENT_DUE)


def is_overdue(state: State, due: datetime | None) -> bool:
    """Computed, never stored: only a running clock can be late."""
    return CLOCK[state] is Clock.RUNNING and due is not None and clock.now() > due


def timeline(view: DossierView | StatusView, *, reasons: bool = True) -> list[StepView]:
    """What was, what is, what will be. Without `reasons`: stage and dates only, for the public QR page."""
    steps = [_done(move, reasons) for move in view.moves]
    ahead = AHEAD.get(view.state, ())
    due = view.row.due_at
    if steps and ahead:
        late = is_overdue(view.state, due)
        steps.append(StepView(Text(FUTURE[ahead[0]]), _until(view), None, "late" if late else "current"))
        steps += [StepView(Text(FUTURE[verb]), None, None, "next") for verb in ahead[1:]]
    elif steps and view.state is S.WITHDRAWAL_REQUESTED:
        steps.append(StepView(ball(view.state), None, None, "current"))
    return steps


def _until(view: DossierView | StatusView) -> Text | None:
    if view.state is S.SUPPLEMENT_REQUESTED and view.row.deadline_on:
        return Text("Until %(day)s", day=day(view.row.deadline_on))
    if view.row.due_at and CLOCK[view.state] is Clock.RUNNING:
        return Text("Due %(day)s", day=day(view.row.due_at))
    return None


def _done(move: MoveView, reasons: bool) -> StepView:
    detail: Any = None
    if reasons and move.verb == "hand_over" and move.reason:
        detail = Text("Taken by %(name)s", name=move.reason)
    elif reasons and move.reason:
        detail = move.reason
    elif reasons and move.channel == "assisted" and move.actor_name:
        words = {"name": move.actor_name, "mandate": move.mandate or ""}
        detail = Text("With the help of %(name)s, mandate %(mandate)s", **words)
    stopped = move.verb in ("decline", "stop", "accept_withdrawal")
    return StepView(Text(VERBS[move.verb]), daytime(move.at), detail, "stopped" if stopped else "done")
