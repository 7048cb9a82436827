"""Passwords of staff: long, and not one that is tried first. No capitals-and-signs rule, no change every month.

NIST SP 800-63B-4 and OWASP ASVS 5.0 V6.2: at least 15 characters, any characters, pasted or typed, compared with the
3,000 most frequent ones and with words of the place. With 15 characters nearly all frequent ones are put together
from short ones (password123456789, matkhaumatkhau1), so the pieces are known here and not the 3,000 results.
"""

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from webapp.core.text import Text, fold, nfc

SHORTEST, LONGEST = 15, 200
LEFT = 7  # letters or digits that remain when everything known is taken out
_FILE = Path(__file__).parent / "data" / "common_passwords.txt"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p")
_LEET = str.maketrans("0134578@$!", "oieastbasi")


@lru_cache(maxsize=1)
def _pieces() -> frozenset[str]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def weakness(password: str, *context: str) -> Text | None:
    """What is wrong with it, in words; None when it may be used. `context`: user name, name, office, its code."""
    typed = nfc(password)
    if len(typed) < SHORTEST:
        return Text("The password needs at least %(n)s characters. Several words in a row are easiest.", n=SHORTEST)
    if len(typed) > LONGEST:
        return Text("This is too long. Keep it under %(n)s letters.", n=LONGEST)
    own = {word for text in context for word in re.split(r"[^a-z0-9]+", fold(text)) if len(word) > 2}
    for spelled in (fold(typed), fold(typed).translate(_LEET)):
        plain = re.sub(r"[^a-z0-9]", "", spelled)
        if _strength(plain, _pieces() | own) < LEFT and not _foreign(typed):
            return Text(
                "This password is one of those that are tried first: common words, your name or office, or keys in a "
                "row. Take a few words that nobody would expect beside each other."
            )
    return None


def _foreign(typed: str) -> bool:
    """Mostly in a script that our lists say nothing about: then its length speaks for it."""
    return sum(ch.isalnum() and not fold(ch).isascii() for ch in typed) >= LEFT


def _strength(plain: str, known: frozenset[str] | set[str]) -> int:
    """How many different steps remain when runs, repetitions and known words are taken out, the longest first."""
    again = re.fullmatch(r"(.{1,12}?)\1+.{0,3}", plain)
    rest = re.sub(r"(19|20)\d\d", " ", again[1] if again else plain)
    rest = re.sub(r"(.)\1{2,}", " ", rest)
    for word in sorted((w for w in known if w in rest), key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = _without_runs(rest)
    parts = dict.fromkeys(rest.split())  # said twice is said once
    return sum(len(part) for part in parts)


def _without_runs(text: str) -> str:
    """Four keys in a row, forwards or backwards, are one thought."""
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    marks = [any(a + b in row for row in rows) for a, b in pairwise(text)]
    out, at = [], 0
    while at < len(text):
        end = at
        while end < len(marks) and marks[end]:
            end += 1
        out.append(" " if end - at >= 3 else text[at : end + 1])
        at = end + 1
    return "".join(out)
