"""Manifest, robots, security.txt and the worker's own answer: what a browser or a scanner asks for beside the pages."""

import gzip
import json
import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from tests.conftest import test_settings
from webapp.core import clock
from webapp.pwa.views import WORDS
from webapp.shell.i18n import LANGUAGES
from wsgi import create_app


def test_the_manifest_lets_a_phone_install_the_app(client: FlaskClient):
    answer = client.get("/manifest.webmanifest")
    card = json.loads(answer.data)
    assert answer.mimetype == "application/manifest+json"
    assert (card["id"], card["start_url"], card["scope"], card["display"]) == ("/", "/", "/", "standalone")
    assert card["lang"] == "vi"
    assert [s["url"] for s in card["shortcuts"]] == ["/lookup", "/dossiers"]
    sizes = {(icon["sizes"], icon["purpose"]) for icon in card["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    for icon in card["icons"]:
        picture = client.get(icon["src"])
        assert picture.status_code == 200
        assert picture.mimetype == "image/png"
        width = int(icon["sizes"].split("x")[0])
        assert int.from_bytes(picture.data[16:20], "big") == width, "the picture is as large as the manifest says"


def test_the_manifest_speaks_every_language_of_the_pages(client: FlaskClient):
    assert set(WORDS) == set(LANGUAGES)
    said = {code: json.loads(client.get(f"/manifest.webmanifest?lang={code}").data) for code in LANGUAGES}
    assert {code: card["lang"] for code, card in said.items()} == {code: code for code in LANGUAGES}
    assert len({card["shortcuts"][1]["name"] for card in said.values()}) == len(LANGUAGES)
    assert json.loads(client.get("/manifest.webmanifest?lang=xx").data)["lang"] == "vi"


def test_the_worker_is_asked_for_again_each_time_and_may_see_the_whole_site(client: FlaskClient):
    answer = client.get("/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert "__" not in re.sub(r'".*?"', "", answer.text), "every place is filled in"
    assert len(gzip.compress(answer.data)) <= 2560


def test_everything_that_the_worker_keeps_can_be_fetched(client: FlaskClient):
    match = re.search(r"const KEEP = (\[.*?\]);", client.get("/sw.js").text)
    assert match
    kept = json.loads(match[1])
    assert kept
    assert {path: client.get(path).status_code for path in kept} == dict.fromkeys(kept, 200)


def test_a_new_size_of_text_brings_a_new_worker(client: FlaskClient):
    """The kept page without a connection must be as large as the person set it."""
    before = client.get("/sw.js").text
    client.post("/appearance", data={"size": "3"})
    assert client.get("/sw.js").text != before
    assert 'data-size="3"' in client.get("/offline").text


def test_switched_off_the_worker_takes_itself_away(tmp_path):
    app = create_app(test_settings(tmp_path, sw_mode="off"))
    text = app.test_client().get("/sw.js").text
    assert "registration.unregister" in text
    assert "indexedDB" not in text, "what a helper's phone holds stays"
    app.extensions["motcua"].database.dispose()


def test_the_page_without_a_connection_holds_nothing_of_a_person(client: FlaskClient):
    with client.session_transaction() as cookie:
        cookie["flashes"] = [("good", "a sentence for one person")]
    answer = client.get("/offline")
    assert answer.status_code == 200
    assert "csrf" not in answer.text
    assert "a sentence for one person" not in answer.text
    assert "Set-Cookie" not in answer.headers
    with client.session_transaction() as cookie:
        assert cookie["flashes"], "a page that nobody looks at does not use up a message"


def test_search_engines_may_read_the_catalogue_and_nothing_of_people(client: FlaskClient):
    lines = client.get("/robots.txt").text.splitlines()
    assert "Allow: /procedures" in lines
    assert lines[-1] == "Disallow: /"
    for private in ("/me", "/dossiers", "/counter", "/assisted"):
        assert not any(line.startswith(f"Allow: {private}") for line in lines)


def test_security_txt_says_where_to_report_and_has_not_expired(client: FlaskClient):
    answer = client.get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"].startswith(("https://", "http://", "mailto:"))
    left = datetime.fromisoformat(fields["Expires"].replace("Z", "+00:00")) - clock.now()
    assert timedelta(days=30) < left < timedelta(days=366)


@pytest.mark.parametrize("path", ["/favicon.ico", "/static/nothing.0000000000.css"])
def test_favicon_is_there_and_unknown_files_are_not(client: FlaskClient, path: str):
    assert client.get(path).status_code == (200 if path == "/favicon.ico" else 404)
