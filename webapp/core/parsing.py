"""How people write numbers, dates and names here, and what we make of it. Pure functions from text to value."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberType

from webapp.core import clock
from webapp.core.text import Text, one_line


class FieldError(ValueError):
    """What is wrong with one answer, in words for the person who typed it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


_NAME = re.compile(r"^[^\W\d_][^\d_<>{}\[\]@#$%^*=+|\\/]*$")
_YEAR = re.compile(r"^\d{4}$")
_SPLIT_DATE = re.compile(r"^(\d{1,2})[\s./-]+(\d{1,2})[\s./-]+(\d{2}|\d{4})$")
_RUN_DATE = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
_ISO_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})[\s./-]+(\d{4})$")
_PHONE = re.compile(r"^[\d\s().+\-/]+$")
_GROUPED = re.compile(r"^(\d+|\d{1,3}([.,]\d{3})+)$")
_DOTTED = re.compile(r"^\d{1,3}(\.\d{3})+$")
_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$")


def plain_digits(raw: str) -> str:
    """Every kind of digit (full-width ones of some keyboards, other scripts) as 0-9; outer spaces gone."""
    return "".join(str(unicodedata.decimal(ch)) if ch.isdecimal() else ch for ch in raw).strip()


def digits(raw: str) -> str:
    """A number whose spaces, dots and dashes are only how people group it."""
    return re.sub(r"[\s.\-()]", "", plain_digits(raw))


def _is_number(text: str) -> bool:
    """0-9 only; `isdigit` alone lets ² through."""
    return text.isascii() and text.isdigit()


def _ungrouped(raw: str) -> str | None:
    """25.000 or 25 000 → 25000; None for anything that is not a whole number (2.5 must never become 25)."""
    text = re.sub(r"\s", "", plain_digits(raw))
    return re.sub(r"[.,]", "", text) if _GROUPED.match(text) else None


def person_name(raw: str) -> str:
    """One field, as on the ID card: two words or more than six, single letters, H', hyphens."""
    name = one_line(raw)
    if len(name) < 2 or not _NAME.match(name):
        raise FieldError(Text("Write the name in letters, as on the papers."))
    if len(name) > 120:
        raise FieldError(Text("This is too long. Keep it under %(n)s letters.", n=120))
    return name


def citizen_id(raw: str) -> str:
    """The 12-digit personal number. No check digit exists (Decree 137/2015), so only the shape is certain."""
    number = digits(raw)
    if not _is_number(number):
        raise FieldError(Text("The personal number has digits only. Look at the front of the ID card."))
    if len(number) == 9:
        raise FieldError(Text("This is an old 9-digit number. Enter the new 12-digit personal number."))
    if len(number) != 12:
        raise FieldError(Text("The personal number has 12 digits; you entered %(n)s.", n=len(number)))
    return number


