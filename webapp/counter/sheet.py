"""What the page of one dossier shows an officer: answers with their sources, the history in words, what may be done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.catalogue.formspec import FormField, kept_answers
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.text import N_, Text
from webapp.counter.words import Label, remaining, stands_still, state_label
from webapp.dossiers.answers import answer_words, source_words
from webapp.dossiers.count_papers import may_count
from webapp.dossiers.deadlines import calendar
from webapp.dossiers.draft_check import may_send
from webapp.dossiers.endings import may_still_answer
from webapp.dossiers.extend import may_extend
from webapp.dossiers.moves import party_of
from webapp.dossiers.permissions import COUNT_PAPERS, EXTEND, RECORD_PAYMENT, SEND_DRAFT
from webapp.dossiers.states import Party, verbs_for
from webapp.dossiers.view import DossierView, MoveView
from webapp.shell.formats import daytime
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.unit_of_work import db

# verb of the table of moves → (page, words), the step forward first; only these have a page at the desk.
VERBS: dict[str, tuple[str, str]] = {
    "receive": ("receive", N_("Receive")),
    "settle": ("settle", N_("Settle")),
    "process": ("process", N_("Begin to work on it")),
    "hand_over": ("hand_over", N_("Hand over")),
    "accept_withdrawal": ("answer_withdrawal", N_("Answer the withdrawal")),
    "pay": ("record_payment", N_("Record a payment")),
    "request_supplement": ("request_supplement", N_("Ask for what is missing")),
    "require_payment": ("require_payment", N_("Ask for a fee")),
    "send_draft": ("send_draft", N_("Show a draft")),
    "extend": ("extend", N_("Apologise and extend")),
    "count_papers": ("count_papers", N_("Count the papers")),
    "decline": ("decline", N_("Decline")),
    "stop": ("stop", N_("Stop")),
}
AT_ONCE = ("receive", "process")  # done by one press; the others have a form
HISTORY = {
    "submit": N_("Sent to the office"),
    "receive": N_("Taken on by the office"),
    "decline": N_("Declined by the office"),
    "request_supplement": N_("The office asked for what is missing"),
    "supplement": N_("What was missing has arrived"),
    "require_payment": N_("A fee was asked for"),
    "pay": N_("The fee was paid"),
    "process": N_("Work began"),
    "settle": N_("Settled"),
    "hand_over": N_("Handed over"),
    "withdraw": N_("The applicant asked for it back"),
    "accept_withdrawal": N_("Stopped at the applicant's wish"),
    "refuse_withdrawal": N_("The withdrawal was refused"),
    "stop": N_("Stopped"),
    "count_papers": N_("Papers on the desk were counted"),
    "extend": N_("Apologised and extended"),
    "send_draft": N_("A draft was shown to the applicant"),
    "skip_draft": N_("Settled without showing a draft"),
    "confirm_draft": N_("The applicant agreed with the draft"),
    "correct_draft": N_("The applicant says what is wrong in the draft"),
}
# kind of source → tone of its tag
SOURCE_TONES = {
    "profile": "neutral",
    "vneid": "good",
    "card": "good",
    "record": "good",
    "dossier": "neutral",
}


@dataclass(frozen=True)
class Answer:
    """One answer as it is read at the desk."""

    label: Any
    value: Any
    source: Label
    kind: str


@dataclass(frozen=True)
class Group:
    """The answers of one section."""

    key: str
    title: Any
    answers: list[Answer]


@dataclass(frozen=True)
class Decision:
    """Something this officer may do now."""

    page: str
    label: str
    at_once: bool

    @property
    def path(self) -> str:
        """What follows the dossier's own path."""
        return "/" + self.page.replace("_", "-")


def decisions(view: DossierView, actor: Actor) -> list[Decision]:
    """What the state and the officer's part allow, the step forward first."""
    allowed = set(verbs_for(view.state, party_of(actor), view.resume_to)) | _beside_the_table(view, actor)
    if may_still_answer(view.state, view.row.deadline_on):
        allowed -= {"decline", "stop"}
    return [Decision(page, _(words), page in AT_ONCE) for verb, (page, words) in VERBS.items() if verb in allowed]


