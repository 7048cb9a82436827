"""A gallery of every page: 360 and 1280 px wide, light and dark.

python -m tests.browser.screens FOLDER [word …]     only screens whose name holds one of the words
python -m tests.browser.screens --readme            the pictures of README, into .github/pictures
"""

import html
import logging
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import DESK, PHONE, Site, running
from tests.browser.screen_list import BY_NAME, SCREENS, Screen
from tests.browser.visits import stand_on, tour_of

WIDTHS = {"360": PHONE, "1280": DESK}
THEMES = ("light", "dark")
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
<style>body{{font:14px system-ui;margin:16px;background:#8a8f99}}section{{display:flex;gap:12px;align-items:start}}
img{{max-width:48vw;border:1px solid #333}}img.phone{{width:240px}}h2{{margin:24px 0 4px}}</style>{body}</html>"""


def shoot(page: Page, name: str, folder: Path) -> None:
    """Four pictures of what the page shows now."""
    for width, viewport in WIDTHS.items():
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)


def index(done: list[Screen], folder: Path) -> None:
    rows = []
    for screen in done:
        pictures = "".join(
            f'<img loading="lazy" class="{"phone" if width == "360" else ""}" src="{screen.name}-{width}-{theme}.png" '
            f'alt="{screen.name}, {width} px, {theme}">'
            for width in WIDTHS
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
            page, status = stand_on(browser, site, screen)
            shoot(page, screen.name, folder)
            page.context.close()
            done.append(screen)
            print(f"{screen.name} {status}", flush=True)  # noqa: T201  (talks to a person)
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
        page, _status = stand_on(browser, site, BY_NAME[screen], viewport=WIDTHS[width], device_scale_factor=scale)
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
        path = shutil.which("chromium") or shutil.which("google-chrome")
        with running(home, "sqlite", f"sqlite:///{home}/motcua.db") as site:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
            if arguments[0] == "--readme":
                broken = readme(browser, site)
            else:
                broken = gallery(browser, site, Path(arguments[0]), arguments[1:])
            browser.close()
            tour_of(site).close()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
