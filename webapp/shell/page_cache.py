"""A page that is asked again is answered again, before Flask, as long as the database answers what it answered then.

A page is made of its address, its cookies and what its statements found. Statements that go by `core/hot.py` are kept
with their answers beside the finished page; to ask them once more is a fifth of the work of making it. So nothing has
to say which change touches which page, and another process, another server and a restored database count like our own.

A view says `@cacheable` when nothing else enters its page: no random key, no other store. And no answer is kept

- that another statement helped to make, that sets a cookie, or that is not 200;
- for an administrator (the network they come from counts), for a screen in a hall, for a piece of a page (htmx), for
  an address with a query.

What the clock alone changes ("2 hours left", a log-in that has rested too long) may be LIFE old, and so may sums over
many dossiers, the calendar and what is measured once a day (`Hot` that `rests`): the boards would cost as much from
memory as made anew.

To somebody who is not logged in the page also has a name (ETag), under which their browser keeps it: 304, no body.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Lock
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from webapp.core import clock
from webapp.core.actor import Role
from webapp.core.db import Look
from webapp.core.hot import Read, again
from webapp.shell import logs
from webapp.shell.access import View
from webapp.shell.kiosk import kiosk
from webapp.shell.logs import REQUEST_ID
from webapp.shell.services import Services
from webapp.shell.unit_of_work import KNOWN

LIFE = timedelta(seconds=30)
MOST_BYTES = 2 * 1024 * 1024  # of bodies, in each process: some four hundred pages
OFFER = "motcua.page"  # where in the request's environment a finished page waits for the headers it left with
OF_THE_BODY = ("Content-Type", "Content-Length", "Content-Encoding")

Key = tuple[str, str, str]
Headers = list[tuple[str, str]]


def cacheable(view: View) -> View:
    """This view's page is made of its address, its cookies and what `Hot` statements find, and of nothing else."""
    view._cacheable = True  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True)
class Page:
    """One answer of 200: what it was made of, and what left."""

    body: bytes
    etag: str | None
    reads: tuple[Read, ...]
    told: logs.Told
    made_at: datetime
    headers: Headers

    def is_fresh(self, now: datetime) -> bool:
        return timedelta() <= now - self.made_at < LIFE

    @cached_property
    def asked_again(self) -> tuple[Read, ...]:
        """What must still be so for this page to leave again."""
        return tuple(read for read in self.reads if not read.asked.rests)

    @cached_property
    def without_body(self) -> Headers:
        return [(name, value) for name, value in self.headers if name not in OF_THE_BODY]


class PageCache:
    """The web server's side of the app: asks the pages it has kept before it asks Flask."""

    def __init__(self, app: Callable[..., Any], services: Services) -> None:
        self._app = app
        self._services = services
        self._pages: OrderedDict[Key, Page] = OrderedDict()  # the oldest first
        self._bytes = 0
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        key = _key_of(environ)
        if key is None:
            return self._app(environ, start)
        started = time.perf_counter()
        page = self._pages.get(key)
        if page is not None and page.is_fresh(clock.now()) and self._is_same(page, environ):
            return self._again(page, environ, start, started)
        return self._anew(key, environ, start)

    def _is_same(self, page: Page, environ: dict[str, Any]) -> bool:
        """Asks up to the first statement that finds something else; what was found stays for the page made anew."""
        found: list[Read] = []
        environ[KNOWN] = found
        asked = page.asked_again
        try:
            with self._services.database.reader() as reader:
                for before, now in zip(asked, again(reader, asked), strict=True):
                    found.append(now)
                    if now.answer != before.answer:
                        return False
        except SQLAlchemyError:  # Flask will meet it, too, and knows how to say it
            found.clear()
            return False
        return True

    def _again(self, page: Page, environ: dict[str, Any], start: Callable[..., Any], started: float) -> Iterable[bytes]:
        unchanged = page.etag is not None and page.etag in environ.get("HTTP_IF_NONE_MATCH", "")
        status, headers = ("304 NOT MODIFIED", page.without_body) if unchanged else ("200 OK", page.headers)
        behind_proxy = bool(self._services.settings.trusted_proxies)
        request_id = logs.request_id(environ.get("HTTP_X_REQUEST_ID", ""), trusted=behind_proxy)
        start(status, [*headers, (REQUEST_ID, request_id)])
        logs.tell(page.told, int(status[:3]), time.perf_counter() - started, len(page.asked_again), request_id)
        return () if unchanged else (page.body,)

    def _anew(self, key: Key, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        left: Headers = []

        def note(status: str, headers: Headers, *error: Any) -> Any:
            left.extend(headers)
            return start(status, headers, *error)

        answer: Iterable[bytes] = self._app(environ, note)
        finish: Callable[[Headers], Page] | None = environ.get(OFFER)
        if finish is not None and not any(name == "Set-Cookie" for name, _value in left):
            self._keep(key, finish([(name, value) for name, value in left if name != REQUEST_ID]))
        return answer

    def _keep(self, key: Key, page: Page) -> None:
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self._bytes += len(page.body)
            for oldest, kept in list(self._pages.items()):
                if self._bytes <= MOST_BYTES and kept.is_fresh(page.made_at):
                    break
                self._drop(oldest)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def _drop(self, key: Key) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self._bytes -= len(gone.body)


def _key_of(environ: dict[str, Any]) -> Key | None:
    """What makes two requests the same; None when this one is not to be kept."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING") or "HTTP_HX_REQUEST" in environ:
        return None
    return environ["PATH_INFO"], environ.get("HTTP_COOKIE", ""), environ.get("HTTP_ACCEPT_ENCODING", "")


def _offer(response: Response) -> Response:
    """Last of all that changes an answer: what leaves now may leave again, if its headers allow it."""
    if response.status_code != 200 or not _is_cacheable() or kiosk() is not None:
        return response
    look, who, body = g.get("db"), g.get("actor"), response.get_data()
    etag = None
    if who is None:
        etag = hashlib.sha256(body).hexdigest()[:24]
        response.set_etag(etag, weak=True)
        if response.headers.get("Cache-Control") == "no-store":  # nothing said how long it may be kept
            response.headers["Cache-Control"] = "private, no-cache"
        response.vary.update(("Cookie", "Accept-Encoding"))
    reads = tuple(look.reads) if isinstance(look, Look) else ()
    if g.get("queries", 0) == len(reads) and not (who and who.has(Role.ADMIN)):
        told, now = logs.told(), clock.now()
        request.environ[OFFER] = lambda headers: Page(body, etag, reads, told, now, headers)
    if etag is not None and request.if_none_match.contains_weak(etag):
        response = Response(status=304, headers=[(k, v) for k, v in response.headers if k not in OF_THE_BODY])
    return response


def _is_cacheable() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method == "GET" and getattr(view, "_cacheable", False)


def register(app: Flask) -> None:
    app.after_request(_offer)
    made = app.extensions["motcua_pages"] = PageCache(app.wsgi_app, app.extensions["motcua"])
    app.wsgi_app = made  # type: ignore[method-assign]
