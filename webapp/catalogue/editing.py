"""What an administrator types or uploads → a content to look at before it is published. Pure."""

import copy
from collections.abc import Mapping
from typing import Any

import yaml

from webapp.catalogue.formspec import PAUSES
from webapp.catalogue.place import SpecError
from webapp.catalogue.reading import parse
from webapp.core.fields import FieldSpec
from webapp.core.text import N_, Text

LARGEST = 300_000
DAYS, CALENDAR_DAYS, SAME_DAY = "working_day", "day", "same_day"
UNITS = [
    (DAYS, Text("working days")),
    (CALENDAR_DAYS, Text("calendar days")),
    (SAME_DAY, Text("the same day; received after 15:00, the next working day")),
]
PAUSED = list(zip(PAUSES, (Text("The term goes on where it stopped"), Text("The term begins anew")), strict=True))
OPTIONS = {"due_unit": UNITS, "due_pause": PAUSED}

VALID_FROM = FieldSpec("valid_from", "date_future", Text("In force from"), hint=Text("Today or a later day."))
WHY = Text("For example the decision that changed it. Stays in the journal.")
REASON = FieldSpec("reason", "text", Text("Why"), hint=WHY)
DATED = [VALID_FROM, REASON]

# key of the form → (place in the content, kind, label, may be empty)
TEXTS: dict[str, tuple[tuple[str, ...], str, str, bool]] = {
    "plain_vi": (("plain_vi",), "text", N_("Name in plain words, Vietnamese"), False),
    "plain_en": (("plain_en",), "text", N_("Name in plain words, English"), False),
    "summary_vi": (("summary_vi",), "textarea", N_("In one sentence, Vietnamese"), False),
    "summary_en": (("summary_en",), "textarea", N_("In one sentence, English"), False),
    "notes_vi": (("notes_vi",), "textarea", N_("Good to know, Vietnamese"), True),
    "notes_en": (("notes_en",), "textarea", N_("Good to know, English"), True),
    "fee_amount": (("fee", "amount"), "money", N_("Fee"), True),
    "fee_note_vi": (("fee", "note_vi"), "textarea", N_("About the fee, Vietnamese"), True),
    "fee_note_en": (("fee", "note_en"), "textarea", N_("About the fee, English"), True),
    "due_days": (("due", "days"), "int", N_("Time limit"), False),
    "due_unit": (("due", "unit"), "select", N_("Counted in"), False),
    "due_pause": (("due", "pause"), "select", N_("After waiting for the person"), False),
    "time_note_vi": (("time", "note_vi"), "textarea", N_("About the time, Vietnamese"), True),
    "time_note_en": (("time", "note_en"), "textarea", N_("About the time, English"), True),
}

HINTS = {
    "fee_amount": Text("Leave it empty where the province sets it."),
    "due_days": Text("In numbers; 1 for what is settled the same day."),
    "due_pause": Text("When something was missing, or had to be paid first."),
}


def text_fields() -> list[FieldSpec]:
    """The questions of the page that edits texts, fee and time."""
    rows = []
    for key, (_path, kind, label, empty) in TEXTS.items():
        rows.append(FieldSpec(key, kind, Text(label), HINTS.get(key), not empty, OPTIONS.get(key, ())))
    return [*rows, *DATED]


def current_texts(content: Mapping[str, Any]) -> dict[str, Any]:
    """What stands there now."""
    due = content.get("due") or {}
    current = {key: _at(content, path) for key, (path, *_rest) in TEXTS.items()}
    current["due_unit"] = SAME_DAY if due.get("same_day_cutoff") else current["due_unit"]
    return {**current, "due_pause": current["due_pause"] or PAUSES[0]}


def _at(content: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    for step in path[:-1]:
        content = content.get(step) or {}
    return content.get(path[-1])


def with_texts(content: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The content with the typed texts in their places; an emptied one is taken out."""
    made: dict[str, Any] = copy.deepcopy(dict(content))
    for key, (path, *_rest) in TEXTS.items():
        inner = made
        for step in path[:-1]:
            inner = inner.setdefault(step, {})
        value = values.get(key)
        if value is not None:
            inner[path[-1]] = value
        else:
            inner.pop(path[-1], None)
    due = made["due"]
    due["same_day_cutoff"] = due["unit"] == SAME_DAY
    if due["same_day_cutoff"]:
        due["unit"] = DAYS
    fee = made["fee"]
    if "amount" not in fee:
        fee["kind"] = "local"
    elif fee.get("kind") == "local" or fee.get("kind") == "free" and fee["amount"]:
        fee["kind"] = "per_unit"
    return made


def uploaded(data: bytes, name: str) -> dict[str, Any]:
    """A YAML file as content, checked as a procedure. SpecError names the line."""
    if len(data) > LARGEST:
        raise SpecError(f"{name}: the file is larger than {LARGEST // 1000} KB")
    try:
        text = data.decode("utf-8-sig")
        _no_aliases(text, name)
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except SpecError:
        raise
    except UnicodeDecodeError:
        raise SpecError(f"{name}: the file is not UTF-8; save it as UTF-8") from None
    except (yaml.YAMLError, ValueError, RecursionError) as bad:
        mark = getattr(bad, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(bad, "problem", None) or "it cannot be read"
        raise SpecError(f"{name}: {line}this is not YAML: {problem}") from None
    if not isinstance(content, dict) or "listing" in content:
        raise SpecError(f"{name}: line 1: this is not a procedure; begin with code: '1.001193'")
    try:
        parse(content, name)
    except SpecError as wrong:
        raise SpecError(f"line {line_of(tree, wrong.path)}: {wrong}", wrong.path) from None
    return content


def _no_aliases(text: str, name: str) -> None:
    """An alias makes a small file huge; no procedure needs one."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1
            raise SpecError(f"{name}: line {line}: write it out; *{event.anchor} is not allowed here")


def line_of(node: yaml.Node | None, path: tuple[str, ...]) -> int:
    """Where in the file the place is, as near as it can be told; an entry of a list is named by its key."""
    line = node.start_mark.line if node is not None else 0
    for step in path:
        node = _child(node, step)
        if node is None:
            break
        line = node.start_mark.line
    return line + 1


def _child(node: yaml.Node | None, step: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode):
        return next((item for item in node.value if getattr(_child(item, "key"), "value", None) == step), None)
    return None


def as_yaml(content: Mapping[str, Any]) -> str:
    """A content as a file to work on."""
    return str(yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=110))
