"""An administrator revises a procedure through the pages: fill in, look at it, publish."""

import io
import re
from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pages import post_form, text_of
from webapp.core import clock

BIRTH, LISTED = "1.001193", "9.000001"
HERE = f"/manage/procedures/{BIRTH}"


def day(offset: int) -> str:
    return f"{clock.today() + timedelta(days=offset):%d/%m/%Y}"


def revise(
    browser: FlaskClient, code: str = BIRTH, *, file: str | None = None, url: str = "", **changes: str
) -> TestResponse:
    """Fill in the page and go to the preview."""
    url = url or f"/manage/procedures/{code}/revise"
    page = browser.get(url).text
    names = re.findall(r'<(?:input|textarea)[^>]*name="([a-z_]+)"', page)
    data = {n: v for n, v in filled(page).items() if n in names or n in ("due_unit", "due_pause")}
    data |= {"reason": "Quyết định 163/QĐ-BTP", "valid_from": day(0), **changes}
    if file is not None:
        data["form"] = (io.BytesIO(file.encode()), "bieu-mau.yaml")
    return post_form(browser, url, data, content_type="multipart/form-data", follow_redirects=True)


def filled(page: str) -> dict[str, str]:
    """What stands in the boxes of a page."""
    boxes = {n: unescape(v) for n, v in re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page)}
    areas = {n: unescape(v) for n, v in re.findall(r'<textarea[^>]*name="([a-z_]+)"[^>]*>([^<]*)<', page)}
    picked = dict(re.findall(r'<input type="radio" name="([a-z_]+)" value="([a-z_]+)"[^>]*checked', page))
    return {**boxes, **areas, **picked}


def publish(browser: FlaskClient, preview) -> object:
    form = re.search(r'<form[^>]*action="([^"]+/publish)"', preview.text)
    assert form, text_of(preview)
    hidden = {
        n: unescape(v) for n, v in re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', preview.text)
    }
    return browser.post(form[1], data=hidden)


def back_from(preview: TestResponse) -> str:
    """Where "back to the text" goes."""
    return unescape(re.search(r'href="([^"]*/revise\?from=[^"]+)"', preview.text)[1])
