"""ffuf: addresses that nobody links to. What answers and is no route of ours is a finding."""

import json
import re
import subprocess
from pathlib import Path

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.scan.ground import Finding, Ground, Scanned

HIDDEN = Path(__file__).with_name("hidden.txt")
COMMON = Path("/usr/share/dirb/wordlists/common.txt")
WANTS = ("ffuf", "dirb")


def install() -> None:
    """Nothing beside what the system's package brings."""


def scan(ground: Ground, at: Scanned, seconds: int) -> list[Finding]:
    """Our own list first, then the common one; never longer than `seconds`."""
    routes = ground.world.app.url_map.bind("127.0.0.1")
    found = []
    for words in (HIDDEN, COMMON):
        out = at.folder / f"{words.stem}.json"
        command = [
            "ffuf", "-w", str(words), "-u", f"{at.url}/FUZZ", "-mc", "all", "-fc", "404", "-t", "10",
            "-maxtime", str(seconds), "-s", "-of", "json", "-o", str(out), *(["-b", at.cookie] if at.cookie else []),
        ]  # fmt: skip
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds + 60)
        for hit in json.loads(out.read_text())["results"]:
            path = "/" + hit["input"]["FUZZ"]
            if hit["status"] == 308 and hit["redirectlocation"].startswith(f"{at.url}/"):
                continue  # two slashes are one: the other address is asked for by itself, and is not there
            if hit["status"] >= 500 or not is_ours(routes, path):
                found.append(Finding("ffuf", at.who, f"answers {hit['status']}", path))
    return found


def is_ours(routes: MapAdapter, path: str) -> bool:
    """One of the routes answers there; the folder of static files is ours only where it has such a file."""
    if re.search(r"\.\.|%2e|\\|//", path, re.I):
        return False
    try:
        rule, _values = routes.match(path.split("?")[0], "GET", return_rule=True)
    except HTTPException as refused:
        return refused.code in (301, 308, 405)
    return not rule.rule.startswith("/static")
