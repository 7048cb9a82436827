"""How answers of an issuer come in: a small one, in little time, from nowhere but where we asked."""

import io
import time
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app

CONNECT, ANSWER = 3.0, 5.0  # seconds to be let in, to be answered
WHOLE = 8.0  # a partner that sends one letter a second must not hold a web process
LARGEST = 256 * 1024


class TooMuch(requests.RequestException):
    """An answer larger or slower than any honest one."""


class Careful(HTTPAdapter):
    """Reads an answer with limits of size and time; `timeout`: the seconds that are left for the whole of it."""

    def send(
        self, request: Any, *args: Any, timeout: float | None = None, **options: Any
    ) -> requests.Response:
        left = WHOLE if timeout is None else timeout
        until = time.monotonic() + left
        options.update(timeout=(min(CONNECT, left), min(ANSWER, left)), stream=True)
        response = super().send(request, *args, **options)
        try:
            data = _read(response.raw, until)
        except HTTPError as broken:
            raise requests.ConnectionError(str(type(broken).__name__)) from broken
        finally:
            response.raw.close()
        return _kept(response, data)


class InProcess(BaseAdapter):
    """The trial's own issuer answers without a network: a web process that waited for itself might wait forever."""

    def __init__(self, wsgi_app: Any) -> None:
        super().__init__()
        self.wsgi_app = wsgi_app

    def send(self, request: Any, *_args: Any, **_options: Any) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        environ = EnvironBuilder(
            request.path_url, base_url=request.url.removesuffix(request.path_url), method=request.method,
            headers=dict(request.headers), data=body,
        ).get_environ()  # fmt: skip
        chunks, status, headers = run_wsgi_app(self.wsgi_app, environ, buffered=True)
        response = requests.Response()
        response.status_code = int(status.split()[0])
        response.headers.update(dict(headers))
        response.url, response.request = request.url, request
        return _kept(response, b"".join(chunks))

    def close(self) -> None:
        """Nothing is held open."""


def _read(raw: HTTPResponse, until: float) -> bytes:
    """`read1` gives what has come; `read` would wait for the whole, however slow."""
    data = b""
    while chunk := raw.read1(16384, decode_content=True):
        data += chunk
        if len(data) > LARGEST or time.monotonic() > until:
            raise TooMuch
    return data


def _kept(response: requests.Response, data: bytes) -> requests.Response:
    """The same answer, wholly read."""
    response.raw = io.BytesIO(data)
    _ = response.content
    return response
