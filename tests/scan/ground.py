"""What is scanned: gunicorn on a copy of an installation with something of everything, and log-ins of five people."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import wsgi
from tests.cases.everybody import Visitor
from tests.cases.serving import served
from tests.cases.world import World
from tests.conftest import prepare
from tests.conftest import test_settings as settings_for

# who scans → who that is in the tests' world; the helper has somebody beside them
PEOPLE = {
    "anonymous": "anonymous",
    "citizen": "lan",
    "helper": "tour-helping",
    "officer": "tour-officer",
    "admin": "tour-admin",
}


@dataclass(frozen=True)
class Finding:
    """Something a tool (or our own log) holds against us."""

    tool: str
    who: str
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.tool} as {self.who}: {self.what}: {self.where}"


@dataclass(frozen=True)
class Scanned:
    """A server to be scanned by one of the five."""

    who: str
    url: str
    folder: Path  # for what the tools leave behind
    cookie: str  # "motcua=…"; nobody has one, too: it signs what forms carry
    token: str  # what forms of this log-in carry


class Ground:
    """The installation, made once; each scan gets a copy, so that what one leaves behind does not hide a thing."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, folder / "made"
        self.made.mkdir(parents=True)
        app = wsgi.create_app(settings_for(self.made))
        prepare(app)
        app.extensions["motcua"].database.dispose()
        self.world = World(self.made)
        self.visitors: dict[str, Visitor] = {}

    @contextmanager
    def served(self, who: str, tool: str) -> Iterator[Scanned]:
        """A fresh copy behind gunicorn, 2 workers × 4 threads, where anybody may try as often as they like."""
        folder = self.folder / f"{tool}-{who}"
        folder.mkdir()
        visitor = self.visitors[who] = self.world.visitor(PEOPLE[who])  # a log-in of an hour ago is none any more
        self.world.tour.services.database.dispose()
        found = visitor.client.get_cookie("motcua")
        cookie = f"motcua={found.value}" if found else ""
        with served(self.made, folder, app="tests.scan.patient:create_app()", MOTCUA_LIMITS="relaxed") as running:
            yield Scanned(who, f"http://127.0.0.1:{running.port}", folder, cookie, visitor.token)


def broken(tool: str, at: Scanned) -> list[Finding]:
    """Each kind of request that our own log says we broke on, whatever the tool made of it.

    A scan that went on without its log-in saw little: that is a finding about the scan.
    """
    found, asked, known = {}, 0, 0
    for line in (at.folder / "web.log").read_text(errors="replace").splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            found.setdefault(f"a line that is none of ours: {line[:200]}", "web.log")
            continue
        if said.get("status", 0) >= 500:
            found.setdefault(f"{said['status']} {said.get('error', '')}", f"{said.get('method')} {said.get('route')}")
        if said.get("event") == "request":
            asked, known = asked + 1, known + (said.get("role") is not None)
    if at.who != "anonymous" and known < asked / 2:
        found["asked most as nobody"] = f"{asked - known} of {asked} requests"
    return [Finding(tool, at.who, what, where) for what, where in found.items()]
