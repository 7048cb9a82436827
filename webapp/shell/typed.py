"""What somebody had typed, to be read again on a page that says that their form did not get through.

A room whose forms are built from data says what its questions are called. Of every other form the words alone are
shown: no name of a box, and no choice, because both are ours and say nothing to people.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask, current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from webapp.core.text import Text

Fields = Iterable[tuple[str, str]]
Rows = list[tuple[Any, Any]]
# The address's variables and the form → question and answer in words; None when the room does not know them.
Reader = Callable[[Mapping[str, Any], MultiDict[str, str]], Rows | None]

NEVER_SHOWN_AGAIN = {
    "csrf_token", "mandate", "code", "password", "password_again", "otp", "recovery_code", "pin", "pin_again",
    "old_pin", "key", "proof",
}  # fmt: skip
MOST = 60
OURS = re.compile(r"[a-z][a-z0-9_.:-]*|[\w-]{22}")  # a choice by its key; a name that we gave something
TYPED = Text("You typed")


def explain(app: Flask, endpoint: str, reader: Reader) -> None:
    """The forms of this endpoint are read back by `reader`."""
    app.extensions.setdefault("motcua_typed", {})[endpoint] = reader


def read_back(path: str, fields: Fields) -> Rows:
    """(question, answer) of what was posted to this path; secrets left out."""
    sent = MultiDict((key, value) for key, value in fields if key not in NEVER_SHOWN_AGAIN)
    rows = _by_room(path, sent)
    if rows is None:
        rows = [(TYPED, v) for _k, v in sent.items(multi=True) if v.strip() and not OURS.fullmatch(v)]
    return rows[:MOST]


def _by_room(path: str, sent: MultiDict[str, str]) -> Rows | None:
    try:
        endpoint, args = current_app.create_url_adapter(request).match(path, method="POST")  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return None
    reader: Reader | None = current_app.extensions.get("motcua_typed", {}).get(endpoint)
    return reader(args, sent) if reader else None