def mobile(raw: str) -> str:
    """A Vietnamese mobile number in E.164. Landlines and foreign numbers cannot get our SMS."""
    text = plain_digits(raw)
    if not _PHONE.match(text):  # the library reads letters as the keys of old telephones
        raise FieldError(Text("This is not a phone number. Enter 10 digits, for example 0912 345 678."))
    if text.startswith("84") and not text.startswith("840"):
        text = "+" + text
    try:
        number = phonenumbers.parse(text, "VN")
    except phonenumbers.NumberParseException:
        raise FieldError(Text("This is not a phone number. Enter 10 digits, for example 0912 345 678.")) from None
    if number.country_code != 84:
        raise FieldError(Text("Only Vietnamese mobile numbers can get our messages. Enter one that begins with 0."))
    if not phonenumbers.is_valid_number(number):
        raise FieldError(Text("This number is not complete. A mobile number has 10 digits, for example 0912 345 678."))
    if phonenumbers.number_type(number) not in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
        raise FieldError(Text("This is a landline and cannot get messages. Enter a mobile number."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(raw: str) -> str:
    """Only the shape; mail is never the way we tell anybody anything."""
    if not _EMAIL.match(raw) or len(raw) > 254:
        raise FieldError(Text("This is not an e-mail address. For example: dao@example.vn"))
    return raw


def _year_of(text: str, *, coming: bool) -> int:
    year = int(text)
    if len(text) == 2:
        year += 2000 if coming or year <= clock.today().year % 100 else 1900
    return year


def any_date(raw: str, *, coming: bool = False) -> str:
    """dd/mm/yyyy in every way it is written (1/7/26, 01072026, 1-7-2026, 2026-07-01) → ISO date.

    '54' is 1954 for what has been; `coming`: every two-digit year is of this century.
    """
    text = plain_digits(raw)
    iso = _ISO_DATE.match(text)
    if iso:
        year, month, day = (int(x) for x in iso.groups())
    else:
        match = _SPLIT_DATE.match(text) or _RUN_DATE.match(text)
        if not match:
            raise FieldError(Text("Write the date as day/month/year, for example 27/03/2026."))
        day, month, year = int(match[1]), int(match[2]), _year_of(match[3], coming=coming)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise FieldError(Text("There is no such day. Check the day and the month.")) from None


def coming_date(raw: str) -> str:
    """A day that may still come: an appointment, the end of a stay."""
    return any_date(raw, coming=True)


def past_date(raw: str) -> str:
    """A day that has been: births, issues, deaths."""
    iso = any_date(raw)
    if date.fromisoformat(iso) > clock.today():
        raise FieldError(Text("The date must be in the past. Check the year."))
    if date.fromisoformat(iso).year < 1890:
        raise FieldError(Text("This year is too long ago. Check the year."))
    return iso


def partial_date(raw: str) -> str:
    """A birth date, or only its year (or month and year) for elders: '1954', '1954-07' or '1954-07-20'."""
    text = plain_digits(raw)
    if _YEAR.match(text):
        if not 1890 <= int(text) <= clock.today().year:
            raise FieldError(Text("The year must be between 1890 and this year."))
        return text
    month = _MONTH_YEAR.match(text)
    if month:
        if not 1 <= int(month[1]) <= 12:
            raise FieldError(Text("There is no such month. Check the month."))
        past_date(f"01/{month[1]}/{month[2]}")
        return f"{month[2]}-{int(month[1]):02d}"
    return past_date(raw)


def whole_number(raw: str) -> int:
    text = _ungrouped(raw)
    if text is None or len(text) > 9:
        raise FieldError(Text("Enter a whole number, for example 2."))
    return int(text)


def decimal_number(raw: str) -> str:
    """A measure such as 120,5 or 1.200; kept as text so that nothing is rounded. As people here write, not as code."""
    text = re.sub(r"\s", "", plain_digits(raw))
    if "," in text or _DOTTED.match(text):
        whole, comma, part = text.partition(",")
        text = (_ungrouped(whole) or "?") + ("." if comma else "") + part
    if not re.match(r"^\d{1,9}(\.\d{1,4})?$", text):
        raise FieldError(Text("Enter a number, for example 120,5."))
    return text


def money(raw: str) -> int:
    """Whole đồng: 25.000, 25 000 đ."""
    text = _ungrouped(re.sub(r"(đồng|đ|d|vnd|₫)\s*$", "", raw.strip(), flags=re.IGNORECASE))
    if text is None or len(text) > 15:
        raise FieldError(Text("Enter an amount in đồng, for example 25.000."))
    return int(text)


def yes_or_no(raw: str) -> str:
    if raw not in ("yes", "no"):
        raise FieldError(Text("Choose one answer."))
    return raw


def ticked(raw: str) -> str:
    if raw not in ("yes", "on", "1", "true"):
        raise FieldError(Text("Tick the box to go on."))
    return "yes"


def six_digits(raw: str) -> str:
    code = digits(raw)
    if not re.match(r"^\d{6}$", code):
        raise FieldError(Text("The code has 6 digits. Look at the newest message."))
    return code


def four_digits(raw: str) -> str:
    pin = digits(raw)
    if not re.match(r"^\d{4}$", pin):
        raise FieldError(Text("The PIN has 4 digits."))
    return pin


def time_of_day(raw: str) -> str:
    match = re.match(r"^(\d{1,2})\s*(?:[:hg]|giờ)\s*(\d{0,2})\s*(?:p|phút)?$", plain_digits(raw).lower())
    if not match or int(match[1]) > 23 or int(match[2] or 0) > 59:
        raise FieldError(Text("Enter the time as hour and minute, for example 14:30."))
    return f"{int(match[1]):02d}:{int(match[2] or 0):02d}"


def bank_account(raw: str) -> str:
    text = one_line(raw)
    if len(text) > 200 or not re.search(r"\d{4,}", digits(text)):
        raise FieldError(Text("Enter the account number and the name of the bank."))
    return text


def password(raw: str) -> str:
    return raw


READERS: dict[str, Callable[[str], Any]] = {
    "name": person_name,
    "id_number": citizen_id,
    "phone": mobile,
    "email": email,
    "date": past_date,
    "date_future": coming_date,
    "date_partial": partial_date,
    "int": whole_number,
    "decimal": decimal_number,
    "money": money,
    "bool": yes_or_no,
    "checkbox": ticked,
    "otp": six_digits,
    "pin": four_digits,
    "password": password,
    "time": time_of_day,
    "bank_account": bank_account,
}
