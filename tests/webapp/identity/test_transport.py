"""Real lines to a bad partner: too large, too slow, cut off."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from webapp.identity import transport


@contextmanager
def partner(write) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):  # the other side has hung up, as it should
                write(self.wfile)

        def log_message(self, *_args):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def ask(address):
    with requests.Session() as session:
        session.mount("http://", transport.Careful())
        return session.get(address)


def test_an_honest_answer_arrives():
    with partner(lambda out: out.write(b'{"issuer": "x"}')) as address:
        assert ask(address).json() == {"issuer": "x"}


def test_an_answer_without_end_is_cut_off():
    with partner(lambda out: [out.write(b"x" * 65536) for _ in range(64)]) as address, pytest.raises(transport.TooMuch):
        ask(address)


def test_one_letter_after_the_other_does_not_hold_us(monkeypatch):
    monkeypatch.setattr(transport, "WHOLE", 0.2)

    def drip(out):
        for _ in range(200):
            out.write(b"x")
            time.sleep(0.01)

    with partner(drip) as address, pytest.raises(transport.TooMuch):
        ask(address)


def test_nobody_there_is_said_so():
    with pytest.raises(requests.RequestException):
        ask("http://127.0.0.1:9")
