"""What the office asked for, in words: which paper or answer, what is wrong with it, the officer's own words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from webapp.catalogue.formspec import FormField, ProcedureSpec, visible_steps
from webapp.core.text import N_, Text
from webapp.dossiers.view import DossierView

FAULT_WORDS: dict[str, str] = {
    "missing": N_("It is missing."),
    "blurred": N_("The photo is blurred or cut off. Take it again, with all four corners."),
    "wrong": N_("It is not the right paper or answer."),
    "expired": N_("It is no longer valid. A newer one is needed."),
    "other": N_("Read what the officer wrote."),
}


@dataclass(frozen=True)
class Asked:
    """One thing that was asked for."""

    kind: str
    key: str
    title: Any
    fault: Text
    words: str
    count: str = ""  # how many; empty for an answer, and where nobody said it


def item_rows(view: DossierView) -> list[Asked]:
    """All of the newest request."""
    return asked_rows(view, view.supplement_items)


def asked_rows(view: DossierView, items: Iterable[dict[str, Any]]) -> list[Asked]:
    """What these items ask for, in words."""
    return [
        Asked(i["kind"], i["key"], _title(view, i), _fault_words(i), i["words"], str(i.get("count") or ""))
        for i in items
        if i["kind"] in ("document", "field")
    ]


def _fault_words(item: dict[str, Any]) -> Text:
    words = FAULT_WORDS[item["fault"]]
    return Text(words)


def _title(view: DossierView, item: dict[str, Any]) -> Any:
    if item["kind"] == "document":
        spec = view.spec.document(item["key"])
        return spec.title if spec else item["key"]
    section = view.spec.section(item["key"])
    if section is not None:
        return section.title
    field = view.spec.by_key.get(item["key"])
    return field.name if field else item["key"]


def asked_fields(spec: ProcedureSpec, answers: dict[str, Any], items: list[dict[str, Any]]) -> list[FormField]:
    """The questions that were asked again: named one by one, or a whole section."""
    keys = {i["key"] for i in items if i["kind"] == "field"}
    steps = visible_steps(spec, answers)
    return [f for step in steps for f in step.fields if f.key in keys or step.section.key in keys]
