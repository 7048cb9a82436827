"""Forms 01 to 06 of Circular 03/2025/TT-VPCP, each from one dossier."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.catalogue.formspec import DueRule
from webapp.core.text import N_
from webapp.dossiers.papers.facts import Sides
from webapp.dossiers.papers.models import IssuedPaper
from webapp.dossiers.papers.sheet import Block, Facts, Sheet, Sign, Table, Words
from webapp.dossiers.states import State
from webapp.dossiers.supplement_items import Asked, asked_rows
from webapp.dossiers.view import Counted, DossierView, PaperView
from webapp.shell.formats import day, daytime
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import ngettext, t

# form → its name in the circular
TITLES = {
    "01": N_("Receipt of the dossier and appointment for the result"),
    "02": N_("Request to complete the dossier"),
    "03": N_("Refusal to accept the dossier"),
    "04": N_("Apology and request for more time"),
    "05": N_("Notice that work on the dossier has stopped"),
    "06": N_("Control sheet of the dossier's way"),
    "07": N_("Register of dossiers"),
}
BLANK = "……………"  # for a pen: what this program does not know
CHANNELS = {
    "self": N_("online"),
    "assisted": N_("online, with a helper"),
    "counter": N_("at the counter"),
    "post": N_("by post"),
    "api": N_("through the portal"),
}


@dataclass(frozen=True)
class Given:
    """What a form is made from."""

    view: DossierView
    sides: Sides
    at: datetime  # the day of the paper
    qr: str
    demo: str
    guide: str  # the address that says what this procedure needs
    paper: IssuedPaper | None = None
    steps: tuple[tuple[str, ...], ...] = ()  # of form 06
    first_due: datetime | None = None  # of form 01: what was promised then, whatever was promised later

    @property
    def body(self) -> dict[str, Any]:
        return self.paper.body if self.paper else {}

    @property
    def number(self) -> str:
        if self.paper is None:
            return _("Dossier code: %(code)s", code=self.view.row.code)
        return _("No. %(number)s", number=f"{self.paper.number:04d}/{self.paper.year}/M{self.paper.form}")


def sheet_of(form: str, given: Given) -> Sheet:
    """The sheet of one form; 02–05 need the paper that was issued."""
    blocks, signs = MAKERS[form](given)
    row = given.view.row
    return Sheet(
        form=form,
        title=_(TITLES[form]),
        subtitle=_("(Form %(form)s of Circular 03/2025/TT-VPCP)", form=form),
        number=given.number,
        head=given.sides.office.head(given.at),
        blocks=blocks,
        signs=signs,
        foot=_("Printed by Một Cửa. Dossier %(code)s. Look it up before you trust this paper.", code=row.code),
        qr=given.qr,
        qr_words=_("To follow it: scan the code, or open the home page and type the lookup code"),
        lookup=row.lookup_code or "",
        demo=given.demo,
    )


Made = tuple[tuple[Block, ...], tuple[Sign, ...]]


def _who(given: Given, *more: tuple[str, str]) -> Facts:
    view, contact = given.view, given.sides.applicant
    rows = [
        (_("Applicant"), contact.name),
        (_("Address"), contact.address),
        (_("Phone"), contact.phone),
        (_("E-mail"), contact.email),
        (_("Asked for"), f"{t(view.spec.name)} ({view.spec.code})"),
        (_("Dossier code"), view.row.code or ""),
        *more,
    ]
    return Facts(tuple((label, value or BLANK) for label, value in rows))


def _help(given: Given, name: str = "") -> Words:
    office = given.sides.office
    who = f"{name}, {office.name}" if name else office.name
    ask = _(
        "Questions? Call %(who)s, %(phone)s, or come to %(place)s.", who=who, phone=office.phone, place=office.address
    )
    return Words(ask)


def receipt(given: Given) -> Made:
    view = given.view
    row = view.row
    papers = [p for p in view.documents if p.given or p.counted != Counted()]
    rows = tuple((str(n), t(p.spec.title), *_counted(p), _kept(p), _note(p)) for n, p in enumerate(papers, 1))
    officer = next((m.actor_name for m in view.moves if m.verb in ("receive", "pay") and m.actor_name), "") or ""
    times = Facts(
        (
            (_("Time the law gives"), term_words(view.spec.due)),
            (_("Received at"), daytime(row.received_at)),
            (_("Result promised for"), daytime(given.first_due) if given.first_due else _("no fixed day")),
            (_("Where to get the result"), f"{given.sides.office.name}, {given.sides.office.address}"),
        )
    )
    kinds = (_("Originals"), _("Certified copies"), _("Plain copies"), _("Electronic copies"))
    table = Table((_("No."), _("Paper"), *kinds, _("Note")), (1.3, 6.2, 1.8, 2.4, 1.8, 2.2, 4.2), rows)
    number = _("Sets of papers: %(n)s", n="01")
    channel = CHANNELS.get(row.channel, CHANNELS["self"])
    way = (_("Sent"), _(channel))
    blocks: tuple[Block, ...] = (
        _who(given, (_("ID number"), view.citizen_id or ""), way),
        *((table,) if rows else ()),
        Words(number),
        times,
        _help(given),
    )
    taker = Sign(_("Who received it"), officer)
    # What was sent online was confirmed by the log-in, so nobody signs for the applicant.
    return blocks, (taker,) if row.channel == "self" else (
        Sign(_("Who handed it in"), given.sides.applicant.name),
        taker,
    )


def _counted(paper: PaperView) -> tuple[str, ...]:
    """Empty where nobody wrote it down."""
    counted = paper.counted
    return tuple("" if n is None else str(n) for n in (counted.originals, counted.certified, counted.plain))


def _kept(paper: PaperView) -> str:
    return "–" if paper.record else str(len(paper.current))


def _note(paper: PaperView) -> str:
    if paper.record is None:
        return ""
    return _("from the records: %(code)s", code=paper.record.source_code or paper.record.issuer)


def term_words(due: DueRule | None) -> str:
    """How long the law gives, in words."""
    if due is None or due.days is None:
        return _("no fixed day")
    if due.same_day_cutoff:
        return _("the same day; received after 15:00, the next working day")
    if due.unit == "working_day":
        return ngettext("%(n)s working day", "%(n)s working days", due.days)
    return ngettext("%(n)s day", "%(n)s days", due.days)


def supplement(given: Given) -> Made:
    asked = asked_rows(given.view, given.body["items"])
    rows = tuple((str(n), t(a.title), a.count, _wrong(a)) for n, a in enumerate(asked, 1))
    blocks = (
        _who(given),
        Words(_("To go on, the office asks the applicant to complete the dossier with:")),
        Table(
            (_("No."), _("Paper or answer"), _("How many"), _("What is wrong and what to do")), (1.4, 6, 1.8, 9), rows
        ),
        Words(_("%(day)s. Meanwhile the time limit waits.", day=day(given.body["until"])), _("To be sent until")),
        Words(given.guide, _("How to do it, online")),
        _help(given, _issuer(given)),
    )
    return blocks, (Sign(_("Officer who advises"), _issuer(given)),)


def _wrong(asked: Asked) -> str:
    return " ".join(filter(None, (t(asked.fault), asked.words)))


def _issuer(given: Given) -> str:
    return given.paper.issuer_name if given.paper else ""


def refusal(given: Given) -> Made:
    view, body = given.view, given.body
    count = sum(1 for p in view.documents if p.given)
    blocks = (
        _who(given, (_("Sent at"), daytime(view.row.submitted_at)), (_("Papers in it"), str(count))),
        Words(_("The office has looked at the dossier and does not accept it.")),
        Words(body["reason"], _("Reason")),
        Words(body["basis"], _("Legal basis")),
        _objection(),
        _help(given, _issuer(given)),
    )
    return blocks, (Sign(_("Applicant"), given.sides.applicant.name), Sign(_("Who refuses"), _issuer(given)))


def _objection() -> Words:
    return Words(_("Who does not agree may complain to the head of the office or go to court, as the law provides."))


def apology(given: Given) -> Made:
    view, body = given.view, given.body
    old, new = (datetime.fromisoformat(body[key]) for key in ("old", "new"))
    blocks = (
        _who(given, (_("Received at"), daytime(view.row.received_at)), (_("Result promised for"), daytime(old))),
        Words(_("The office cannot give the result in the time it promised, and apologises to the applicant.")),
        Words(body["reason"], _("Reason")),
        Words(daytime(new), _("The new time for the result")),
        Words(_("A dossier is extended at most once. The office asks for your understanding.")),
        _help(given),
    )
    return blocks, (Sign(_("Head of the office"), _issuer(given)),)


def stop_notice(given: Given) -> Made:
    body = given.body
    wish = body.get("wish")
    reason = " ".join(filter(None, (_("The applicant asked for the dossier back.") if wish else "", body["reason"])))
    back = body.get("papers_back") or _("all papers that were handed in, at the one-stop counter")
    lines = [(reason, _("Reason")), (body.get("basis", ""), _("Legal basis")), (back, _("Papers that go back"))]
    lines.append((body.get("refund", ""), _("Fee that was paid")))
    blocks = (
        _who(given),
        Words(_("The office stops working on this dossier.")),
        *(Words(text, title) for text, title in lines if text),
        *(() if wish else (_objection(),)),
        _help(given),
    )
    return blocks, (Sign(_("Head of the office"), _issuer(given)),)


def control(given: Given) -> Made:
    row = given.view.row
    facts = Facts(
        (
            (_("Dossier code"), row.code or ""),
            (_("Applicant"), given.sides.applicant.name),
            (_("Asked for"), f"{t(given.view.spec.name)} ({given.view.spec.code})"),
            (_("Received at"), daytime(row.received_at)),
            (_("Result promised for"), daytime(row.due_at) if row.due_at else _("no fixed day")),
            (_("Office that settles"), given.sides.office.name),
            (_("Office that works with it"), BLANK),
            (_("Book number"), BLANK),
            (_("Number in the book"), BLANK),
        )
    )
    columns = (_("No."), _("Handed by"), _("Taken by"), _("When"), _("In time?"), _("Note"), _("Signatures"))
    return (facts, Table(columns, (1.6, 4.6, 4.6, 4.2, 2.6, 4.6, 3.2), given.steps)), ()


MAKERS: dict[str, Callable[[Given], Made]] = {
    "01": receipt,
    "02": supplement,
    "03": refusal,
    "04": apology,
    "05": stop_notice,
    "06": control,
}
FOR_THE_CITIZEN = frozenset({"01", "02", "03", "04", "05"})


def was_accepted(view: DossierView) -> bool:
    """Forms 01 and 06 begin with acceptance."""
    return view.row.received_at is not None and view.state is not State.DRAFT
