"""Field kinds: how one answer is read, cleaned and checked. Pure; used by every form, whoever shows it.

A form from the catalogue and a hand-written form (log in, look up) are both lists of `FieldSpec`,
so a phone number or a date is understood the same way everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from webapp.core import parsing
from webapp.core.text import Text, nfc, one_line


class Label(Protocol):
    """Anything a template can print with `t()`: a `Text`, or words kept in several languages."""


@dataclass(frozen=True)
class FieldSpec:
    """One question: its key (the HTML name), kind, words and rules."""

    key: str
    kind: str
    label: Any
    hint: Any = None
    required: bool = True
    options: Sequence[tuple[str, Any]] = ()
    autocomplete: str | None = None
    when: str | None = None
    prefill: Sequence[str] = ()
    default: str | None = None
    columns: Sequence["FieldSpec"] = ()
    sensitive: bool = False


@dataclass(frozen=True)
class Reading:
    """What came of one field: the raw text to show again, the clean value, or what is wrong with it."""

    raw: Any
    value: Any = None
    error: Text | None = None


class FormLike(Protocol):
    """What werkzeug's MultiDict offers, without importing it on the ground floor."""

    def get(self, key: str) -> Any: ...
    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True)
class Answers:
    """A plain mapping read as if it were a posted form (prefill, tests, imports)."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    def getlist(self, key: str) -> list[str]:
        value = self.values.get(key, [])
        return list(value) if isinstance(value, list | tuple) else [value]


@dataclass(frozen=True)
class WithoutRow:
    """A posted form with one row of a table taken out: what the button "Remove" beside it sends."""

    form: FormLike
    table: FieldSpec
    at: int

    def get(self, key: str) -> Any:
        return self.form.get(key)

    def getlist(self, key: str) -> list[str]:
        values = self.form.getlist(key)
        ours = key in {f"{self.table.key}_{column.key}" for column in self.table.columns}
        return values[: self.at] + values[self.at + 1 :] if ours else values


ADDRESS_PARTS = ("province", "commune", "line")
CHOICE_KINDS = frozenset({"select", "bool"})
TEXT_KINDS = frozenset({"textarea", "text", "unit", "plot_ref", "doc_ref"})
MAX_TEXT = 500
MAX_TEXTAREA = 5000
MAX_ROWS = 50


def read_field(spec: FieldSpec, form: FormLike) -> Reading:
    """Read one field from a posted form. Never raises for what a person may type."""
    if spec.kind in ("address", "commune"):
        return _read_place(spec, form)
    if spec.kind == "date_and_text":
        return _read_date_and_text(spec, form)
    if spec.kind == "table":
        return _read_table(spec, form)
    raw = _raw(form.get(spec.key))
    if not raw:
        return Reading(raw, error=missing_error(spec) if spec.required else None)
    try:
        return Reading(raw, value=_parse(spec, raw))
    except parsing.FieldError as wrong:
        return Reading(raw, error=wrong.text)


def missing_error(spec: FieldSpec) -> Text:
    """What to say when a needed answer is empty; names the act, not the rule."""
    if spec.kind in CHOICE_KINDS:
        return Text("Choose one answer.")
    if spec.kind == "checkbox":
        return Text("Tick the box to go on.")
    if spec.kind == "otp":
        return Text("Enter the 6 digits of the code.")
    if spec.kind == "pin":
        return Text("Enter the 4 digits of the PIN.")
    if spec.kind.startswith("date"):
        return Text("Enter the date, for example 27/03/2026.")
    return Text("This is still empty. Enter an answer.")


def _raw(value: Any) -> str:
    return nfc(str(value)) if value is not None else ""


def _parse(spec: FieldSpec, raw: str) -> Any:
    if spec.kind in TEXT_KINDS or (spec.kind.startswith("catalog:") and not spec.options):
        limit = MAX_TEXTAREA if spec.kind == "textarea" else MAX_TEXT
        if len(raw) > limit:
            raise parsing.FieldError(Text("This is too long. Keep it under %(n)s letters.", n=limit))
        return raw if spec.kind == "textarea" else one_line(raw)
    if spec.kind == "select" or (spec.kind.startswith("catalog:") and spec.options):
        if raw not in {value for value, _ in spec.options}:
            raise parsing.FieldError(Text("Choose one of the answers in the list."))
        return raw
    reader = parsing.READERS.get(spec.kind)
    if reader is None:
        raise LookupError(f"field {spec.key}: unknown kind {spec.kind!r}")
    return reader(raw)


def _read_place(spec: FieldSpec, form: FormLike) -> Reading:
    parts = ADDRESS_PARTS if spec.kind == "address" else ADDRESS_PARTS[:2]
    raw = {part: one_line(_raw(form.get(f"{spec.key}_{part}"))) for part in parts}
    given = {k: v for k, v in raw.items() if v}
    needed = [k for k in ("province", "commune") if not raw[k]]
    if not given:
        return Reading(raw, error=missing_error(spec) if spec.required else None)
    if needed == ["province", "commune"] or needed == ["province"]:
        return Reading(raw, error=Text("Choose the province."))
    if needed:
        return Reading(raw, error=Text("Enter the commune or ward, for example Xã Hoằng Lộc."))
    if any(len(v) > MAX_TEXT for v in raw.values()):
        return Reading(raw, error=Text("This is too long. Keep it under %(n)s letters.", n=MAX_TEXT))
    return Reading(raw, value=raw)


def _read_date_and_text(spec: FieldSpec, form: FormLike) -> Reading:
    raw = {"date": _raw(form.get(f"{spec.key}_date")), "text": one_line(_raw(form.get(f"{spec.key}_text")))}
    if not raw["date"] and not raw["text"]:
        return Reading(raw, error=missing_error(spec) if spec.required else None)
    if len(raw["text"]) > MAX_TEXT:
        return Reading(raw, error=Text("This is too long. Keep it under %(n)s letters.", n=MAX_TEXT))
    if not raw["date"]:
        return Reading(raw, value={"date": "", "text": raw["text"]})
    try:
        return Reading(raw, value={"date": parsing.past_date(raw["date"]), "text": raw["text"]})
    except parsing.FieldError as wrong:
        return Reading(raw, error=wrong.text)


def _read_table(spec: FieldSpec, form: FormLike) -> Reading:
    """Rows posted as parallel lists `<key>_<column>`; wholly empty rows are dropped, half-filled ones checked."""
    columns = {c.key: form.getlist(f"{spec.key}_{c.key}") for c in spec.columns}
    count = max((len(v) for v in columns.values()), default=0)
    rows: list[dict[str, str]] = []
    values = []
    error: Text | None = None
    for i in range(count):
        row = {k: _raw(v[i]) if i < len(v) else "" for k, v in columns.items()}
        if not any(row.values()):
            continue
        rows.append(row)
        if len(rows) > MAX_ROWS:  # said, not cut off: a row that vanishes is an answer that was lost
            return Reading(rows[:MAX_ROWS], error=Text("Keep it to %(n)s rows.", n=MAX_ROWS))
        clean = {}
        for column in spec.columns:
            reading = read_field(column, Answers(row))
            if reading.error and error is None:
                where = {"row": len(rows), "column": column.label}
                error = Text("Row %(row)s, %(column)s: %(error)s", **where, error=reading.error)
            clean[column.key] = reading.value
        values.append(clean)
    if not rows:
        return Reading([], value=None, error=missing_error(spec) if spec.required else None)
    return Reading(rows, value=None if error else values, error=error)
