"""How well a procedure answers what people typed: folded, forgiving spaces and small slips. Pure.

Every procedure keeps its names and synonyms as folded phrases in one text, `|phrase|phrase|`; `index` narrows,
`score` ranks.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from webapp.catalogue.formspec import ProcedureSpec
from webapp.core.text import fold

ENOUGH = 0.6
NEAREST = 0.35  # good enough for "did you mean", not for an answer
CLOSE = 0.83  # of the best answer; what is further away is noise beside it
MAX_TERMS = 24
SCATTERED = 0.85
_NOT_WORDS = re.compile(r"[^a-z0-9. ]+")
# Words that every request has; they say nothing about which one it is.
_FILLERS = frozenset(
    fold("làm xin cho tôi muốn cần thủ tục giấy đăng ký hồ sơ về của và bị thì một ông bà em anh chị").split()
) | {"dang", "ki", "thu", "tuc"}


def key(text: str) -> str:
    """Folded for comparing: no marks, đ as d, y as i (kí = ký), letters and digits only."""
    return " ".join(_NOT_WORDS.sub(" ", fold(text)).replace("y", "i").split())


def searchable(spec: ProcedureSpec) -> str:
    """The text to keep for a procedure: every name it goes by."""
    names = (spec.plain.vi, spec.name.vi, *spec.synonyms, spec.plain.en, spec.name.en, spec.code)
    return "|" + "|".join(dict.fromkeys(filter(None, map(key, names)))) + "|"


def phrases_of(search_text: str) -> tuple[str, ...]:
    return tuple(search_text.strip("|").split("|"))


def terms(asked: str) -> list[str]:
    """The words of a key that count; all of them if only fillers were typed."""
    words = list(dict.fromkeys(asked.split()))[:MAX_TERMS]
    return [w for w in words if w not in _FILLERS] or words


class Question:
    """What was typed, made ready to be held against many names.

    `near` gives, for each word that counts, the words it may mean and how likely; who has an index knows them
    beforehand, so that no two words are compared twice.
    """

    def __init__(self, asked: str, near: Sequence[Mapping[str, float]] | None = None) -> None:
        self.asked = asked
        self.padded = f" {asked} "
        self.compact = asked.replace(" ", "")
        self.words = terms(asked)
        self.near = near
        self.pairs = [f" {one} {two} " for one, two in pairwise(self.words)]

    def likeness(self, name: "Name") -> list[float]:
        """How well each of the words is met by some word of the name."""
        if self.near is None:
            return [1.0 if w in name.known else max((alike(w, n) for n in name.known), default=0.0) for w in self.words]
        return [
            1.0 if word in name.known else max((near[n] for n in name.known & near.keys()), default=0.0)
            for word, near in zip(self.words, self.near, strict=True)
        ]

    def score(self, phrases: Iterable[str]) -> float:
        """0 to 1: how well the best name of a procedure answers. Below ENOUGH it is not an answer."""
        return max((self._against(name_of(phrase)) for phrase in phrases), default=0.0) if self.asked else 0.0

    def _against(self, name: "Name") -> float:
        if self.compact == name.compact:
            return 1.0 if self.asked == name.text else 0.99
        longer = max(len(self.compact), len(name.compact))
        if self.padded in name.padded or (len(self.asked) >= 3 and name.text.startswith(self.asked)):
            return 0.85 + 0.1 * len(self.compact) / longer
        if len(self.compact) >= 5 and self.compact in name.compact:
            return 0.8 + 0.1 * len(self.compact) / longer
        if len(name.compact) >= 6 and " " in name.text and name.padded in self.padded:
            return 0.7 + 0.1 * len(name.compact) / longer
        likeness = self.likeness(name)
        covered = sum(likeness) / len(likeness)
        if covered < 0.4:  # however well the rest answers, it cannot become an answer
            return 0.0
        answered = min(1.0, sum(value > 0 for value in likeness) / len(name.known))
        return (0.75 * covered + 0.04 * answered) * (self._together(name) if covered == 1 else 1)

    def _together(self, name: "Name") -> float:
        """All words are there; side by side, as they were asked? "số … do …" is not what "sổ đỏ" asks for."""
        if not self.pairs:
            return 1.0
        return SCATTERED + (1 - SCATTERED) * sum(pair in name.padded for pair in self.pairs) / len(self.pairs)


class Name:
    """One name of a procedure, folded, made ready in the same way."""

    __slots__ = ("compact", "known", "padded", "text")

    def __init__(self, text: str) -> None:
        words = text.split()
        self.text, self.padded, self.compact = text, f" {text} ", text.replace(" ", "")
        self.known = frozenset(w for w in words if w not in _FILLERS) or frozenset(words)


name_of = lru_cache(maxsize=65536)(Name)


def allowed_slips(word: str, other: str) -> int:
    return 0 if min(len(word), len(other)) < 3 else 1 if len(word) < 8 else 2


@lru_cache(maxsize=65536)
def alike(word: str, other: str) -> float:
    """1 the same, less for a beginning or a slip (a letter more, less, other, or swapped), 0 otherwise."""
    if word == other:
        return 1.0
    if len(word) >= 3 and other.startswith(word):
        return 0.85
    if word.isdigit() or other.isdigit() or not other:
        return 0.0
    allowed = allowed_slips(word, other)
    if allowed and word[0] == other[0] and OSA.distance(word, other, score_cutoff=allowed) <= allowed:
        return 0.85 if len(word) > 3 else 0.7
    return 0.0
