"""What people text to us, read as forgivingly as can be done without guessing. Pure.

HS <lookup code or dossier code> [4 signs that prove it]    where does it stand?
HS                                                          the code is lost: where does my newest one stand?
HUY [anything]                                              nobody may act for me any more
Anything else asks for help. Case, accents, dashes and spaces do not count, nor does a missing space.
"""

import re
from dataclasses import dataclass

from webapp.core.ids import SAFE
from webapp.core.text import fold

MOST = 200  # signs that are read; a command has thirty
STATUS, STOP, HELP = "status", "stop", "help"

_ASKS = re.compile(r"(?:HS|HO ?SO) ?(?P<rest>.*)")
_STOPS = re.compile(r"HUY(?: (?P<rest>.*)|(?P<glued>[A-Z0-9]{6,}.*))?")
_LOOKUP = re.compile(rf"(?P<code>[{SAFE}]{{6}})(?P<proof>[0-9OIL]{{4}})?")
_DOSSIER = re.compile(r"(?P<unit>[GH]\d\d(?: ?\d\d){0,3}) ?(?P<day>\d{6}) ?(?P<number>\d{4,})(?: (?P<proof>\d{4}))?")
# Among signs that are all digits these are digits; a lookup code has none of them, so nobody can tell what was meant.
_DIGITS = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True)
class Asked:
    """What is wanted; a code as it stands in the table, but unchecked; none: whatever is the sender's own."""

    verb: str
    code: str = ""
    proof: str = ""


def read(text: str) -> Asked:
    """Never raises: what is not understood asks for help."""
    words = re.sub(r"[^A-Z0-9]+", " ", fold(text[:MOST]).upper()).strip()
    asks, stops = _ASKS.fullmatch(words), _STOPS.fullmatch(words)
    if asks:
        return (_code(asks["rest"], STATUS) or Asked(HELP)) if asks["rest"] else Asked(STATUS)
    if stops and not _is_code(words):  # H, U and Y are signs of a lookup code, too
        return _code(stops["rest"] or stops["glued"] or "", STOP) or Asked(STOP)
    return _code(words, STATUS) or Asked(HELP)


def _is_code(words: str) -> bool:
    return len(words) == 6 and _LOOKUP.fullmatch(words) is not None


def _code(words: str, verb: str) -> Asked | None:
    """A code, and perhaps its proof, and nothing else."""
    short = _LOOKUP.fullmatch(words.replace(" ", ""))
    if short:
        code = short["code"]
        return Asked(verb, f"{code[:3]}-{code[3:]}", (short["proof"] or "").translate(_DIGITS))
    whole = _DOSSIER.fullmatch(words[:1] + words[1:].translate(_DIGITS))
    if whole:
        digits = whole["unit"].replace(" ", "")
        unit = ".".join([digits[:3], *(digits[i : i + 2] for i in range(3, len(digits), 2))])
        return Asked(verb, f"{unit}-{whole['day']}-{whole['number']}", whole["proof"] or "")
    return None
