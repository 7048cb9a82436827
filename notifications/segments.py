"""How long a text is for the network: GSM-7 has 160 units a message, one accent makes it UCS-2 with 70. Pure."""

from dataclasses import dataclass

from webapp.core.text import one_line, unaccented

# GSM 03.38: the basic table costs one unit a character, the extension table two (an escape goes before).
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
ONE = {"gsm7": 160, "ucs2": 70}
PART = {"gsm7": 153, "ucs2": 67}  # of a longer text: each part carries a header
_LOOKS_LIKE = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "\\": "/", "|": "/", "~": "-", "–": "-", "—": "-"})


@dataclass(frozen=True)
class Size:
    """What the network will count."""

    encoding: str
    units: int
    parts: int


def size_of(text: str) -> Size:
    """Encoding, units and parts of a text."""
    if all(ch in BASIC or ch in EXTENSION for ch in text):
        units = len(text) + sum(ch in EXTENSION for ch in text)
        return Size("gsm7", units, _gsm_parts(text, units))
    wide = [2 if ord(ch) > 0xFFFF else 1 for ch in text]
    return Size("ucs2", sum(wide), _parts_of(wide, ONE["ucs2"], PART["ucs2"]))


def _gsm_parts(text: str, units: int) -> int:
    if units <= ONE["gsm7"]:
        return 1
    return _parts_of([2 if ch in EXTENSION else 1 for ch in text], ONE["gsm7"], PART["gsm7"])


def _parts_of(widths: list[int], one: int, part: int) -> int:
    """A character of two units is never torn over two parts."""
    if sum(widths) <= one:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > part:
            parts, used = parts + 1, 0
        used += width
    return parts


def plain(value: str) -> str:
    """One line of one-unit characters: no accents, no brackets that cost two, nothing a phone cannot show."""
    flat = unaccented(one_line(value)).translate(_LOOKS_LIKE)
    return one_line("".join(ch for ch in flat if ch in BASIC and ch.isascii()))
