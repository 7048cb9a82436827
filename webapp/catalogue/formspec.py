"""A procedure as a value: sections, pages, questions, papers, results, and what they mean for answers. Pure.

`reading.parse` makes a `ProcedureSpec` from one file or one stored revision; the functions here say what is
asked now. Answers to questions that are no longer asked never count: a changed mind leaves nothing behind.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date
from functools import cached_property
from typing import Any

from webapp.catalogue.conditions import ALWAYS, Condition, condition
from webapp.catalogue.fees import FeeSpec
from webapp.catalogue.listing import Listing
from webapp.catalogue.words import Words, date_in_words
from webapp.core.fields import FieldSpec

__all__ = ["Condition", "FieldSpec", "Words", "condition"]

LIFE_EVENTS = (
    "birth",
    "marriage",
    "death",
    "home",
    "land",
    "papers",
    "id_card",
    "support",
    "business",
    "health",
)
SERVICE_LEVELS = ("full", "partial", "information")
DOCUMENT_KINDS = ("eform", "upload", "lookup", "shown")
GIVEN_KINDS = ("upload", "lookup")
PAUSES = ("shift", "recompute")
CHOICES = ("bool", "select", "table", "textarea")
EMPTY: tuple[Any, ...] = (None, "", [], {}, ())


@dataclass(frozen=True)
class FormField(FieldSpec):
    """A question of a procedure. `label` is how the page asks it, `name` how a summary or a paper calls it.

    `where`: page (asked), review (ticked before sending) or computed (worked out from another answer).
    `row`: what one row of a table is ("Person"), for its heading.
    """

    name: Words = Words("", "")
    where: str = "page"
    condition: Condition = ALWAYS
    computed: str | None = None
    row: Words | None = None


@dataclass(frozen=True)
class Page:
    """What one screen asks: one question, or two to four about the same thing."""

    fields: tuple[FormField, ...]


@dataclass(frozen=True)
class SameAs:
    """The section is about the applicant when the condition holds; its fields are `<prefix>_…`."""

    prefix: str
    condition: Condition


@dataclass(frozen=True)
class Section:
    """The questions about one person or one thing."""

    key: str
    title: Words
    pages: tuple[Page, ...]
    same_as: SameAs | None = None

    @property
    def fields(self) -> tuple[FormField, ...]:
        return tuple(f for page in self.pages for f in page.fields)


@dataclass(frozen=True)
class DocumentSpec:
    """A paper. eform: made from the answers; upload, lookup: to be given; shown: looked at over the counter.

    A lookup is offered from the person's records by `reuse_codes`; only if it is not there, photographed.
    """

    key: str
    kind: str
    title: Words
    ask: Words
    required: bool
    condition: Condition = ALWAYS
    official: Words | None = None
    when_note: Words | None = None
    reuse_codes: tuple[str, ...] = ()
    max_photos: int = 0
    originals: int = 0
    copies: int = 0
    form_no: str | None = None
    sensitive: bool = False

    @property
    def given(self) -> bool:
        """Does the person hand this in (and the receipt count it)?"""
        return self.kind in GIVEN_KINDS


@dataclass(frozen=True)
class ResultSpec:
    """What the person gets. `reuse_code` marks it in their records: `code`, where the state gave one.

    `valid_months`: how long it may stand for a paper; None: without a fixed end.
    """

    key: str
    title: Words
    code: str | None
    reuse_code: str
    validity: Words
    note: Words | None = None
    valid_months: int | None = None


@dataclass(frozen=True)
class DueRule:
    """How long it takes. same_day_cutoff: done the same day; received after 15:00, the next working day.

    pause: what waiting for the citizen does to the end: it shifts it, or the term begins anew ("recompute").
    """

    days: int
    unit: str
    same_day_cutoff: bool
    pause: str = PAUSES[0]


@dataclass(frozen=True)
class DraftConfirmation:
    """Before it is final, the person looks through a draft of the result; after `days` silence means yes.

    Online civil-status procedures have it; `unit` as in `DueRule`.
    """

    result: str
    days: int
    unit: str


@dataclass(frozen=True)
class LegalAct:
    """One act the procedure stands on."""

    act: str
    note: Words | None = None


@dataclass(frozen=True)
class ProcedureSpec:
    """One procedure, as one revision says it. With a `listing` it comes from the national list, to be read only."""

    code: str
    slug: str
    checked_on: date | None
    name: Words
    plain: Words
    summary: Words
    synonyms: tuple[str, ...]
    life_event: str
    icon: str
    field: Words
    ministry: Words
    level: str
    authority: Words
    service_level: str
    service_note: Words | None
    time_note: Words | None
    due: DueRule
    fee: FeeSpec
    legal: tuple[LegalAct, ...]
    documents: tuple[DocumentSpec, ...]
    results: tuple[ResultSpec, ...]
    sections: tuple[Section, ...]
    others: tuple[FormField, ...]
    notes: Words | None = None
    components: tuple[str, ...] = ()
    draft_confirmation: DraftConfirmation | None = None
    listing: Listing | None = None
    by_key: Mapping[str, FormField] = attribute(default_factory=dict, compare=False, repr=False)

    @property
    def online(self) -> bool:
        """Can it be sent from here at all?"""
        return self.service_level != "information"

    @property
    def levels(self) -> tuple[str, ...]:
        """Whom it may be handed in to: commune, province, ministry, other."""
        return self.listing.levels if self.listing else (self.level,)

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """All questions in order; those of the review page and the computed ones last."""
        return tuple(f for section in self.sections for f in section.fields) + self.others

    @property
    def review(self) -> tuple[FormField, ...]:
        return tuple(f for f in self.others if f.where == "review")

    def section(self, key: str) -> Section | None:
        return next((s for s in self.sections if s.key == key), None)

    def document(self, key: str) -> DocumentSpec | None:
        return next((d for d in self.documents if d.key == key), None)


@dataclass(frozen=True)
class Step:
    """One page as it is asked now: the `number`-th of `of` in its section, with the questions that apply."""

    section: Section
    number: int
    of: int
    fields: tuple[FormField, ...]


def kept_answers(spec: ProcedureSpec, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Only answers to questions that are asked; in order, so a hidden one hides what hangs on it."""
    kept: dict[str, Any] = {}
    for question in spec.fields:
        if question.where != "computed" and question.key in answers and question.condition.holds(kept):
            kept[question.key] = answers[question.key]
    return kept


