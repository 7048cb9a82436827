"""An issuer that hangs holds two threads of a process and no more; everybody else goes on, by phone."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.pages import log_in, post_form, text_of
from webapp.identity import provider, transport
from webapp.identity.provider import Provider, Secrets

THREADS = 4  # of one web process
GENEROUS = 60


@pytest.fixture
def issuer(services):
    """An issuer behind a real socket: its document comes at once, everything else when `slow` lets it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            base = f"http://127.0.0.1:{self.server.server_port}"
            names = {"authorization_endpoint": "a", "token_endpoint": "t", "jwks_uri": "k", "userinfo_endpoint": "u"}
            said = {"issuer": base, **{name: f"{base}/{path}" for name, path in names.items()}}
            if "well-known" not in self.path:
                self.server.asked.append(self.path)
                self.server.slow()
                said = {"access_token": "a", "token_type": "Bearer", "id_token": "not.a.token", "keys": []}
            with suppress(OSError):  # the other side has hung up, as it should
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

        do_POST = do_GET

        def log_message(self, *_args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.asked = True, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    services.settings = services.settings.model_copy(update={"oidc_issuer": address, "oidc_client_id": "motcua"})
    server.provider = Provider(services.settings, address)
    services.extra["identity"] = (services.settings, server.provider)
    yield server
    server.shutdown()
    server.server_close()


def came_back(app):
    """Somebody at the issuer's log-in; their browser and the address that it is led back to."""
    client = app.test_client()
    page = post_form(client, "/login", action="/login/vneid")
    assert page.status_code in (200, 303), text_of(page)
    [state] = parse_qs(urlsplit(page.headers["Location"]).query)["state"]
    return client, f"/login/vneid/callback?state={state}&code=good"


def test_eight_who_come_back_to_a_hanging_issuer_keep_nobody_from_logging_in_by_phone(app, issuer, monkeypatch):
    for name in ("ANSWER", "WHOLE"):
        monkeypatch.setattr(transport, name, GENEROUS)
    monkeypatch.setattr(provider, "FREE_LINE", 0.05)
    release = threading.Event()
    issuer.slow = lambda: release.wait(GENEROUS)
    back = [came_back(app) for _ in range(8)]
    with ThreadPoolExecutor(THREADS) as process:
        try:
            waiting = [process.submit(post_form, client, address) for client, address in back]
            inside = process.submit(log_in, app.test_client())
            assert inside.result(GENEROUS).location == "/me"
            assert sum(not one.done() for one in waiting) == provider.LINES
        finally:
            release.set()
        answers = [one.result(GENEROUS) for one in waiting]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(refused) == 8 - provider.LINES
    assert all('href="/login"' in answer.text for answer in refused)
    assert len([path for path in issuer.asked if path == "/t"]) == provider.LINES


def test_whoever_found_no_line_may_press_the_button_again(app, issuer):
    issuer.slow = lambda: None
    client, address = came_back(app)
    for _ in range(provider.LINES):
        issuer.provider._lines.acquire()
    assert post_form(client, address).status_code == 503
    for _ in range(provider.LINES):
        issuer.provider._lines.release()
    assert issuer.asked == []
    assert post_form(client, address).status_code == 422, "now it is asked; what this issuer says is nothing to believe"
    assert issuer.asked[0] == "/t"


def test_all_questions_of_one_log_in_have_the_time_of_one(issuer, monkeypatch):
    monkeypatch.setattr(transport, "WHOLE", 1.0)
    issuer.slow = lambda: time.sleep(0.7)
    issuer.provider.metadata()
    with pytest.raises(provider.Down):
        issuer.provider.redeem("good", Secrets.new(), None)
    assert issuer.asked == ["/t", "/k"]
