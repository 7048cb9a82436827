"""What a browser asks for beside the pages: the app's card, its worker, the page without a connection, and notices."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, request

from webapp.core import clock
from webapp.shell.access import public
from webapp.shell.assets import FOLDER, static_url
from webapp.shell.i18n import LANGUAGES, language
from webapp.shell.kiosk import kiosk
from webapp.shell.look import appearance
from webapp.shell.services import settings

bp = Blueprint("pwa", __name__)

HERE = Path(__file__).parent / "static"
INDIGO, PAPER = "#1e3a6b", "#fbf8f1"
DRESS = ("app.css", "js/app.{lang}.js", "js/unsent.{lang}.js", "vendor/htmx-2.0.11/htmx.min.js", "icons/mark.svg")
A_DAY = "public, max-age=86400"
# The manifest is fetched without cookies, so its language stands in the address and its words stand here.
WORDS = {
    "vi": {
        "description": "Nộp và theo dõi hồ sơ thủ tục hành chính.",
        "lookup": "Tra cứu hồ sơ",
        "mine": "Hồ sơ của tôi",
    },
    "en": {
        "description": "Send and follow administrative dossiers.",
        "lookup": "Look up a dossier",
        "mine": "My dossiers",
    },
}
PICTURES = (
    ("icons/icon-192.png", 192),
    ("icons/icon-512.png", 512),
    ("icons/maskable-512.png", 512, "maskable"),
)
PUBLIC_PATHS = ("/$", "/procedures", "/board", "/help", "/privacy", "/accessibility", "/lookup$", "/static/")


def _icon(name: str, size: int, purpose: str = "any") -> dict[str, str]:
    return {"src": static_url(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@bp.get("/manifest.webmanifest")
@public("the app's name and pictures; holds nothing of a person")
def manifest() -> Response:
    lang = request.args.get("lang", "vi")
    lang = lang if lang in WORDS and lang in LANGUAGES else "vi"
    words = WORDS[lang]
    response = jsonify(
        id="/",
        name="Một Cửa",
        short_name="Một Cửa",
        description=words["description"],
        lang=lang,
        start_url="/",
        scope="/",
        display="standalone",
        background_color=PAPER,
        theme_color=INDIGO,
        categories=["government", "utilities"],
        icons=[_icon(*picture) for picture in PICTURES],
        shortcuts=[{"name": words["lookup"], "url": "/lookup"}, {"name": words["mine"], "url": "/dossiers"}],
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = A_DAY
    return response


@bp.get("/sw.js")
@public("the worker; the same for everybody")
def worker() -> Response:
    response = Response(worker_source(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


def worker_source() -> str:
    """The worker with the names of what it keeps; or, switched off or in a hall, one that takes itself away."""
    if settings().sw_mode == "off" or kiosk() is not None:
        return (HERE / "sw-off.js").read_text(encoding="utf-8")
    keep = [*(static_url(name.format(lang=language())) for name in DRESS), "/offline"]
    source = (HERE / "sw.js").read_text(encoding="utf-8").replace("__KEEP__", json.dumps(keep))
    # A new worker comes when any kept file, the page without a connection or the worker itself has changed.
    digest = hashlib.sha256((source + _offline_page(language())).encode()).hexdigest()[:10]
    return source.replace("__BUILD__", digest)


@bp.get("/offline")
@public("what to do without a connection; phones keep it, so it holds nothing of a person")
def offline() -> Response:
    response = Response(_offline_page(language()), mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _offline_page(lang: str) -> str:
    """Rendered past the context of the request: no name, no menu, no waiting message may end up in a cache."""
    return current_app.jinja_env.get_template("pwa/offline.html").render(
        lang=lang,
        languages={},
        appearance=appearance(),
        actor=None,
        nav_items=[],
        flashes=[],
        errors=None,
        settings_env=settings().env,
        help_phone=settings().help_phone,
        offline=True,
    )


@bp.get("/favicon.ico")
@public("the picture beside the page's title")
def favicon() -> Response:
    response = Response((HERE / "favicon.ico").read_bytes(), mimetype="image/x-icon")
    response.headers["Cache-Control"] = A_DAY
    return response


@bp.get("/apple-touch-icon.png")
@public("the picture on an iPhone's screen; asked for under this name by itself, so no page has to name it")
def apple_touch_icon() -> Response:
    response = Response((FOLDER / "icons" / "apple-180.png").read_bytes(), mimetype="image/png")
    response.headers["Cache-Control"] = A_DAY
    return response


@bp.get("/robots.txt")
@public("which pages search engines may list")
def robots() -> Response:
    lines = ["User-agent: *", *(f"Allow: {path}" for path in PUBLIC_PATHS), "Disallow: /"]
    response = Response("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = A_DAY
    return response


@bp.get("/.well-known/security.txt")
@public("where to report a weakness (RFC 9116)")
def security_txt() -> Response:
    base = settings().base_url.rstrip("/")
    expires = (clock.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {base}/help",
        f"Expires: {expires.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: vi, en",
        f"Canonical: {base}/.well-known/security.txt",
    ]
    response = Response("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = A_DAY
    return response
