"""What the demo gateway's phones have received; the worker runs first, so that nothing is still on its way."""

import re

from flask import Flask
from sqlalchemy import select

from notifications.models import DemoText
from webapp.core import worker
from webapp.shell.services import Services

CODE = re.compile(r"\bMa\D{0,12}(\d{6})\b")


def texts(app: Flask, number: str | None = None) -> list[str]:
    """The texts of one phone ("0912000001" or "+84912000001"), or of all, oldest first."""
    services: Services = app.extensions["motcua"]
    worker.drain(services.database)
    with services.database.session(write=False) as session:
        rows = session.scalars(select(DemoText).order_by(DemoText.id)).all()
        return [row.body for row in rows if number is None or row.number == as_stored(number)]


def code_for(app: Flask, number: str) -> str:
    """The newest one-time code that came to this phone."""
    found = [match.group(1) for text in texts(app, number) if (match := CODE.search(text))]
    assert found, f"no code came to {number}"
    return found[-1]


def as_stored(number: str) -> str:
    """As numbers are kept: +84912000001."""
    digits = re.sub(r"\D", "", number)
    return f"+84{digits[1:]}" if digits.startswith("0") else f"+{digits}"
