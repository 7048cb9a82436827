"""What is different between two revisions, in words for people who never saw a data file. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.catalogue.editing import PAUSED, SAME_DAY, UNITS
from webapp.catalogue.formspec import DocumentSpec, FormField, ProcedureSpec
from webapp.core.text import N_, Text
from webapp.shell.i18n import t


@dataclass(frozen=True)
class Change:
    """One thing that was changed: None before for what is new, None after for what is gone."""

    what: Any
    before: Any
    after: Any


# What stands on the public page, in its order.
FACTS: tuple[tuple[str, Callable[[ProcedureSpec], Any]], ...] = (
    (N_("Official name"), lambda s: s.name),
    (N_("Name in plain words"), lambda s: s.plain),
    (N_("In one sentence"), lambda s: s.summary),
    (N_("Field of work"), lambda s: s.field),
    (N_("Settled by"), lambda s: s.authority),
    (N_("Can it be sent from here?"), lambda s: Text("Yes") if s.online else Text("No, at the counter")),
    (N_("Fee"), lambda s: _money(s.fee.amount)),
    (N_("About the fee"), lambda s: s.fee.note),
    (N_("How long"), lambda s: _time(s)),
    (N_("After waiting for the person"), lambda s: dict(PAUSED)[s.due.pause]),
    (N_("About the time"), lambda s: s.time_note),
    (N_("Good to know"), lambda s: s.notes),
    (N_("Legal basis"), lambda s: ", ".join(law.act for law in s.legal)),
    (N_("Other names people search for"), lambda s: ", ".join(s.synonyms)),
    (N_("What you get"), lambda s: _joined([r.title for r in s.results])),
)


@dataclass(frozen=True)
class Joined:
    """Several words after each other, in the reader's language."""

    parts: tuple[Any, ...]

    def get(self, _language: str) -> str:
        return ", ".join(map(t, self.parts))


def _joined(parts: Sequence[Any]) -> Joined | None:
    return Joined(tuple(parts)) if parts else None


def _money(amount: int | None) -> Any:
    if amount is None:
        return Text("Set by the province")
    return Text("Free") if amount == 0 else f"{amount:,} đ".replace(",", ".")


def _time(spec: ProcedureSpec) -> Any:
    if spec.listing is not None:
        return None
    if spec.due.same_day_cutoff:
        return dict(UNITS)[SAME_DAY]
    working, calendar = N_("Within %(n)s working days"), N_("Within %(n)s calendar days")
    words = working if spec.due.unit == "working_day" else calendar
    return Text(words, n=spec.due.days)


def differences(old: ProcedureSpec, new: ProcedureSpec) -> list[Change]:
    """In the order of the page: facts, papers, questions."""
    found = [
        Change(Text(label), before, after) for label, value in FACTS if (before := value(old)) != (after := value(new))
    ]
    found += _compared(N_("Paper"), _papers(old), _papers(new), _paper_words)
    found += _compared(N_("Question"), _questions(old), _questions(new), _question_words)
    if not found and old != new:
        found.append(Change(Text("Something that people do not see (order, help for the office, search)"), None, None))
    return found


def _papers(spec: ProcedureSpec) -> dict[str, DocumentSpec]:
    return {paper.key: paper for paper in spec.documents}


def _questions(spec: ProcedureSpec) -> dict[str, FormField]:
    return {question.key: question for question in spec.fields}


def _compared(label: str, old: dict[str, Any], new: dict[str, Any], words: Callable[[Any], Any]) -> list[Change]:
    """Entries that came, went, or say something else now."""
    changes = []
    for key in [*old, *(key for key in new if key not in old)]:
        before = words(old[key]) if key in old else None
        after = words(new[key]) if key in new else None
        if before != after:
            changes.append(Change(Text(label), before, after))
    return changes


def _paper_words(paper: DocumentSpec) -> Joined:
    parts: list[Any] = [paper.title, paper.ask, Text("needed") if paper.required else Text("if there is one")]
    if paper.condition.text:
        parts.append(Text("only when %(condition)s", condition=paper.condition.text))
    if paper.max_photos:
        parts.append(Text("at most %(n)s photos", n=paper.max_photos))
    return Joined(tuple(parts))


def _question_words(question: FormField) -> Joined:
    parts: list[Any] = [question.label, Text("needed") if question.required else Text("may be left empty")]
    if question.hint is not None:
        parts.append(question.hint)
    if question.condition.text:
        parts.append(Text("only when %(condition)s", condition=question.condition.text))
    if question.options and not question.kind.startswith("catalog:"):
        parts.append(Joined(tuple(words for _value, words in question.options)))
    return Joined(tuple(parts))
