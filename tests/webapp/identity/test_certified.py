"""The whole way through an OpenID provider that somebody else wrote and had certified (npm oidc-provider)."""

import os
import re
import secrets
import socket
import subprocess
import threading
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from werkzeug.serving import make_server

from tests import people as who
from webapp.identity.models import NationalIdentity

HERE = Path(__file__).parent
SECRET = secrets.token_urlsafe(32)


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture
def site(app, settings):
    """The app on a port of its own, which sends people to the provider on another one."""
    ours, theirs = free_port(), free_port()
    environment = {
        **os.environ, "PORT": str(theirs), "SECRET": SECRET, "NODE_NO_WARNINGS": "1",
        "REDIRECT": f"http://127.0.0.1:{ours}/login/vneid/callback",
    }  # fmt: skip
    app.extensions["motcua"].settings = settings.model_copy(
        update={
            "base_url": f"http://127.0.0.1:{ours}", "oidc_issuer": f"http://127.0.0.1:{theirs}",
            "oidc_client_id": "motcua-test", "oidc_client_secret": type(settings.oidc_client_secret)(SECRET),
        }
    )  # fmt: skip
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    node = subprocess.Popen(["node", str(HERE / "issuer.mjs")], env=environment, **quiet)
    assert node.stdout is not None
    assert any(line.startswith("ready") for line in node.stdout), "the provider did not start"
    drain = threading.Thread(target=node.stdout.read, daemon=True)
    drain.start()
    server = make_server("127.0.0.1", ours, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{ours}"
    server.shutdown()
    thread.join()
    server.server_close()
    node.terminate()
    node.wait()
    drain.join()
    node.stdout.close()


def press(browser, page, action, **typed):
    """Fill in the form of this page that leads to `action`, and send it."""
    for form in re.findall(r"<form.*?</form>", page.text, re.S):
        found = re.search(r'action="([^"]*)"', form)
        if found and action in found[1]:
            hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
            return browser.post(urljoin(page.url, found[1]), data={**dict(hidden), **typed}, timeout=10)
    raise AssertionError(f"no form to {action} on {page.url}")


def go_to_vneid(browser, site):
    page = press(browser, browser.get(f"{site}/login", timeout=10), "/login/vneid")
    assert "/interaction/" in page.url, page.text
    return page


def log_in(browser, site, number):
    page = press(browser, go_to_vneid(browser, site), "/interaction/", login=number, password="anything")
    page = press(browser, page, "/interaction/")  # agree that we may know the name
    assert page.url.startswith(f"{site}/login/vneid/callback?")
    return press(browser, page, "/login/vneid/callback")


def test_somebody_comes_in_through_the_certified_provider(site, services):
    with requests.Session() as browser:
        page = log_in(browser, site, "038090007788")
        assert (page.status_code, page.url) == (200, f"{site}/me")
        assert "Hoàng Văn Tú" in page.text
    with services.database.session(write=False) as session:
        person = who.person(session, "038090007788")
        identity = session.query(NationalIdentity).one()
        assert (person.assurance, person.birth_date, identity.level) == ("vneid", "1990-03-02", 2)


def test_level_1_arrives_as_level_1(site, services):
    with requests.Session() as browser:
        assert "Bùi Thị Sen" in log_in(browser, site, "038301004455").text
    with services.database.session(write=False) as session:
        assert session.query(NationalIdentity).one().level == 1


def test_who_cancels_there_gets_a_friendly_page_here(site):
    with requests.Session() as browser:
        page = go_to_vneid(browser, site)
        abort = re.search(r'href="([^"]*/abort)"', page.text)
        assert abort
        back = browser.get(urljoin(page.url, abort[1]), timeout=10)
        assert (back.status_code, back.url.partition("?")[0]) == (200, f"{site}/login/vneid/callback")
        assert 'href="/login"' in back.text


def test_our_forms_may_lead_to_the_provider_and_nowhere_else(site):
    policy = requests.get(f"{site}/login", timeout=10).headers["Content-Security-Policy"]
    assert re.search(r"form-action 'self' http://127\.0\.0\.1:\d+;", policy)
