"""The catalogue in a process's memory, small: what lists and the search need of every procedure in force. Pure.

Five thousand procedures take some ten megabytes and a fifth of a second to lay out, once for each change of the
catalogue. A question then looks at the words it has in common with procedures, never at all of them one by one.
"""

import heapq
import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.catalogue import matching
from webapp.catalogue.words import Words
from webapp.core.text import fold

CANDIDATES = 250
LONGEST_GLUED = 40  # letters written without spaces that we try to take apart


@dataclass(frozen=True)
class Off:
    """It is not taken at present, or from a day on; `until` is the day it is taken again, if known."""

    since: date
    until: date | None
    reason: str

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Entry:
    """One procedure in force."""

    procedure_id: int
    revision_id: int
    number: int
    content_hash: str
    code: str
    title: Words
    field: Words
    field_key: str
    levels: tuple[str, ...]
    life_event: str
    online: bool
    ours: bool  # it has a form here, be it for the counter only; the others are listed
    off: Off | None
    phrases: tuple[str, ...]
    place: tuple[str, str]  # its place in every list: by name, then code

    @property
    def letter(self) -> str:
        first = self.place[0][:1]
        return first if first.isalpha() else "0"


@dataclass(frozen=True)
class Field:
    """A field of work and how many procedures it has."""

    key: str
    name: Words
    count: int


def slug(text: str) -> str:
    """Hộ tịch → ho-tich: how a field of work stands in an address."""
    letters = "".join(ch if ch.isascii() and ch.isalnum() else " " for ch in fold(text))
    return "-".join(letters.split())[:60].strip("-")


class Index:
    """All of them, in the order of lists, with the words that lead to each."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = sorted(entries, key=lambda entry: entry.place)
        self.by_code = {entry.code: entry for entry in self.entries}
        self.fields = self._fields()
        self._compact = ["|".join(entry.phrases).replace(" ", "") for entry in self.entries]
        postings: dict[str, set[int]] = defaultdict(set)
        for at, entry in enumerate(self.entries):
            for phrase in entry.phrases:
                for word in phrase.split():
                    postings[word].add(at)
        self._postings = {word: sorted(places) for word, places in postings.items()}
        self._words = sorted(self._postings)
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            self._by_letter[word[0]].append(word)

    def _fields(self) -> dict[str, Field]:
        names: dict[str, Words] = {}
        counts: dict[str, int] = defaultdict(int)
        for entry in self.entries:
            if entry.field_key not in names or entry.online:  # ours has its name in both languages
                names[entry.field_key] = entry.field
            counts[entry.field_key] += 1
        ordered = sorted(names, key=lambda key: fold(names[key].vi))
        return {key: Field(key, names[key], counts[key]) for key in ordered}

    def find(self, questions: Sequence[tuple[str, float]], keep: Callable[[Entry], bool]) -> list[tuple[float, Entry]]:
        """What answers any of the questions (keys with the weight of each), best first; noise is left out."""
        best: dict[int, float] = {}
        first: matching.Question | None = None
        for asked, weight in questions:
            near = [dict(self._known(word)) for word in matching.terms(asked)]
            question = matching.Question(asked, near)
            first = first or question
            for at in self._candidates(question, near, keep):
                value = weight * question.score(self.entries[at].phrases)
                if value > best.get(at, 0.0):
                    best[at] = value

        def order(pair: tuple[float, Entry]) -> tuple[float, bool, float, tuple[str, str]]:
            """Among equals: what can be sent from here, then what bears the words in its very name."""
            value, entry = pair
            own = first.score(entry.phrases[:1]) if first else 0.0
            return -round(value, 3), not entry.online, -own, entry.place

        enough = ((value, self.entries[at]) for at, value in best.items() if value >= matching.NEAREST)
        return sorted(enough, key=order)

    def _candidates(
        self, question: matching.Question, near: Sequence[Mapping[str, float]], keep: Callable[[Entry], bool]
    ) -> list[int]:
        """The places that share the most telling words with the question, and those that hold it without spaces."""
        weights: dict[int, float] = defaultdict(float)
        for means in near:
            of_word: dict[int, float] = {}
            for known, likeness in means.items():
                places = self._postings[known]
                value = likeness * math.log(1 + len(self.entries) / len(places))
                for at in places:
                    if value > of_word.get(at, 0.0):
                        of_word[at] = value
            for at, value in of_word.items():
                weights[at] += value
        kept = ((value, -at) for at, value in weights.items() if keep(self.entries[at]))
        found = [-at for _value, at in heapq.nlargest(CANDIDATES, kept)]
        if len(question.compact) >= 5:
            joined = question.compact
            glued = (at for at, text in enumerate(self._compact) if joined in text and keep(self.entries[at]))
            found += [at for at, _ in zip(glued, range(CANDIDATES), strict=False)]
        return found

    def _known(self, word: str) -> list[tuple[str, float]]:
        """The catalogue's words that this one may mean."""
        found = [(word, 1.0)] if word in self._postings else []
        if len(word) >= 3:
            at = bisect_left(self._words, word)
            while at < len(self._words) and self._words[at].startswith(word):
                if self._words[at] != word:
                    found.append((self._words[at], 0.85))
                at += 1
        if found and found[0][1] == 1.0 and len(word) < 5:  # a short word that exists is what was meant
            return found
        near = ((other, matching.alike(word, other)) for other in self._by_letter.get(word[:1], ()))
        return found + [
            (other, likeness) for other, likeness in near if 0 < likeness < 1 and not other.startswith(word)
        ]

    def apart(self, asked: str) -> str | None:
        """A question with words glued together, taken apart into words that exist; None if that cannot be done."""
        words, changed = [], False
        for word in asked.split():
            if word in self._postings or len(word) < 5 or len(word) > LONGEST_GLUED:
                words.append(word)
                continue
            parts = self._split(word)
            changed = changed or parts is not None
            words += parts or [word]
        return " ".join(words) if changed else None

    def _split(self, text: str) -> list[str] | None:
        """The fewest known words that make up the text; whole words first, then words with a slip in them."""
        ways: list[tuple[float, list[str]] | None] = [(0.0, [])] + [None] * len(text)
        for end in range(2, len(text) + 1):
            for start in range(max(0, end - 8), end - 1):
                before = ways[start]
                if before is None:
                    continue
                cost = self._cost(text[start:end])
                if cost is not None and (ways[end] is None or before[0] + cost < ways[end][0]):  # type: ignore[index]
                    ways[end] = (before[0] + cost, [*before[1], text[start:end]])
        last = ways[len(text)]
        return last[1] if last is not None and len(last[1]) > 1 else None

    def _cost(self, part: str) -> float | None:
        if part in self._postings:
            return 1.0
        if len(part) >= 3 and any(0 < matching.alike(part, other) < 1 for other in self._by_letter.get(part[0], ())):
            return 2.5
        return None
