"""The form that asks for everything that is missing: one line for each paper and section, read all at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.catalogue.formspec import DocumentSpec, kept_answers
from webapp.core import clock
from webapp.core.fields import FieldSpec
from webapp.core.text import N_, Text, nfc
from webapp.dossiers.count_papers import MOST
from webapp.dossiers.phrases import Phrase, composed, phrases
from webapp.dossiers.supplement import FAULTS
from webapp.dossiers.supplement_items import FAULT_WORDS
from webapp.dossiers.view import DossierView
from webapp.shell.formats import day
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t

# What an officer chooses; the person reads `FAULT_WORDS`.
CHOICES = {
    "missing": N_("Missing"),
    "blurred": N_("Blurred, cannot be read"),
    "wrong": N_("Wrong or does not fit"),
    "expired": N_("No longer valid"),
    "other": N_("Something else"),
}
DEADLINE = FieldSpec(
    "deadline_on",
    "date_future",
    Text("To be answered until"),
    hint=Text("Seven working days are already filled in."),
)
MAX_WORDS = 1000


@dataclass
class Line:
    """One thing that can be asked for; `name` is the end of its inputs' names."""

    kind: str
    key: str
    title: Any
    note: str = ""
    ticked: bool = False
    fault: str = ""
    phrase: str = ""  # its key in the phrase bank, behind the fault's own
    words: str = ""
    count: str = ""  # of a paper: how many, at first as the procedure asks for it
    error: Text | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.key}"

    @property
    def heading(self) -> Any:
        """To the officer: the form says "you" to whoever fills it in."""
        return Text("The applicant's answers") if (self.kind, self.key) == ("field", "applicant") else self.title

    @property
    def said(self) -> str:
        """The chosen sentence and the officer's own words."""
        kind, _dot, key = self.phrase.partition(".")
        return composed(kind, [key], self.words)

    def item(self) -> dict[str, str]:
        return {"kind": self.kind, "key": self.key, "fault": self.fault, "words": self.said, "count": self.count}


@dataclass
class Asking:
    """The whole form: its lines, the deadline, and what is wrong."""

    lines: list[Line]
    deadline: Form
    wrong: list[tuple[str, Text]] = field(default_factory=list)

    @property
    def items(self) -> list[dict[str, str]]:
        return [line.item() for line in self.lines if line.ticked]

    @property
    def ok(self) -> bool:
        return not self.wrong and self.deadline.ok and not any(line.error for line in self.lines)

    @property
    def deadline_on(self) -> date:
        return date.fromisoformat(self.deadline.values["deadline_on"])

    @property
    def errors(self) -> list[tuple[str, str]]:
        """For the summary on top."""
        lines = [
            (f"fault_{line.name}", f"{t(line.heading)}: {t(line.error)}")
            for line in self.lines
            if line.error is not None
        ]
        return [(key, t(text)) for key, text in self.wrong] + lines + self.deadline.errors


def empty_asking(view: DossierView, deadline_on: date) -> Asking:
    return Asking(_lines(view), Form.show([DEADLINE], {"deadline_on": deadline_on.isoformat()}))


def read_asking(view: DossierView, form: Any) -> Asking:
    """What was posted. Words or a fault without a tick count as a tick: somebody wrote them on purpose."""
    asking = Asking([_read(line, form) for line in _lines(view)], Form.read([DEADLINE], form))
    if not asking.items:
        first = asking.lines[0].name if asking.lines else ""
        asking.wrong.append((f"ask_{first}", Text("Tick at least one paper or section to ask for.")))
    if asking.deadline.ok and asking.deadline_on < clock.today():
        asking.deadline.refuse("deadline_on", Text("The day is over. Choose one that is still to come."))
    return asking


def _lines(view: DossierView) -> list[Line]:
    papers = [
        Line("document", paper.spec.key, paper.spec.title, _given(paper), count=_wanted(paper.spec))
        for paper in view.documents
    ]
    kept = kept_answers(view.spec, view.answers)
    sections = [s for s in view.spec.sections if any(f.condition.holds(kept) for f in s.fields)]
    return papers + [Line("field", section.key, section.title, _("Answers")) for section in sections]


def _wanted(spec: DocumentSpec) -> str:
    """How many the procedure asks for; empty where it does not say."""
    return str(spec.originals + spec.copies or "")


def _given(paper: Any) -> str:
    if paper.record is not None:
        return _("A record stands for it")
    if not paper.current:
        return _("Nothing was sent")
    return _("Photos: %(n)s", n=len(paper.current))


def _read(line: Line, form: Mapping[str, str]) -> Line:
    line.fault = form.get(f"fault_{line.name}", "")
    line.fault = line.fault if line.fault in FAULTS else ""
    line.phrase = form.get(f"phrase_{line.name}", "")
    line.words = nfc(form.get(f"words_{line.name}", ""))[:MAX_WORDS]
    kind = line.phrase.partition(".")[0]
    if not line.fault and kind in FAULTS:
        line.fault = kind  # a chosen sentence says what is wrong, too
    line.count = form.get(f"count_{line.name}", line.count).strip() if line.kind == "document" else ""
    line.ticked = bool(form.get(f"ask_{line.name}") or line.fault or line.words)
    if line.ticked and not line.fault:
        line.error = Text("Choose what is wrong with it.")
    elif line.fault == "other" and not line.said:
        line.error = Text("Write in your own words what is wrong.")
    elif line.ticked and not _number(line.count):
        line.error = Text("Write how many as a number, 1 to 99, or leave it empty.")
    return line


def _number(typed: str) -> bool:
    return not typed or (typed.isascii() and typed.isdecimal() and len(typed) < 3 and 1 <= int(typed) <= MOST)


def phrase_choices() -> dict[str, tuple[Phrase, ...]]:
    """The sentences of the bank by what is wrong, for the select of each line."""
    return {fault: phrases(fault) for fault in CHOICES}


def preview(asking: Asking) -> list[str]:
    """What the person will be told, sentence by sentence."""
    lines = [
        " ".join(filter(None, (f"{t(line.title)}:", _(FAULT_WORDS[line.fault]), line.said)))
        for line in asking.lines
        if line.ticked and line.fault
    ]
    until = asking.deadline.raw.get("deadline_on", "")
    return [*lines, _("Send it until %(day)s. Meanwhile the time limit waits.", day=day(until))]
