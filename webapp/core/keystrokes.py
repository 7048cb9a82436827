"""What was typed before a Vietnamese input method changed it. Pure.

A USB scanner types like a keyboard. With Telex on, "DD" becomes "Đ", "AS" becomes "Á"; with VNI "A3" becomes "Ả". The
keys that were swallowed can be named from the marks they left, but not always where they stood: "ÁN" was "ASN" or
"ANS". So this gives every text of the right length that it may have been; which one exists, the table of codes knows.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

# The combining marks of Vietnamese letters, as Unicode takes them apart.
CIRCUMFLEX, BREVE, HORN, BAR = "\u0302", "\u0306", "\u031b", "đ"
TONES = "\u0301\u0300\u0309\u0303\u0323"  # sắc, huyền, hỏi, ngã, nặng
MOST = 4_000  # more is no answer any more, but a search through the alphabet
LOST = 2  # keys that left no mark: a tone put in another's place, a mark taken back by typing it twice


@dataclass(frozen=True)
class Method:
    """Which key makes which mark. `keys`: all that may vanish without a mark."""

    tones: str
    circumflex: str | None  # None: the letter itself, typed again
    horn: str
    bar: str
    keys: str
    digits_break: bool  # a digit ends the word that marks are put on


TELEX = Method("SFRXJ", None, "W", "D", "SFRXJZAEODW", digits_break=True)
VNI = Method("12345", "6", "7", "9", "1234567890", digits_break=False)
BREVE_KEY = {TELEX: "W", VNI: "8"}


@dataclass(frozen=True)
class Letter:
    """One letter as it arrived: what stood there, and the keys that came after it."""

    base: str
    marks: tuple[str, ...] = ()


def possible(text: str, length: int, alphabet: str) -> list[str]:
    """Every text over this alphabet that Telex or VNI may have turned into `text`, itself first if it fits."""
    received = unicodedata.normalize("NFC", text).upper()
    found: dict[str, None] = {}
    for candidate in _candidates(received, length, alphabet):
        if len(candidate) == length and all(ch in alphabet for ch in candidate):
            found[candidate] = None
            if len(found) >= MOST:
                break
    return list(found)


def _candidates(text: str, length: int, alphabet: str) -> Iterator[str]:
    yield text
    if len(text) > length:
        return
    for method in (TELEX, VNI):
        for letters in _readings(text, method):
            if any(letter.base not in alphabet for letter in letters):
                continue
            missing = length - sum(1 + len(letter.marks) for letter in letters)
            if 0 <= missing <= LOST:
                yield from _with_lost(_arranged(letters, method), missing, method)


def _readings(text: str, method: Method) -> Iterator[list[Letter]]:
    """Each letter with its keys; Ư alone and ƯƠ have two ways of being typed."""
    choices = [_letter(ch, method) for ch in text]
    for reading in product(*choices):
        yield list(reading)
    for place in range(len(text) - 1):
        if text[place] in _family("Ư") and text[place + 1] in _family("Ơ"):  # one key puts the horn on both
            for reading in product(*choices):
                first = reading[place]
                if method.horn in first.marks:
                    rest = tuple(mark for mark in first.marks if mark != method.horn)
                    yield [*reading[:place], Letter(first.base, rest), *reading[place + 1 :]]


def _letter(ch: str, method: Method) -> list[Letter]:
    if ch == "Đ":
        return [Letter("D", (method.bar,))]
    taken_apart = unicodedata.normalize("NFD", ch)
    base, marks = taken_apart[0], taken_apart[1:]
    keys = tuple(key for mark in marks if (key := _key(base, mark, method)))
    readings = [Letter(base, keys)]
    if base == "U" and HORN in marks and method is TELEX:
        readings.append(Letter("W", tuple(key for key in keys if key != method.horn)))
    return readings


def _key(base: str, mark: str, method: Method) -> str:
    if mark in TONES:
        return method.tones[TONES.index(mark)]
    if mark == CIRCUMFLEX:
        return method.circumflex or base
    if mark == BREVE:
        return BREVE_KEY[method]
    return method.horn if mark == HORN else ""


def _family(letter: str) -> str:
    """The letter with each tone, and without."""
    return letter + "".join(unicodedata.normalize("NFC", letter + tone) for tone in TONES)


def _arranged(letters: list[Letter], method: Method) -> Iterator[str]:
    """Every order: a key comes somewhere after its letter and before the word ends."""
    texts = {_Row.of(letters)}
    for place, letter in enumerate(letters):
        end = _end_of_word(letters, place, method)
        for key in letter.marks:
            texts = {row.with_key(key, spot) for row in texts for spot in row.spots(place, end)}
            if len(texts) > MOST:
                return
    for row in sorted(texts, key=lambda row: row.text):
        yield row.text


def _end_of_word(letters: list[Letter], place: int, method: Method) -> int:
    """The letter that the word ends with."""
    end = place
    while end + 1 < len(letters) and not (method.digits_break and letters[end + 1].base.isdigit()):
        end += 1
    return end


@dataclass(frozen=True)
class _Row:
    """Keys in order; `places`: which letter each one is, -1 for a key that made a mark."""

    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, letters: Iterable[Letter]) -> "_Row":
        bases = [letter.base for letter in letters]
        return cls("".join(bases), tuple(range(len(bases))))

    def spots(self, after: int, until: int) -> range:
        """Where a key of letter `after` may stand."""
        last = self.places.index(until)
        while last + 1 < len(self.places) and self.places[last + 1] == -1:
            last += 1
        return range(self.places.index(after) + 1, last + 2)

    def with_key(self, key: str, spot: int) -> "_Row":
        return _Row(self.text[:spot] + key + self.text[spot:], (*self.places[:spot], -1, *self.places[spot:]))


def _with_lost(texts: Iterator[str], missing: int, method: Method) -> Iterator[str]:
    """The same with so many more keys that left no mark, wherever they may have stood."""
    if missing == 0:
        yield from texts
        return
    for text in texts:
        for spot in range(1, len(text) + 1):
            for key in method.keys:
                yield from _with_lost(iter([text[:spot] + key + text[spot:]]), missing - 1, method)
