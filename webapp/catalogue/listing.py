"""A procedure as the national list describes it: to be read, not to be sent from here. Pure.

The list's text is Vietnamese only, so its words are the same in every language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEVELS = ("commune", "province", "ministry", "other")
CHANNELS = ("online", "counter", "post")


@dataclass(frozen=True)
class ListedChannel:
    """One way to hand it in, as the list says. Unknown figures are None; `words` is what stood there."""

    kind: str
    days: int | None
    unit: str | None
    time_words: str | None
    fee: int | None
    fee_words: str | None
    note: str | None


@dataclass(frozen=True)
class ListedPaper:
    """A paper; `file` is the name of the blank form that was glued to its text."""

    name: str
    file: str | None
    originals: int
    copies: int
    from_data: bool


@dataclass(frozen=True)
class ListedGroup:
    """The papers of one case ("registration by a list")."""

    title: str | None
    papers: tuple[ListedPaper, ...]


@dataclass(frozen=True)
class Listing:
    """All of it. An index row (name, field, level only) has empty groups and channels."""

    levels: tuple[str, ...]
    decision: str | None
    subjects: tuple[str, ...]
    channels: tuple[ListedChannel, ...]
    groups: tuple[ListedGroup, ...]
    results: tuple[str, ...]
    legal: tuple[str, ...]
    steps: tuple[str, ...]
    conditions: tuple[str, ...]
    source: str | None

    @property
    def full(self) -> bool:
        """Is there more than the index row?"""
        return bool(self.channels or self.groups or self.legal)


def listing_of(raw: Mapping[str, Any]) -> Listing:
    """From stored content, which `national_list` has cleaned and checked."""
    groups: dict[str | None, list[ListedPaper]] = {}
    for row in raw.get("papers", ()):
        paper = ListedPaper(row["name"], row.get("file"), row["originals"], row["copies"], row["from_data"])
        groups.setdefault(row.get("group"), []).append(paper)
    return Listing(
        levels=tuple(raw["levels"]),
        decision=raw.get("decision"),
        subjects=tuple(raw.get("subjects", ())),
        channels=tuple(ListedChannel(**row) for row in raw.get("channels", ())),
        groups=tuple(ListedGroup(title, tuple(papers)) for title, papers in groups.items()),
        results=tuple(raw.get("results", ())),
        legal=tuple(raw.get("legal", ())),
        steps=tuple(raw.get("steps", ())),
        conditions=tuple(raw.get("conditions", ())),
        source=raw.get("source"),
    )
