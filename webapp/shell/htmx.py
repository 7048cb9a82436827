"""The one place that knows htmx's headers (htmx-flask 0.1 speaks those of htmx 2)."""

from typing import Any

from flask import Flask
from htmx_flask import Htmx


def register(app: Flask) -> None:
    Htmx(app)


def is_fragment(request: Any) -> bool:
    """htmx asks for a piece; a boosted link or a restored history wants the page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
