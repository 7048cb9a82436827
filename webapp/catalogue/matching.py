"""How a search finds a procedure by what people call it: folded, forgiving spaces and small slips. Pure.

Every procedure keeps its names and synonyms as folded phrases in one text, `|phrase|phrase|`. The database
narrows, `score` ranks. The narrowing is a LIKE over one column, good for some ten thousand procedures; beyond
that, FTS5 or pg_trgm on the same column.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from webapp.catalogue.formspec import ProcedureSpec
from webapp.core.text import fold

ENOUGH = 0.6
CLOSE = 0.72  # of the best answer; what is further away is noise beside it
MAX_TERMS = 12
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


def terms(query: str) -> list[str]:
    """The words that count; all of them if only fillers were typed."""
    words = list(dict.fromkeys(key(query).split()))[:MAX_TERMS]
    return [w for w in words if w not in _FILLERS] or words


def score(query: str, search_text: str) -> float:
    """0 to 1: how well the best name of a procedure answers. Below ENOUGH it is not an answer."""
    asked = key(query)
    if not asked:
        return 0.0
    phrases = search_text.strip("|").split("|")
    return max((_phrase(asked, terms(query), phrase) for phrase in phrases), default=0.0)


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
    their = [w for w in phrase.split() if w not in _FILLERS] or phrase.split()
    covered = sum(_word(word, their) for word in words) / len(words)
    answered = sum(_word(word, words) for word in their) / len(their)
    return 0.75 * covered + 0.04 * answered


def _word(word: str, among: Iterable[str]) -> float:
    return max((_alike(word, other) for other in among), default=0.0)


def best(scored: Iterable[tuple[float, str]]) -> list[str]:
    """The codes that answer, best first, without what is noise beside the best."""
    pairs = sorted((pair for pair in scored if pair[0] >= ENOUGH), key=lambda pair: (-pair[0], pair[1]))
    return [code for value, code in pairs if value >= CLOSE * pairs[0][0]]


@lru_cache(maxsize=65536)
def _alike(word: str, other: str) -> float:
    """1 the same, less for a beginning or one slip, 0 otherwise."""
    if word == other:
        return 1.0
    if len(word) >= 3 and other.startswith(word):
        return 0.85
    if any(ch.isdigit() for ch in word):
        return 0.0
    allowed = 0 if min(len(word), len(other)) < 3 else 1 if len(word) < 8 else 2
    if allowed and word[0] == other[0] and _slips(word, other, allowed) <= allowed:
        return 0.85 if len(word) > 3 else 0.7
    return 0.0


def _slips(one: str, two: str, limit: int) -> int:
    """Letters added, left out, changed, or swapped with their neighbour; stops counting above the limit."""
    if abs(len(one) - len(two)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, other in enumerate(two, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]