def _beside_the_table(view: DossierView, actor: Actor) -> set[str]:
    """What is no move of this officer: writing a payment down, naming another day, showing a draft, counting."""
    found = set()
    if RECORD_PAYMENT.allows(actor) and "pay" in verbs_for(view.state, Party.SYSTEM, view.resume_to):
        found.add("pay")
    if EXTEND.allows(actor) and may_extend(view.state, view.row.due_at, [move.verb for move in view.moves]):
        found.add("extend")
    if SEND_DRAFT.allows(actor) and may_send(view.state, view.spec):
        found.add("send_draft")
    if COUNT_PAPERS.allows(actor) and may_count(view):
        found.add("count_papers")
    return found


def groups(view: DossierView) -> list[Group]:
    """Only what was asked; a question left empty says so."""
    kept = kept_answers(view.spec, view.answers)
    found = []
    for section in view.spec.sections:
        asked = [f for f in section.fields if f.where != "computed" and f.condition.holds(kept)]
        answers = [_answer(f, kept.get(f.key), view.sources.get(f.key)) for f in asked]
        if answers:
            # The form says "you" to whoever fills it in; the officer reads about somebody else.
            title = _("The applicant's answers") if section.key == "applicant" else section.title
            found.append(Group(section.key, title, answers))
    return found


def _answer(field: FormField, value: Any, source: Mapping[str, str] | None) -> Answer:
    words = answer_words(field, value)
    return Answer(field.name, words, _source(source) if words is not None else Label(""), field.kind)


def _source(source: Mapping[str, str] | None) -> Label:
    words = source_words(source, own=False)
    if source is None or words is None:
        return Label(_("typed"), "plain")
    return Label(t(words), SOURCE_TONES[source["kind"]])


def history(moves: Iterable[MoveView], applicant: str) -> list[dict[str, Any]]:
    """The steps for the macro `timeline`, the newest marked."""
    steps = [
        {
            "title": _(HISTORY.get(move.verb, move.verb)),
            "when": f"{daytime(move.at)} · {who(move, applicant)}",
            "detail": " · ".join(filter(None, (_under(move), move.reason))),
            "state": "done",
        }
        for move in moves
    ]
    if steps:
        steps[-1]["state"] = "current"
    return steps


def _under(move: MoveView) -> str:
    """By which right somebody did this for the applicant."""
    if move.mandate is None:
        return ""
    if move.channel == "counter":
        return _("at the counter, mandate %(mandate)s", mandate=move.mandate)
    return _("beside the applicant, mandate %(mandate)s", mandate=move.mandate)


def who(move: MoveView, applicant: str) -> str:
    """Officers and helpers by name; the applicant is the subject."""
    if move.party == Party.APPLICANT.value:
        if move.actor_name:
            return _("%(helper)s, for %(name)s", helper=move.actor_name, name=applicant)
        return applicant
    return move.actor_name or "Một Cửa"


def sent_by(view: DossierView) -> str:
    """Who pressed "send", and why they might."""
    move = next((m for m in view.moves if m.verb == "submit"), None)
    helper = view.row.helper_name or (move.actor_name if move else None)
    if view.row.channel == "counter":
        return _("%(officer)s, at the counter, who saw the ID card", officer=helper)
    if helper:
        return _("%(helper)s (digital helper), with the applicant's recorded consent", helper=helper)
    return _("The applicant")


def state_of(view: DossierView) -> Label:
    return state_label(view.state)


def time_left(view: DossierView) -> Label:
    row = view.row
    standing = stands_still(view.state, row.act_by, row.due_at)
    if standing is not None:
        return standing
    return remaining(view.state, row.act_by, row.due_at, calendar(db(), row.office_id, clock.today()))


@dataclass(frozen=True)
class Clash:
    """Somebody was faster: why this cannot be done as it was sent, and the last thing that was done."""

    text: str
    last: str


def clash(view: DossierView, text: Text) -> Clash:
    move = view.moves[-1] if view.moves else None
    if move is None:
        return Clash(t(text), "")
    last = _(
        "%(who)s at %(when)s: %(what)s.",
        who=who(move, view.applicant),
        when=daytime(move.at),
        what=_(HISTORY.get(move.verb, move.verb)),
    )
    return Clash(t(text), last)