def visible_fields(spec: ProcedureSpec, answers: Mapping[str, Any]) -> list[FormField]:
    """The questions that apply, those of the review page at the end."""
    kept = kept_answers(spec, answers)
    return [f for f in spec.fields if f.where != "computed" and f.condition.holds(kept)]


def visible_steps(spec: ProcedureSpec, answers: Mapping[str, Any], section_key: str | None = None) -> list[Step]:
    """The pages that apply, of one section or of all; a page left without questions is skipped."""
    kept = kept_answers(spec, answers)
    steps: list[Step] = []
    for section in spec.sections:
        if section_key not in (None, section.key):
            continue
        shown = [tuple(f for f in page.fields if f.condition.holds(kept)) for page in section.pages]
        shown = [fields for fields in shown if fields]
        steps += [Step(section, i, len(shown), fields) for i, fields in enumerate(shown, start=1)]
    return steps


def visible_documents(spec: ProcedureSpec, answers: Mapping[str, Any]) -> list[DocumentSpec]:
    """The papers that apply, whatever their kind."""
    kept = kept_answers(spec, answers)
    return [d for d in spec.documents if d.condition.holds(kept)]


def papers(spec: ProcedureSpec, answers: Mapping[str, Any]) -> list[DocumentSpec]:
    """The papers the person gives: what "2 of 2 papers" counts."""
    return [d for d in visible_documents(spec, answers) if d.given]


def missing(spec: ProcedureSpec, answers: Mapping[str, Any], *, with_review: bool = False) -> list[FormField]:
    """Questions that must be answered and are not. The review page's boxes only if asked for."""
    kept = kept_answers(spec, answers)
    return [
        f
        for f in visible_fields(spec, answers)
        if f.required and kept.get(f.key) in EMPTY and (with_review or f.where != "review")
    ]


def unseen(spec: ProcedureSpec, answers: Mapping[str, Any]) -> list[FormField]:
    """Choices that may be left open but were never put: "do you act for somebody?" changes which papers are needed.

    A plain box that may stay empty (an e-mail address) is no reason to lead anybody to its page.
    """
    return [
        f
        for f in visible_fields(spec, answers)
        if not f.required and f.kind in CHOICES and f.where == "page" and f.key not in answers
    ]


def missing_papers(spec: ProcedureSpec, answers: Mapping[str, Any], given: Collection[str]) -> list[DocumentSpec]:
    """Papers that must be given and are not; `given` holds the keys of those that are there."""
    return [d for d in papers(spec, answers) if d.required and d.key not in given]


def computed(spec: ProcedureSpec, answers: Mapping[str, Any]) -> dict[str, str]:
    """What is worked out from other answers, for the printed form; nothing where the answer is not there."""
    found: dict[str, str] = {}
    for question in spec.others:
        name, _, source = (question.computed or "").partition(":")
        value = answers.get(source)
        if name == "date_in_words" and isinstance(value, str):
            try:
                found[question.key] = date_in_words(value)
            except ValueError:
                continue
    return found


def suggestions(spec: ProcedureSpec, answers: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
    """What we already know of the applicant, offered where a section turns out to be about them.

    `person` is keyed by what follows the prefix (name, dob, sex, ethnicity, nationality, id_no, residence…);
    the applicant's own answers come first. Nothing that was typed is ever replaced.
    """
    kept = kept_answers(spec, answers)
    own = {k.removeprefix("applicant_"): v for k, v in kept.items() if k.startswith("applicant_")}
    known = {**person, **{k: v for k, v in own.items() if v not in EMPTY}}
    found: dict[str, Any] = {}
    for prefix, question in _about_applicant(spec, kept):
        value = known.get(question.key.removeprefix(f"{prefix}_"))
        if value not in EMPTY and kept.get(question.key) in EMPTY:
            found[question.key] = value
    return found


def _about_applicant(spec: ProcedureSpec, kept: Mapping[str, Any]) -> Iterator[tuple[str, FormField]]:
    for section in spec.sections:
        same = section.same_as
        if same is not None and same.condition.holds(kept):
            for question in section.fields:
                if question.key.startswith(f"{same.prefix}_"):
                    yield same.prefix, question


def fee_of(spec: ProcedureSpec, answers: Mapping[str, Any], *, on: date, online: bool = True) -> int | None:
    """The fee of a dossier with these answers; None where only the agency knows."""
    return spec.fee.total(kept_answers(spec, answers), on=on, online=online)
