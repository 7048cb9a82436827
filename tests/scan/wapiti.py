"""wapiti: walks through the pages by itself and attacks each form and address. In a folder of its own."""

import json
import subprocess
import sys
from pathlib import Path

from tests.bench import servers
from tests.scan.ground import Finding, Ground, Scanned

VERSION = "wapiti3==3.2.3"  # beside other packages pip takes an older one
FOLDER = servers.ROOT / ".venv" / "wapiti"
WANTS = ()
MODULES = "xss,sql,timesql,redirect,file,exec,crlf,csp,http_headers,cookieflags,upload,xxe,permanentxss,csrf,methods"
STARTS = {
    "anonymous": ("/", "/lookup", "/procedures"),
    "citizen": ("/me", "/dossiers", "/procedures"),
    "helper": ("/assisted", "/dossiers"),
    "officer": ("/counter", "/counter/worklist", "/counter/walk-in"),
    "admin": ("/manage", "/manage/staff", "/manage/units"),
}
# What it says against every page, and why that is no finding.
NO_FINDING = {
    "Secure Flag cookie": "the scan asks by http on 127.0.0.1; D09 proves the flag on https",
    "Secure cookie": "as above",
    "HTTP Strict Transport Security (HSTS)": "as above; D23 proves it on https",
    "Unencrypted Channels": "as above",
}
# What it says against one page.
NO_FINDING_THERE = {
    ("Cross Site Request Forgery", "/appearance"): "how this browser shows pages; refused from foreign pages (D20)",
    ("Cross Site Request Forgery", "/language/en"): "as above",
    ("Cross Site Request Forgery", "/language/vi"): "as above",
}


def install() -> None:
    """Into its own folder, once."""
    if not (FOLDER / "bin" / "wapiti").exists():
        subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
        subprocess.run([python(), "-m", "pip", "install", "-qq", VERSION], check=True, capture_output=True)


def python() -> str:
    """The folder's own; its scripts name the path they were installed under, and a checkout may be moved."""
    return str(FOLDER / "bin" / "python")


def scan(_ground: Ground, at: Scanned, seconds: int) -> list[Finding]:
    """The walk takes at most half of `seconds`, each kind of attack a tenth."""
    out = at.folder / "wapiti.json"
    starts = [option for path in STARTS[at.who] for option in ("-s", at.url + path)]
    command = [
        python(), str(FOLDER / "bin" / "wapiti"), "-u", f"{at.url}/", "--scope", "folder", "-m", MODULES, *starts,
        *(["-H", f"Cookie: {at.cookie}"] if at.cookie else []),
        "-x", f"{at.url}/logout", "--endpoint", "http://127.0.0.1:9/", "--flush-session",
        "--store-session", str(at.folder / "wapiti"), "--store-config", str(at.folder / "wapiti"),
        "--max-scan-time", str(seconds), "--max-attack-time", str(max(10, seconds // 10)), "-d", "6", "-t", "20",
        "--no-bugreport", "-f", "json", "-o", str(out),
    ]  # fmt: skip
    with (at.folder / "wapiti.log").open("w") as log:
        subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=seconds * 3 + 120, check=False
        )
    return _read(at, out)


def _read(at: Scanned, out: Path) -> list[Finding]:
    if not out.exists():
        return [Finding("wapiti", at.who, "no report", str(at.folder / "wapiti.log"))]
    said, found = json.loads(out.read_text()), {}
    for group in ("vulnerabilities", "anomalies"):
        for kind, hits in said[group].items():
            for hit in hits if kind not in NO_FINDING else []:
                if (kind, hit["path"]) in NO_FINDING_THERE:
                    continue
                found.setdefault((kind, hit["info"][:160]), f"{hit['method']} {hit['path']} {hit['parameter'] or ''}")
    print(f"  wapiti walked through {said['infos']['crawled_pages_nbr']} pages", flush=True)
    return [Finding("wapiti", at.who, " ".join(what), where) for what, where in found.items()]
