"""Cookies, form tokens and where a request may come from."""

from datetime import timedelta

from flask import Flask, abort, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.core.settings import Settings
from webapp.shell.unit_of_work import SAFE_METHODS

csrf = CSRFProtect()
MAX_BODY = 105 * 1024 * 1024
MAX_FORM_MEMORY = 2 * 1024 * 1024
MAX_FORM_PARTS = 600
# What decides who somebody is and what is done; lists of answers may repeat their name.
SINGLE = (
    "csrf_token", "mandate", "key", "version", "phone", "code", "proof", "username", "password", "otp", "pin", "next"
)  # fmt: skip


class _Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie; what checks the signatures is made once for each ring, not twice a request."""

    def __init__(self) -> None:
        self._kept: tuple[object, URLSafeTimedSerializer | None] = ((), None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        ring = (app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if self._kept[0] != ring:
            self._kept = (ring, super().get_signing_serializer(app))
        return self._kept[1]


def register(app: Flask, settings: Settings) -> None:
    ring = settings.secret_ring
    app.config.update(
        SECRET_KEY=ring[0],
        SECRET_KEY_FALLBACKS=ring[1:],
        SESSION_COOKIE_NAME="__Host-motcua" if settings.secure else "motcua",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_MEMORY,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        # The token ends with the session it belongs to; a shorter life would only throw typed text away.
        WTF_CSRF_TIME_LIMIT=None,
        # We send no referrer at all; Origin and Sec-Fetch-Site below say the same, better.
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
    )
    app.session_interface = _Sessions()
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.before_request(_small_but_for_files)
    # Before the token check, so that a foreign page is refused whatever token it brings.
    app.before_request(_same_site_only)
    app.before_request(_each_value_named)
    csrf.init_app(app)
    app.before_request(_one_value_each)
    app.jinja_env.globals.update(csrf_token=generate_csrf)


def _small_but_for_files() -> None:
    """Only files may be large. Werkzeug reads other bodies whole into memory, whatever MAX_FORM_MEMORY_SIZE says."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MAX_FORM_MEMORY


def _same_site_only() -> None:
    """A change may only come from our own pages (browsers say where from; machines that say nothing need a token)."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin and origin != "null" and origin != request.host_url.rstrip("/"):
        abort(403)


def _each_value_named() -> None:
    """A part of a multipart body may come without a name (no browser does that): nobody could ask for it."""
    if request.method not in SAFE_METHODS and (None in request.form or None in request.files):
        abort(400)


def _one_value_each() -> None:
    """Which of two values counts, a proxy and we might see differently (ASVS V15.3.7); no form has so many fields."""
    if not request.query_string and request.method in SAFE_METHODS:
        return
    for values in (request.args, request.form):
        if any(len(values.getlist(name)) > 1 for name in SINGLE if name in values):
            abort(400)
        if sum(len(each) for each in values.listvalues()) > MAX_FORM_PARTS:
            abort(413)
