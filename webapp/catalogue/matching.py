"""How well a procedure answers what people typed: folded, forgiving spaces and small slips. Pure.

Every procedure keeps its names and synonyms as folded phrases in one text, `|phrase|phrase|`; `index` narrows,
`score` ranks.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from webapp.catalogue.formspec import ProcedureSpec
from webapp.core.text import fold

ENOUGH = 0.6
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


def score(asked: str, phrases: Iterable[str]) -> float:
    """0 to 1: how well the best name of a procedure answers a key. Below ENOUGH it is not an answer."""
    if not asked:
        return 0.0
    words = terms(asked)
    return max((_phrase(asked, words, phrase) for phrase in phrases), default=0.0)


def _phrase(asked: str, words: Sequence[str], phrase: str) -> float:
    if asked == phrase:
        return 1.0
    compact, phrase_compact = asked.replace(" ", ""), phrase.replace(" ", "")
    if compact == phrase_compact:
        return 0.99
    longer = max(len(compact), len(phrase_compact))
    begun = len(asked) >= 3 and phrase.startswith(asked)
    if begun or f" {asked} " in f" {phrase} ":
        return 0.85 + 0.1 * len(compact) / longer
    if len(compact) >= 5 and compact in phrase_compact:
        return 0.8 + 0.1 * len(compact) / longer
    if len(phrase_compact) >= 6 and " " in phrase and f" {phrase} " in f" {asked} ":
        return 0.7 + 0.1 * len(phrase_compact) / longer
    their, of_them = _their(phrase)
    likeness = [1.0 if word in of_them else _word(word, their) for word in words]
    covered = sum(likeness) / len(words)
    answered = min(1.0, sum(value > 0 for value in likeness) / len(their))
    return (0.75 * covered + 0.04 * answered) * (_together(words, phrase) if covered == 1 else 1)


def _together(words: Sequence[str], phrase: str) -> float:
    """All words are there; are they side by side as they were asked? "số … do …" is not what "sổ đỏ" asks for."""
    if len(words) < 2:
        return 1.0
    padded = f" {phrase} "
    pairs = [f" {one} {two} " in padded for one, two in pairwise(words)]
    return SCATTERED + (1 - SCATTERED) * sum(pairs) / len(pairs)


@lru_cache(maxsize=65536)
def _their(phrase: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The words of a phrase that count."""
    words = tuple(phrase.split())
    telling = tuple(dict.fromkeys(w for w in words if w not in _FILLERS)) or words
    return telling, frozenset(telling)


def _word(word: str, among: Iterable[str]) -> float:
    return max((alike(word, other) for other in among), default=0.0)


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
