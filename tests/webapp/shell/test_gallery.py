"""The look's own law: weights, contrasts, words for every state, and nothing that the content policy would stop."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import test_settings
from webapp.shell import gallery
from webapp.shell.assets import FOLDER, SPRITE, Assets
from webapp.shell.services import Services, attach

UI = FOLDER.parent / "templates" / "ui"
KB = 1024


def gz(data: bytes) -> int:
    return len(gzip.compress(data, 9))


def asset(name: str) -> bytes:
    assets = Assets()
    return assets.files[assets.urls[name].removeprefix("/static/")].data


@pytest.mark.parametrize(("name", "limit"), [("app.css", 6 * KB), ("js/app.vi.js", 8 * KB)])
def test_a_first_visit_stays_light(name: str, limit: int):
    assert gz(asset(name)) <= limit


def test_the_sprite_holds_no_more_than_45_icons_and_no_twins():
    assert gz(SPRITE.read_bytes()) <= 3 * KB
    names = re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text())
    assert len(names) <= 45
    assert len(names) == len(set(names))


def test_every_icon_that_templates_name_is_in_the_sprite():
    there = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))
    named = re.compile(r"""(?:icon|draw)\(["']([a-z0-9-]+)["']|icon=["']([a-z0-9-]+)["']""")
    root = FOLDER.parents[2]
    asked = {
        (first or second, path.name)
        for house in ("webapp", "assisted", "notifications")
        for path in (root / house).rglob("*.html")
        for first, second in named.findall(path.read_text(encoding="utf-8"))
    }
    assert sorted((name, file) for name, file in asked if name not in there) == []


def tokens(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", text))


def themes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r"[^{}]+\{[^{}]+\}", (FOLDER / "css/tokens.css").read_text())
    light = tokens(blocks[0])
    return {"light": light, "dark": {**light, **tokens(blocks[1])}, "dark by phone": {**light, **tokens(blocks[2])}}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * ch for ch in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    a, b = sorted((luminance(one), luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


# text → the grounds it stands on
TEXT = {
    "ink": ("paper", "card", "indigo-pale", "leaf-pale", "rice-pale", "red-pale"),
    "ink-2": ("paper", "card"),
    "indigo": ("paper", "card", "indigo-pale"),
    "on-indigo": ("indigo", "indigo-deep"),
    "leaf": ("paper", "leaf-pale"),
    "rice-deep": ("rice-pale",),
    "red": ("paper", "card", "red-pale"),
}


@pytest.mark.parametrize("theme", ["light", "dark", "dark by phone"])
def test_every_text_has_seven_to_one_and_every_edge_three_to_one(theme: str):
    colours = themes()[theme]
    pale = {f"{a} on {b}": round(contrast(colours[a], colours[b]), 2) for a in TEXT for b in TEXT[a]}
    assert {pair: ratio for pair, ratio in pale.items() if ratio < 7} == {}
    assert contrast(colours["line-strong"], colours["card"]) >= 3
    assert contrast(colours["line-strong"], colours["paper"]) >= 3


def test_dark_by_choice_and_dark_by_phone_are_the_same():
    assert themes()["dark"] == themes()["dark by phone"]


class Inline(HTMLParser):
    """Finds what `style-src 'self'; script-src 'self'` forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        self.found += [f"<{tag} {name}>" for name in names if name == "style" or name.startswith(("on", "hx-on"))]
        self.found += [f"<{tag}>"] if tag == "style" or (tag == "script" and "src" not in names) else []


@pytest.mark.parametrize("path", ["/dev/components", "/dev/components?errors=1&wide=1", "/offline", "/appearance"])
def test_nothing_runs_or_styles_from_inside_a_page(client: FlaskClient, path: str):
    answer = client.get(path)
    assert answer.status_code == 200
    reader = Inline()
    reader.feed(answer.text)
    assert reader.found == []


def test_the_gallery_shows_every_part(client: FlaskClient):
    """A new macro file must be shown, or nobody sees how it looks in the dark and at the largest size."""
    shown = (FOLDER.parent / "templates/shell/components.html").read_text(encoding="utf-8")
    assert [path.name for path in sorted(UI.glob("*.html")) if f'"ui/{path.name}"' not in shown] == []


def test_the_gallery_shows_every_kind_of_field():
    kinds = {spec.kind for spec, *_ in gallery._fields()}
    named = set(re.findall(r'kind == "(\w+)"', (UI / "field.html").read_text(encoding="utf-8")))
    assert named - kinds == set()


def test_a_refused_page_says_so_in_its_title(client: FlaskClient):
    assert "<title>Lỗi: " in client.get("/dev/components?errors=1").text
    assert "<title>Lỗi: " not in client.get("/dev/components").text


def test_a_page_for_everybody_sets_no_cookie_and_asks_for_no_token(client: FlaskClient):
    answer = client.get("/offline")
    assert "csrf" not in answer.text
    answer = client.get("/appearance")
    assert "Set-Cookie" not in answer.headers


def test_the_gallery_does_not_exist_in_production(tmp_path: Path):
    app = Flask("real")
    real = test_settings(tmp_path).model_copy(update={"env": "production"})
    attach(app, Services(real, None, None))  # type: ignore[arg-type]  (asked for nothing but the settings)
    gallery.register(app)
    assert "gallery" not in app.blueprints
