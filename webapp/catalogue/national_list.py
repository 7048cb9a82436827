"""One line of the national list → content for the tables, or why it cannot be taken. Pure.

Two shapes: JSON lines with the whole text, and a tab-separated index (code, name, field, level…). What the list
leaves open ("5", without a unit) stays open: a unit that is guessed would be a promise nobody made.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from webapp.catalogue.cleaning import paragraphs, plain, plain_or_none, without_files
from webapp.catalogue.listing import CHANNELS, LEVELS
from webapp.core.text import fold, nfc

DATA = Path(__file__).parent / "data"
MAX_LINE = 2_000_000
LONGEST_NAME, LONGEST_FIELD = 2_000, 200
MAX_PARTS = 400
_CODE = re.compile(r"^[0-9]\.[0-9]{6}$")
_TIME = re.compile(r"^(\d{1,4})\s*(ngày làm việc|ngày|giờ|tháng)?$")
_UNITS = {"ngày làm việc": "working_day", "ngày": "day", "giờ": "hour", "tháng": "month"}
_MONEY = re.compile(r"^([\d.,]+)\s*(?:việt nam đồng|đồng|vnđ|vnd|đ)$")
_URL = re.compile(r"^https?://[^\s<>\"']{4,300}$")


class Rejected(ValueError):
    """Why a line cannot be taken, in words for whoever runs the import."""


@dataclass(frozen=True)
class Row:
    """A good line. `index`: it has the index's columns only, so what is known beyond them stays."""

    line: int
    code: str
    content: dict[str, Any]
    index: bool


@dataclass(frozen=True)
class Reject:
    """A bad line."""

    line: int
    code: str
    reason: str


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DATA / "national_list.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def _level_names() -> dict[str, str]:
    return {fold(name): level for name, level in _data()["levels"].items()}


def ministry_name(key: str) -> str:
    """bo-tu-phap → Bộ Tư pháp; an unknown key is shown as it is."""
    return str(_data()["ministries"].get(key, key))


@cache
def _event_words() -> list[tuple[str, str]]:
    return [(f" {fold(word)} ", rule["event"]) for rule in _data()["life_events"] for word in rule["words"]]


def life_event_of(name: str, field: str) -> str:
    """Where people would look for it; empty for what is no matter of a person's life."""
    for text in (name, field):
        folded = f" {re.sub(r'[^a-z0-9]+', ' ', fold(text))} "
        found = next((event for word, event in _event_words() if word in folded), None)
        if found:
            return found
    return ""


def read_lines(path: Path) -> Iterator[Row | Reject]:
    """Every line that holds something, in order; which shape it is, the file's first letter tells."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as source:
        first = source.read(1)
        source.seek(0)
        yield from _json_lines(source) if first in ("{", "[", "") else _table_lines(source)


def _json_lines(source: Iterator[str]) -> Iterator[Row | Reject]:
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        code = ""
        try:
            if len(line) > MAX_LINE:
                raise Rejected(f"the line is longer than {MAX_LINE:,} characters")
            raw = _parsed(line)
            code = plain(raw.get("code"))[:20]
            yield Row(number, code, content_of(raw), index="documents" not in raw)
        except Rejected as wrong:
            yield Reject(number, code, str(wrong))


def _parsed(line: str) -> Mapping[str, Any]:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        raise Rejected("this is not JSON") from None
    if not isinstance(raw, dict):
        raise Rejected("this is not one procedure: an object in {} was expected")
    return raw


def _table_lines(source: Iterator[str]) -> Iterator[Row | Reject]:
    reader = csv.reader(source, delimiter="\t", quoting=csv.QUOTE_NONE)
    header = [plain(name).lower() for name in next(reader, [])]
    if not {"code", "name", "field", "level"} <= set(header):
        yield Reject(1, "", "the first line must name the columns, at least code, name, field, level")
        return
    for cells in _cells(reader):
        if isinstance(cells, Reject):
            yield cells
            continue
        if not any(cell.strip() for cell in cells):
            continue
        raw: dict[str, Any] = dict(zip(header, cells, strict=False))
        code = plain(raw.get("code"))[:20]
        try:
            if len(cells) != len(header):
                raise Rejected(f"{len(cells)} columns instead of {len(header)}")
            raw["subjects"] = raw.get("subject") or raw.get("subjects")
            yield Row(reader.line_num, code, content_of(raw), index=True)
        except Rejected as wrong:
            yield Reject(reader.line_num, code, str(wrong))


def _cells(reader: Any) -> Iterator[list[str] | Reject]:
    """The reader's lines; one that is too long for it is told, and the rest is read on."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            yield Reject(reader.line_num, "", f"the line cannot be read: {wrong}")


