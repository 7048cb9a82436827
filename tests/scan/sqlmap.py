"""sqlmap: every field of every form and of every address with a query, as it stands in the pages."""

import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from tests.scan.ground import PEOPLE, Finding, Ground, Scanned

WANTS = ("sqlmap",)
LEFT_OUT = ("/logout", "/static", "/language", "/appearance")  # the first would end the scan; the last two are by all
INJECTED = re.compile(r"identified the following injection point|is vulnerable|appears to be .*injectable")
CLEAN = re.compile(r"do not appear to be injectable|does not seem to be injectable|no parameter\(s\) found")
MOST_PER_TARGET = 150  # seconds


def install() -> None:
    """Nothing beside what the system's package brings."""


@dataclass(frozen=True)
class Target:
    """What one form, or one link with a query, sends."""

    method: str
    path: str
    fields: dict[str, str] = field(default_factory=dict)


class _Fields(HTMLParser):
    """The forms of a page and its links that ask something."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here, self.targets, self._form = here, [], None

    def handle_starttag(self, tag, attrs):
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._form = Target(given.get("method", "get").upper(), urljoin(self.here, given.get("action", "")), {})
            self.targets.append(self._form)
        elif tag == "a" and "?" in given.get("href", ""):
            there = urlsplit(urljoin(self.here, given["href"]))
            if not there.netloc:
                self.targets.append(Target("GET", there.path, dict(parse_qsl(there.query))))
        elif self._form is not None and given.get("name") and given.get("type") != "file":
            self._form.fields.setdefault(given["name"], given.get("value") or "1")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None


def targets(ground: Ground, who: str) -> Iterator[Target]:
    """One of each route and set of fields that this one finds."""
    seen, client = set(), ground.visitors[who].client
    for paths in ground.world.found[PEOPLE[who]].values():
        for path in paths[:1]:
            answer = client.get(path, buffered=True)
            if answer.mimetype != "text/html":
                continue
            reader = _Fields(path)
            reader.feed(answer.text)
            for one in reader.targets:
                there, names = urlsplit(one.path), frozenset(one.fields) - {"csrf_token"}
                key = (one.method, ground.world.route(there.path), names)
                if names and key not in seen and not there.path.startswith(LEFT_OUT):
                    seen.add(key)
                    fields = {name: value for name, value in one.fields.items() if name in names}
                    yield Target(one.method, there.path, {**dict(parse_qsl(there.query)), **fields})


def scan(ground: Ground, at: Scanned, seconds: int) -> list[Finding]:
    """As many as `seconds` allow; says how many that were."""
    found, until, waiting = [], time.monotonic() + seconds, list(targets(ground, at.who))
    done = 0
    for number, target in enumerate(waiting):
        left = until - time.monotonic()
        if left < 5:
            break
        said = _ask(at, target, number, min(left, MOST_PER_TARGET))
        where = f"{target.method} {target.path} {' '.join(target.fields)}"
        if INJECTED.search(said):
            found.append(Finding("sqlmap", at.who, "injectable", where))
        elif CLEAN.search(said):
            done += 1
    print(f"  sqlmap tried {done} of {len(waiting)} forms and queries to the end", flush=True)
    if waiting and not done:
        found.append(Finding("sqlmap", at.who, "tried nothing to the end", str(at.folder)))
    return found


def _ask(at: Scanned, target: Target, number: int, seconds: float) -> str:
    body = urlencode(target.fields)
    lines = [
        f"{target.method} {target.path}{'?' + body if target.method == 'GET' else ''} HTTP/1.1",
        f"Host: {urlsplit(at.url).netloc}",
        f"X-CSRF-Token: {at.token}",
        *([f"Cookie: {at.cookie}"] if at.cookie else []),
        *(["Content-Type: application/x-www-form-urlencoded"] if target.method == "POST" else []),
        "",
        body if target.method == "POST" else "",
    ]
    request = at.folder / f"request-{number}.txt"
    request.write_text("\n".join(lines))
    command = [
        "sqlmap", "-r", str(request), "--batch", "--ignore-stdin", "--level", "2", "--risk", "1", "--threads", "4",
        "--flush-session", "--technique", "BEU", "--skip-waf", "--ignore-redirects", "--ignore-code", "*",
        "--param-exclude", "mandate|motcua", "--disable-coloring", "--output-dir", str(at.folder / "sqlmap"),
        "--timeout", "30",
    ]  # fmt: skip
    out = at.folder / f"sqlmap-{number}.txt"
    with out.open("w") as log:
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            log.write("\nended by the clock")
    return out.read_text(errors="replace")
