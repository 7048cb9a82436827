"""Text as people of Viet Nam write it: one normal form, folding for search, masking, and translatable sentences."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

# Characters that scraped pages and phone keyboards slip in and nobody can see.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_SPACES = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Text:
    """A sentence for people made by code that does not know their language: an English msgid and its values."""

    msgid: str
    params: dict[str, Any] = field(default_factory=dict, hash=False)

    def __init__(self, msgid: str, **params: Any) -> None:
        object.__setattr__(self, "msgid", msgid)
        object.__setattr__(self, "params", params)

    def __str__(self) -> str:
        return self.msgid % self.params if self.params else self.msgid


def N_(msgid: str) -> str:  # noqa: N802  (gettext's own name for "mark, translate later")
    """Mark a msgid for extraction where it is written; it is translated where it is shown."""
    return msgid


def nfc(value: str) -> str:
    """One form of every letter (NFC), no invisible or control characters, outer spaces gone; line breaks stay."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    value = _CONTROL.sub("", _INVISIBLE.sub("", value))
    # Last: something invisible may have stood between a letter and its mark.
    return unicodedata.normalize("NFC", value).strip()


def one_line(value: str) -> str:
    """`nfc`, and every run of spaces or line breaks becomes one space: for names, codes, numbers."""
    return _SPACES.sub(" ", nfc(value)).strip()


def fold(value: str) -> str:
    """Letters without marks, đ as d, lower case, single spaces: what people type when they search.

    SQLite's and PostgreSQL's own foldings do not agree on đ, so both search this column.
    """
    plain = unicodedata.normalize("NFD", one_line(value).replace("đ", "d").replace("Đ", "D"))
    plain = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return _SPACES.sub(" ", plain.lower()).strip()


def unaccented(value: str) -> str:
    """Without marks but with capitals, for SMS: one GSM-7 segment instead of two UCS-2 ones."""
    plain = unicodedata.normalize("NFD", nfc(value).replace("đ", "d").replace("Đ", "D"))
    return "".join(ch for ch in plain if not unicodedata.combining(ch))


def mask_id(value: str | None) -> str:
    """038154001234 → 0381••••••34: enough to recognise one's own number, not enough to use another's."""
    if not value:
        return ""
    if len(value) <= 4:
        return "•" * len(value)
    head = 4 if len(value) >= 9 else 1
    return value[:head] + "•" * (len(value) - head - 2) + value[-2:]


def mask_phone(value: str | None) -> str:
    """+84912345678 → 0912 ••• 678."""
    if not value:
        return ""
    national = "0" + value[3:] if value.startswith("+84") else value
    return f"{national[:4]} ••• {national[-3:]}"
