"""Where we are in a procedure's data, so that a mistake can be told with its place. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from webapp.catalogue.conditions import Condition, ConditionError, condition
from webapp.catalogue.words import Words
from webapp.core.text import nfc

Raw = Mapping[str, Any]


class SpecError(ValueError):
    """What is wrong in the catalogue's data, where, and what to do. `path` leads to the place."""

    def __init__(self, message: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


class Place:
    """Where we are, for messages: `1.001193.yaml: fields.child_name: …`."""

    def __init__(self, name: str, path: tuple[str, ...] = ()) -> None:
        self.name = name
        self.path = path

    def at(self, *parts: object) -> "Place":
        steps = tuple(map(str, parts))
        return Place(f"{self.name}: {'.'.join(steps)}", (*self.path, *steps))

    def wrong(self, what: str, *key: str) -> SpecError:
        return SpecError(f"{self.name}: {what}", (*self.path, *key))

    def need(self, raw: Raw, key: str, kind: type | tuple[type, ...] = str) -> Any:
        value = raw.get(key) if isinstance(raw, Mapping) else None
        if isinstance(value, bool) and kind is int or not isinstance(value, kind) or value in ("", [], {}):
            raise self.wrong(f"{key} is missing or not of the right kind; write it", key)
        return value

    def rows(self, raw: Raw, key: str) -> list[Raw]:
        """A list of mappings; none of them may be something else."""
        rows = raw.get(key) or []
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise self.wrong(f"{key} must be a list of entries with names; write it like the ones beside it", key)
        return rows

    def texts(self, raw: Raw, key: str) -> tuple[str, ...]:
        """A list of plain words, perhaps empty."""
        values = raw.get(key) or []
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(f"{key} must be a list of words; put - before each", key)
        return tuple(values)

    def text_or_none(self, raw: Raw, key: str) -> str | None:
        value = raw.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong(f"{key} must be text; put it in quotes", key)
        return value

    def words(self, raw: Raw, stem: str = "") -> Words:
        vi, en = (raw.get(f"{stem}_{x}" if stem else x) for x in ("vi", "en"))
        key = f"{stem}_vi" if stem else "vi"
        if not (isinstance(vi, str) and vi.strip() and isinstance(en, str) and en.strip()):
            raise self.wrong(f"{stem or 'words'}: write it in both languages (…vi and …en)", key)
        if vi != nfc(vi):
            raise self.wrong(f"{stem or 'words'}: type it again; it has hidden or split letters (not NFC)", key)
        return Words(vi, en)

    def words_or_none(self, raw: Raw, stem: str) -> Words | None:
        return self.words(raw, stem) if f"{stem}_vi" in raw or f"{stem}_en" in raw else None

    def one_of(self, raw: Raw, key: str, allowed: Iterable[str]) -> str:
        value = str(raw.get(key))
        allowed = list(allowed)
        if value not in allowed:
            raise self.wrong(f"{key} is {value!r}; use one of {', '.join(map(str, allowed))}", key)
        return value

    def condition(self, raw: Raw, key: str = "when") -> Condition:
        text = self.text_or_none(raw, key)
        try:
            return condition(text)
        except ConditionError as bad:
            raise self.wrong(f"{key}: {bad}", key) from None

    def only(self, raw: Raw, allowed: str) -> None:
        names = [n for a in allowed.split() for n in ((f"{a[:-1]}_vi", f"{a[:-1]}_en") if a[-1] == "*" else (a,))]
        extra = sorted(map(str, set(raw) - set(names)))
        if extra:
            raise self.wrong(f"unknown {', '.join(extra)}; take it out or correct its name", extra[0])
