"""Static files under names that carry their content's hash, compressed once per process, cached for ever.

In memory and by hand: the whole set is under 200 KB, and so there is no build step that somebody could forget.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request
from markupsafe import Markup

from webapp.shell.access import public
from webapp.shell.i18n import LANGUAGES
from webapp.shell.script_words import SAYS, UNSENT, spoken

FOLDER = Path(__file__).parent / "static"
SPRITE = FOLDER / "icons" / "icons.svg"
SPEAKING = {"app": SAYS, "unsent": UNSENT}  # scripts that say something by themselves → their words
ICON = Markup('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{lines}</svg>')
SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"[^>]*>(.+?)</symbol>', re.DOTALL)
TEXTUAL = ("text/", "application/javascript", "image/svg+xml", "application/json")

bp = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One file as it goes out."""

    data: bytes
    media_type: str
    packed: dict[str, bytes]


class Assets:
    """name → hashed url, and url → bytes."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.files: dict[str, Asset] = {}
        self.icons = drawn(SPRITE.read_text(encoding="utf-8"))
        lines = (FOLDER / "css" / "manifest.txt").read_text().splitlines()
        all_see = [line for line in lines if line and not line.startswith("#")]
        self.add("app.css", style(all_see))
        self.add("desk.css", style([*all_see, "desk.css"]))  # instead of it, for whoever works at the desk: one request
        self.add("sheet.css", style(["sheet.css"]))  # beside either, where an official paper is shown
        self.add("kiosk.css", style(["kiosk.css"]))  # beside the first, on a screen in a hall
        for path in sorted(FOLDER.rglob("*")):
            name = path.relative_to(FOLDER).as_posix()
            if path == SPRITE or name.startswith("css/") or (path.suffix == ".js" and path.stem in SPEAKING):
                continue
            if path.is_file() and path.suffix in (".js", ".svg", ".png", ".ico"):
                self.add(name, path.read_bytes())
        for language in LANGUAGES:
            for stem, words in SPEAKING.items():
                script = (FOLDER / "js" / f"{stem}.js").read_bytes()
                self.add(f"js/{stem}.{language}.js", spoken(script, language, self.icons, words))

    def add(self, name: str, data: bytes) -> None:
        digest = hashlib.sha256(data).hexdigest()[:10]
        stem, dot, ending = name.rpartition(".")
        url = f"{stem}.{digest}{dot}{ending}"
        media_type = (
            "text/javascript" if ending == "js" else mimetypes.guess_type(name)[0] or "application/octet-stream"
        )
        packed = {}
        if media_type.startswith(TEXTUAL):
            packed = {"br": brotli.compress(data, quality=11), "gzip": gzip.compress(data, 9, mtime=0)}
        self.urls[name] = f"/static/{url}"
        self.files[url] = Asset(data, media_type, packed)


def style(names: list[str]) -> bytes:
    """These sheets as one. Comments and the space around signs are for us; the rest goes out as it was written."""
    whole = "".join((FOLDER / "css" / name).read_text(encoding="utf-8") for name in names)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"/\*.*?\*/", "", whole, flags=re.DOTALL)).encode()


def static_url(name: str) -> str:
    assets: Assets = current_app.extensions["motcua_assets"]
    return assets.urls[name]


def drawn(sprite: str) -> dict[str, Markup]:
    """name → the sign as it stands in a page. A page has some ten, packed 50 bytes each: less than a request."""
    return {name: ICON.format(lines=Markup(lines)) for name, lines in SYMBOL.findall(sprite)}  # noqa: S704  (ours)


def icon(name: str) -> Markup:
    """A sign of our own set."""
    icons: dict[str, Markup] = current_app.extensions["motcua_assets"].icons
    return icons[name]


def preferred_encoding(accepted: str, available: dict[str, bytes]) -> str | None:
    names = {part.split(";")[0].strip() for part in accepted.split(",") if "q=0" not in part.replace("q=0.", "")}
    return next((name for name in ("br", "gzip") if name in names and name in available), None)


@bp.get("/static/<path:name>")
@public("style, script and pictures of every page; the same for everybody")
def static_file(name: str) -> Response:
    assets: Assets = current_app.extensions["motcua_assets"]
    asset = assets.files.get(name)
    if asset is None:
        abort(404)
    chosen = preferred_encoding(request.headers.get("Accept-Encoding", ""), asset.packed)
    response = Response(asset.packed[chosen] if chosen else asset.data, mimetype=asset.media_type)
    if chosen:
        response.headers["Content-Encoding"] = chosen
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.vary.add("Accept-Encoding")
    return response


def register(app: Flask) -> None:
    app.extensions["motcua_assets"] = Assets()
    app.jinja_env.globals.update(static_url=static_url, icon=icon)
    app.register_blueprint(bp)
