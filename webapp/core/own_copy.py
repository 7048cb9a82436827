"""A person takes along what is held about them: each room says what it has of theirs.

(Law 91/2025/QH15, Decree 356/2025: access to, and a copy of, one's own data.) Only what the person may see themselves:
no officer's notes, nothing that opens a door (codes, digests, links that act), nobody else's affairs. Of a file stand
name, size, hash and the address it is downloaded from. Nothing is left out for being much: a room reads in chunks, so
many statements for each chunk, and what was read is written before the next one is.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from webapp.core import clock

FORMAT, VERSION = "mot-cua-own-copy", 1
CHUNK = 200
Share = Callable[[Session, int], Any]
Id = TypeVar("Id", int, str)


@dataclass(frozen=True)
class Part:
    """One room's share: its key in the file, what it is in words for people, and who reads it."""

    name: str
    says: str
    order: int
    run: Share


_parts: dict[str, Part] = {}


def part(name: str, says: str, order: int) -> Callable[[Share], Share]:
    """Register a room's share: (session, key of the person) → what JSON can say; days and moments may stand in it.

    An iterator is a long list: each of its items is written before the next one is asked for.
    """

    def register(function: Share) -> Share:
        _parts[name] = Part(name, says, order, function)
        return function

    return register


def parts() -> list[Part]:
    """In the order of the file."""
    return sorted(_parts.values(), key=lambda found: (found.order, found.name))


def chunks(ids: Sequence[Id]) -> Iterator[Sequence[Id]]:
    """So many at a time."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def written(session: Session, person: int, **head: str) -> Iterator[bytes]:
    """The file, piece by piece: what it is, when it was made, then every part."""
    made = clock.now()
    first = _json({"format": FORMAT, "version": VERSION, "made_at": made, **head}, 1)
    yield first.removesuffix("\n}").encode()
    for one in parts():
        yield f',\n "{one.name}": '.encode()
        found = one.run(session, person)
        if isinstance(found, Iterator):
            yield from _listed(found)
        else:
            yield _json(found, 2).encode()
    yield b"\n}\n"


def _listed(found: Iterator[Any]) -> Iterator[bytes]:
    before = "[\n  "
    for item in found:
        yield f"{before}{_json(item, 3)}".encode()
        before = ",\n  "
    yield b"[]" if before.startswith("[") else b"\n ]"


def _json(value: Any, depth: int) -> str:
    """Readable, and set in as deep as it stands; a line break within a text is `\\n`, so it is not one here."""
    text = json.dumps(value, ensure_ascii=False, indent=1, default=_plain)
    return text.replace("\n", "\n" + " " * (depth - 1))


def _plain(value: Any) -> str:
    """Moments on the wall clock of the office, with what it differs from UTC."""
    if isinstance(value, datetime):
        return clock.local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be written into a copy")
