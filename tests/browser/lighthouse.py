"""What eight pages feel like on a phone: Lighthouse 12.8 (mobile, slow 4G, a processor four times slower), median of 3.

make lighthouse                                 all eight
python -m tests.browser.lighthouse [word …]     only pages whose name holds one of the words

Prints a line a page and ends with 1 when a page misses goal 8: 100 points for performance, accessibility and best
practices (and for search engines where they may list the page), first content ≤ 0.9 s, largest ≤ 1.3 s, blocked
≤ 100 ms, nothing moves. Blocked time is measured, not simulated: on a busy machine it is the machine's, so run it on a
quiet one.
"""

import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.conftest import Site, running
from tests.browser.screen_list import BY_NAME
from tests.browser.visits import tour_of
from tests.conftest import CHROMIUM

BINARY = Path(__file__).resolve().parents[1] / "node_modules" / ".bin" / "lighthouse"
RUNS, TRIES = 3, 3
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
# Name → the screen; search engines may list the first ones.
INDEXED = {"home": "home", "procedure": "procedure", "lookup": "lookup"}
PAGES = {
    **INDEXED,
    "question": "question-child-1",
    "tasks": "edit-half",
    "receipt": "receipt",
    "tracking": "track-asked",
    "tracking-qr": "qr",
    "worklist": "worklist",
}
POINTS = ("performance", "accessibility", "best-practices")
# Name → where Lighthouse keeps it, at most.
LIMITS = {
    "FCP ms": ("first-contentful-paint", 900),
    "LCP ms": ("largest-contentful-paint", 1300),
    "TBT ms": ("total-blocking-time", 100),
    "CLS": ("cumulative-layout-shift", 0),
}


@dataclass
class Report:
    """One run: points of 100 by category, figures by name, and what took points away."""

    points: dict[str, float]
    figures: dict[str, float]
    lost: list[str]


def look(site: Site, name: str, folder: Path, number: int) -> Report:
    screen = BY_NAME[PAGES[name]]
    out = folder / f"{name}-{number}.json"
    command = [
        str(BINARY), site.url + tour_of(site).path(screen.path), "--quiet", "--output=json", f"--output-path={out}",
        "--only-categories=performance,accessibility,best-practices,seo", f"--chrome-flags={FLAGS}",
    ]  # fmt: skip
    if screen.who:
        cookie = tour_of(site).cookie(screen.who)
        headers = folder / f"{name}.headers.json"
        headers.write_text(json.dumps({"Cookie": f"motcua={cookie['value']}"}))
        command.append(f"--extra-headers={headers}")
    for _ in range(TRIES):  # it loses the trace of a page now and then (NO_NAVSTART), more often on a busy machine
        done = subprocess.run(command, timeout=240, env={**os.environ, "CHROME_PATH": CHROMIUM or ""})
        if done.returncode == 0:
            return read(json.loads(out.read_text(encoding="utf-8")), indexed=name in INDEXED)
    raise RuntimeError(f"Lighthouse could not look at {name} in {TRIES} tries")


def read(report: dict[str, Any], *, indexed: bool) -> Report:
    categories = [*POINTS, *(("seo",) if indexed else ())]
    audits = report["audits"]
    lost = [
        f"{part['id']} ({category})"
        for category in categories
        for part in report["categories"][category]["auditRefs"]
        if part["weight"] and audits[part["id"]]["score"] is not None and audits[part["id"]]["score"] < 1
    ]
    return Report(
        {name: round(100 * (report["categories"][name]["score"] or 0)) for name in categories},
        {name: audits[audit]["numericValue"] for name, (audit, _most) in LIMITS.items()},
        lost,
    )


def judged(name: str, reports: list[Report]) -> list[str]:
    """Prints the medians; what they miss, in words."""
    points = {key: statistics.median(one.points[key] for one in reports) for key in reports[0].points}
    figures = {key: statistics.median(one.figures[key] for one in reports) for key in LIMITS}
    line = [f"{key} {value:g}" for key, value in points.items()] + [f"{k} {v:.3g}" for k, v in figures.items()]
    print(f"{name:12} {', '.join(line)}", flush=True)  # noqa: T201  (talks to a person)
    lost = sorted({one for report in reports for one in report.lost})
    missed = [
        f"{name}: {key} {value:g} instead of 100 ({', '.join(lost)})" for key, value in points.items() if value < 100
    ]
    return missed + [
        f"{name}: {key} {figures[key]:.3g}, at most {most}" for key, (_a, most) in LIMITS.items() if figures[key] > most
    ]


def main(words: list[str]) -> int:
    logging.disable(logging.INFO)
    chosen = [name for name in PAGES if not words or any(word in name for word in words)]
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        with running(home, "sqlite", f"sqlite:///{home}/motcua.db") as site:
            for name in chosen:
                missed += judged(name, [look(site, name, home, number) for number in range(RUNS)])
            tour_of(site).close()
    print("\n".join(missed) or "Goal 8 is reached on all of them.")  # noqa: T201
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
