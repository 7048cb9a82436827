"""How days, hours, money, sizes and numbers are written on our screens."""

from datetime import date, datetime
from typing import Any

from flask import Flask

from webapp.core import clock
from webapp.core.text import mask_id, mask_phone
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import language


def day(value: date | datetime | str | None) -> str:
    """27/03/2026; a stored partial date gives 03/2026 or 1954."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return "/".join(reversed(value.split("-")))


def hour(value: datetime | None) -> str:
    return clock.local(value).strftime("%H:%M") if value else ""


def daytime(value: datetime | None) -> str:
    """09:58 ngày 11/07/2026."""
    if not value:
        return ""
    return clock.local(value).strftime("%H:%M ngày %d/%m/%Y" if language() == "vi" else "%H:%M on %d/%m/%Y")


def money(value: int | None) -> str:
    """25.000 đ; nothing to pay is a word, not a zero."""
    if value is None:
        return ""
    if value == 0:
        return _("Free")
    return f"{value:,}".replace(",", ".") + " đ"


def number(value: int) -> str:
    """1.234 in Vietnamese, 1,234 in English."""
    return f"{value:,}".replace(",", "." if language() == "vi" else ",")


def size(value: int) -> str:
    if value < 1_000_000:
        return f"{max(1, round(value / 1000))} KB"
    return f"{value / 1_000_000:.1f} MB".replace(".", "," if language() == "vi" else ".")


def phone(value: str | None) -> str:
    """+84912345678 → 0912 345 678."""
    if not value:
        return ""
    national = "0" + value[3:] if value.startswith("+84") else value
    return f"{national[:4]} {national[4:7]} {national[7:]}".strip()


def register(app: Flask) -> None:
    filters: dict[str, Any] = {
        "day": day,
        "clock": hour,
        "daytime": daytime,
        "money": money,
        "number": number,
        "size": size,
        "phone": phone,
        "mask_id": mask_id,
        "mask_phone": mask_phone,
    }
    app.jinja_env.filters.update(filters)
