"""One answer as people read it: options by their words, dates as day/month/year, with its source beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.catalogue.formspec import EMPTY, FormField
from webapp.core.fields import FieldSpec, FormLike, read_field
from webapp.core.text import Text
from webapp.identity.scanning import SOURCE
from webapp.offices.names import province_name
from webapp.shell.formats import day, money, phone
from webapp.shell.i18n import t

# kind of source → how it is said to the person, and to an officer
SOURCES = {
    "profile": (Text("From your profile"), Text("from the profile")),
    "vneid": (Text("From VNeID"), Text("from VNeID")),
    "card": (SOURCE, Text("read from the ID card")),
    "record": (Text("From your records: %(title)s"), Text("from a record: %(title)s")),
    "dossier": (Text("From your dossier %(code)s"), Text("from dossier %(code)s")),
}
YES_NO = {"yes": Text("Yes"), "no": Text("No")}


def shown(field: FormField, answers: Mapping[str, Any], source: Mapping[str, str] | None) -> dict[str, Any]:
    """label, value, source for ui/summary.html."""
    return {
        "label": field.name,
        "value": answer_words(field, answers.get(field.key)),
        "source": source_words(source),
    }


@dataclass(frozen=True)
class Rows:
    """A table in words, one row after the other; options and dates as people read them."""

    rows: tuple[tuple[tuple[FieldSpec, Any], ...], ...]

    def get(self, language: str) -> str:
        words = ([answer_words(column, value) for column, value in row] for row in self.rows)
        return "; ".join(" – ".join(t(word) for word in row if word is not None) for row in words)

    def __str__(self) -> str:
        return self.get("vi")


def answer_words(field: FieldSpec, value: Any) -> Any:
    """The value in words; None where there is none."""
    if value in EMPTY:
        return None
    if field.kind in ("bool", "checkbox"):
        return YES_NO.get(value, value)
    if field.options:
        return dict(field.options).get(value, value)
    if field.kind in ("address", "commune"):
        return place_words(value)
    if field.kind == "date_and_text":
        return ", ".join(part for part in (day(value.get("date")), value.get("text")) if part)
    if field.kind == "table":
        return Rows(tuple(tuple((c, row.get(c.key)) for c in field.columns) for row in value))
    if field.kind.startswith("date"):
        return day(value)
    if field.kind == "phone":
        return phone(value)
    return money(value) if field.kind == "money" else str(value)


def typed_words(field: FieldSpec, form: FormLike) -> Any:
    """What was typed for it, in words, even where it is not an answer yet; None where nothing was."""
    reading = read_field(field, form)
    if reading.value is not None:
        return answer_words(field, reading.value)
    parts = reading.raw.values() if isinstance(reading.raw, dict) else [reading.raw]
    return ", ".join(part for part in parts if part and isinstance(part, str)) or None


def place_words(value: Mapping[str, str]) -> str:
    """Village, commune, province."""
    province = province_name(value.get("province", ""))
    return ", ".join(part for part in (value.get("line"), value.get("commune"), province) if part)


def source_words(source: Mapping[str, str] | None, *, own: bool = True) -> Any:
    """Where a prefilled answer came from, said to the person (`own`) or to an officer; None: somebody typed it."""
    kind = (source or {}).get("kind")
    if source is None or kind not in SOURCES:
        return None
    words = SOURCES[kind][0 if own else 1]
    if kind == "record":
        return Text(words.msgid, title={"vi": source["title_vi"], "en": source["title_en"]})
    return Text(words.msgid, code=source["code"]) if kind == "dossier" else words
