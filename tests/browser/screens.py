"""A gallery of every page: in Vietnamese and English, 360 and 1280 px wide, light and dark.

make gallery                                        all of them, into var/gallery (about half an hour)
python -m tests.browser.screens FOLDER [word …]     only screens whose name holds one of the words
python -m tests.browser.screens --readme            the pictures of README, into .github/pictures
"""

import html
import io
import logging
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import DESK, PHONE, Site, running
from tests.browser.screen_list import BY_NAME, SCREENS, Screen
from tests.browser.visits import stand_on, tour_of
from tests.conftest import CHROMIUM, CHROMIUM_FLAGS
from webapp.shell.i18n import LANGUAGES

WIDTHS = {"360": PHONE, "1280": DESK}
THEMES = ("light", "dark")
TALLEST = 16_000  # WebP ends at 16,383
PICTURES = Path(__file__).resolve().parents[2] / ".github" / "pictures"
# Name of the picture → screen, width; what stands on the first screenful.
README = {
    "home": ("home", "360"),
    "tasks": ("edit-half", "360"),
    "receipt": ("receipt", "360"),
    "tracking": ("track-asked", "360"),
    "helper": ("edit-helping", "360"),
    "desk": ("desk-submitted", "1280"),
}
SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title>
<style>body{{font:14px system-ui;margin:16px;background:#8a8f99}}h2{{margin:24px 0 4px}}
section{{display:flex;flex-wrap:wrap;gap:12px;align-items:start}}
img{{max-width:48vw;border:1px solid #333}}img.w360{{width:180px}}img.w1280{{width:480px}}</style>{body}</html>"""


def picture_of(screen: Screen, lang: str, width: str, theme: str) -> str:
    return f"{screen.name}-{lang}-{width}-{theme}.webp"


def shoot(page: Page, screen: Screen, lang: str, folder: Path) -> None:
    """Four pictures of what the page shows now, in this language."""
    for width, viewport in WIDTHS.items():
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            drawn = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
            drawn.crop((0, 0, drawn.width, min(drawn.height, TALLEST))).save(
                folder / picture_of(screen, lang, width, theme), quality=80, method=2
            )


def index(done: list[Screen], folder: Path) -> None:
    rows = []
    for screen in done:
        pictures = "".join(
            f'<img loading="lazy" class="w{width}" src="{picture_of(screen, lang, width, theme)}" '
            f'alt="{screen.name}, {lang}, {width} px, {theme}">'
            for width in WIDTHS
            for lang in LANGUAGES
            for theme in THEMES
        )
        rows.append(f"<h2>{screen.name} <small>{html.escape(screen.path)}</small></h2><section>{pictures}</section>")
    (folder / "index.html").write_text(SHEET.format(body="\n".join(rows)), encoding="utf-8")


def gallery(browser: Browser, site: Site, folder: Path, wanted: list[str]) -> int:
    """How many screens could not be reached."""
    folder.mkdir(parents=True, exist_ok=True)
    tour_of(site)
    done, broken = [], 0
    for screen in SCREENS:
        if wanted and not any(word in screen.name for word in wanted):
            continue
        try:
            for lang in LANGUAGES:
                page, answer = stand_on(browser, site, screen, lang)
                shoot(page, screen, lang, folder)
                page.context.close()
            done.append(screen)
            print(f"{screen.name} {answer.status}", flush=True)  # noqa: T201  (talks to a person)
        except Exception as error:  # one page that fails must not hide the others
            broken += 1
            print(f"{screen.name} FAILED: {str(error)[:300]}", flush=True)  # noqa: T201
    index(done, folder)
    return broken


def readme(browser: Browser, site: Site) -> int:
    """Small pictures of the first screenful, sharp enough for a good display."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, (screen, width) in README.items():
        scale = 2 if width == "360" else 1
        page, _answer = stand_on(browser, site, BY_NAME[screen], viewport=WIDTHS[width], device_scale_factor=scale)
        page.wait_for_load_state("networkidle")
        picture = PICTURES / f"{name}.png"
        page.screenshot(path=picture)
        page.context.close()
        Image.open(picture).convert("RGB").save(picture.with_suffix(".webp"), quality=72, method=6)
        picture.unlink()
    return 0


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.exit(__doc__)
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        home = Path(place)
        with running(home, "sqlite", f"sqlite:///{home}/motcua.db") as site:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
            if arguments[0] == "--readme":
                broken = readme(browser, site)
            else:
                broken = gallery(browser, site, Path(arguments[0]), arguments[1:])
            browser.close()
            tour_of(site).close()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
