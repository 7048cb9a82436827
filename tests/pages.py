"""How a test uses a page as a person does: read it, fill in a form of it, press the button."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class _Reader(HTMLParser):
    """Collects the forms that stand in <main> with their inputs, and the page's text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.words: list[str] = []
        self._in_main = False
        self._silent = 0
        self._form: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "main":
            self._in_main = True
        elif tag in ("script", "style"):
            self._silent += 1
        elif tag == "form" and self._in_main:
            self._form = {"action": given.get("action"), "method": given.get("method", "get").lower(), "hidden": {}}
            self.forms.append(self._form)
        elif tag == "input" and self._form is not None and given.get("type") == "hidden":
            self._form["hidden"][given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._in_main = False
        elif tag in ("script", "style"):
            self._silent -= 1
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def read(html: str) -> _Reader:
    """The forms and words of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader


def text_of(response: TestResponse) -> str:
    """What a reader sees of the page, in one line."""
    return " ".join(" ".join(read(response.get_data(as_text=True)).words).split())


def form_of(client: FlaskClient, url: str, action: str | None = None) -> dict[str, Any]:
    """The post form of a page (the one with this action, or the first one of its main part)."""
    page = client.get(url)
    assert page.status_code == 200, f"{url} answers {page.status_code}"
    posts = [f for f in read(page.get_data(as_text=True)).forms if f["method"] == "post"]
    wanted = [f for f in posts if action is None or f["action"] == action]
    assert wanted, f"{url} has no post form{f' to {action}' if action else ''}"
    return wanted[0]


def post_form(
    client: FlaskClient, url: str, data: Mapping[str, Any] | None = None, *, action: str | None = None, **more: Any
) -> TestResponse:
    """Open the page, fill its form in and send it, as a browser without script does. Files go into `data`."""
    form = form_of(client, url, action)
    target = urljoin(url, form["action"] or url)
    return client.post(target, data={**form["hidden"], **(data or {})}, **more)
