"""Words kept in both languages with the data, and dates written out as papers want them. Pure."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Words:
    """The same thing said in Vietnamese and in English; `t()` prints it."""

    vi: str
    en: str

    def get(self, language: str) -> str:
        return self.en if language == "en" else self.vi

    def __str__(self) -> str:
        return self.vi


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def _two(number: int) -> str:
    """0–99 as it is read aloud: lăm after a ten, mốt after twenty."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    head = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if ones == 0:
        return head
    tail = "lăm" if ones == 5 else "mốt" if ones == 1 and tens > 1 else _DIGITS[ones]
    return f"{head} {tail}"


def _year(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    hundreds, rest = divmod(rest, 100)
    parts = [f"{_DIGITS[thousands]} nghìn"]
    if hundreds or rest:
        parts.append(f"{_DIGITS[hundreds]} trăm")
    if rest:
        parts.append(_two(rest) if rest >= 10 else f"linh {_DIGITS[rest]}")
    return " ".join(parts)


def date_in_words(iso: str) -> str:
    """2026-03-27 → Ngày hai mươi bảy tháng ba năm hai nghìn không trăm hai mươi sáu."""
    day = date.fromisoformat(iso)
    month = "tư" if day.month == 4 else _two(day.month)
    return f"Ngày {_two(day.day)} tháng {month} năm {_year(day.year)}"
