"""From what was typed to procedures: in other words too, taken apart where it is glued, page by page. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.catalogue import matching
from webapp.catalogue.index import Entry, Index
from webapp.catalogue.synonyms import expanded

Keep = Callable[[Entry], bool]


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; an empty one keeps everything."""

    field: str = ""
    level: str = ""
    event: str = ""
    letter: str = ""
    online: bool = False

    def keeps(self, entry: Entry) -> bool:
        return (
            (not self.field or entry.field_key == self.field)
            and (not self.level or self.level in entry.levels)
            and (not self.event or entry.life_event == self.event)
            and (not self.letter or entry.letter == self.letter)
            and (not self.online or entry.online)
        )


@dataclass(frozen=True)
class Slice:
    """One page of a list: goes on after the code of its last entry, so that a changed catalogue shifts nothing."""

    entries: tuple[Entry, ...]
    total: int
    next_after: str | None


def page_of(entries: Sequence[Entry], after: str | None, size: int) -> Slice:
    """The entries behind the one with the code `after`; from the beginning if that one is gone."""
    start = next((at for at, entry in enumerate(entries, start=1) if entry.code == after), 0) if after else 0
    shown = tuple(entries[start : start + size])
    more = len(entries) > start + size
    return Slice(shown, len(entries), shown[-1].code if more else None)


def search_entries(index: Index, q: str, keep: Keep = lambda _entry: True) -> list[Entry]:
    """What answers, best first, without what is noise beside the best."""
    found = [pair for pair in index.find(_questions(index, q), keep) if pair[0] >= matching.ENOUGH]
    return [entry for value, entry in found if value >= matching.CLOSE * found[0][0]]


def nearest(index: Index, q: str, most: int = 3) -> list[Entry]:
    """For a question without an answer: what comes nearest, if anything does."""
    found = index.find(_questions(index, q), lambda _entry: True)
    return [entry for _value, entry in found[:most]]


def _questions(index: Index, q: str) -> list[tuple[str, float]]:
    asked = matching.key(q)
    if not asked:
        return []
    questions = expanded(asked)
    apart = index.apart(asked)
    if apart is not None:
        questions += [(text, weight * 0.97) for text, weight in expanded(apart)]
    return questions