def content_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The cleaned content. When it was crawled is left out: the same text read again must be the same content."""
    code, name, field = plain(raw.get("code")), plain(raw.get("name")), plain(raw.get("field"))
    if not _CODE.match(code):
        raise Rejected(f"the code is {code[:40]!r}; it must be like 1.001193")
    if "\ufffd" in name + field:
        raise Rejected("some letters cannot be read; the file must be UTF-8")
    if not name or len(name) > LONGEST_NAME:
        raise Rejected("the name is missing" if not name else f"the name is longer than {LONGEST_NAME:,} characters")
    if not field or len(field) > LONGEST_FIELD:
        raise Rejected("the field of work is missing" if not field else "the field of work is too long")
    listing: dict[str, Any] = {
        "name": name,
        "field": field,
        "levels": _levels(raw.get("level")),
        "ministry": plain(raw.get("ministry")),
        "decision": plain_or_none(raw.get("decision")),
        "subjects": _subjects(raw.get("subjects")),
        "life_event": life_event_of(name, field),
    }
    if "documents" in raw:
        listing |= {
            "channels": [_channel(row) for row in _rows(raw, "channels")],
            "papers": [paper for row in _rows(raw, "documents") if (paper := _paper(row))],
            "results": list(dict.fromkeys(filter(None, (plain_or_none(r.get("name")) for r in _rows(raw, "results"))))),
            "legal": _texts(raw.get("legal")),
            "steps": paragraphs(raw.get("steps")),
            "conditions": paragraphs(raw.get("conditions")),
            "source": _address(raw.get("source")),
        }
    return {"code": code, "listing": listing}


def _levels(value: object) -> list[str]:
    parts = [part.strip() for part in plain(value).split(",") if part.strip()]
    unknown = [part for part in parts if fold(part) not in _level_names()]
    if not parts or unknown:
        said = f"the level {unknown[0]!r} is not known" if unknown else "the level is missing"
        raise Rejected(f"{said}; one of {', '.join(_data()['levels'])}")
    found = {_level_names()[fold(part)] for part in parts}
    return [level for level in LEVELS if level in found]


def _subjects(value: object) -> list[str]:
    """A list with commas, some of them inside brackets."""
    text = plain_or_none(value) or ""
    return [part.strip() for part in re.split(r",(?![^()]*\))", text) if part.strip()]


def _rows(raw: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = raw.get(key) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Rejected(f"{key} is not a list of entries")
    if len(rows) > MAX_PARTS:
        raise Rejected(f"{key} has more than {MAX_PARTS} entries")
    return rows


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else []
    return list(dict.fromkeys(filter(None, (plain_or_none(text) for text in values[:MAX_PARTS]))))


def _address(value: object) -> str | None:
    text = plain(value)
    return text if _URL.match(text) else None


def _channel(raw: Mapping[str, Any]) -> dict[str, Any]:
    kind = plain(raw.get("channel"))
    if kind not in CHANNELS:
        raise Rejected(f"the way {kind!r} is not known; one of {', '.join(CHANNELS)}")
    time_words, fee_words = plain_or_none(raw.get("time")), plain_or_none(raw.get("fee"))
    match = _TIME.match(nfc(time_words or "").lower())
    return {
        "kind": kind,
        "days": int(match[1]) if match else None,
        "unit": _UNITS.get(match[2] or "") if match else None,
        "time_words": time_words,
        "fee": _fee(fee_words),
        "fee_words": fee_words,
        "note": plain_or_none(raw.get("note")),
    }


def _fee(words: str | None) -> int | None:
    text = (words or "").lower()
    if text == "miễn phí":
        return 0
    match = _MONEY.match(text)
    return int(re.sub(r"[.,]", "", match[1])) if match and re.sub(r"[.,]", "", match[1]) else None


def _paper(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    name, file = without_files(plain(raw.get("name")))
    if not name.strip(" -.+*"):
        return None
    group = (plain_or_none(raw.get("group")) or "").lstrip("*+-– ").strip()
    return {
        "group": group or None,
        "name": name.lstrip("+- ").strip(),
        "file": file,
        "originals": _count(raw.get("originals")),
        "copies": _count(raw.get("copies")),
        "from_data": raw.get("replaced_by_data") is True,
    }


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 99 else 0
