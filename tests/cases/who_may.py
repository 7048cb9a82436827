"""Who may do what, written down: one line for each door, one cell for each role. A right that grows shows in a diff.

    .venv/bin/python -m tests.cases.who_may        writes the table anew from what the views declare; read its diff

`open`: comes in. `away`: is told to log in or refused. `nobody's`: may act for the one beside them, and nobody is
there. `public`: everybody. `own proof`: everybody who brings another proof than a log-in. A method without a line is
refused (405).
"""

import csv
import tempfile
from pathlib import Path

from flask import Flask

import wsgi
from tests.cases.everybody import WHO, by_path
from tests.conftest import test_settings as settings_for
from webapp.core.permissions import CITIZEN_SIDE, MACHINE_SIDE
from webapp.shell.access import Door

TABLE = Path(__file__).with_name("who_may.csv")
COMMAND = ".venv/bin/python -m tests.cases.who_may"
# Public doors that turn away by a proof of another kind than a log-in.
OWN_PROOF = {
    "/demo/vneid/token": "asks for the secret of the program that comes with a code",
    "/demo/vneid/userinfo": "asks for the token it has given",
    "/login/stay": "a script asks with it whether this browser is still logged in",
    "/login/again/code": "staff have no phone of their own that a code could go to",
    "/hooks/sms/inbound": "the gateway signs what it brings",
    "/hooks/sms/status": "the gateway signs what it reports",
}
Table = dict[tuple[str, str], dict[str, str]]


def promised(door: Door, who: str) -> str:
    """What the declaration promises to this visitor."""
    if door.right is None:
        return "own proof" if door.path in OWN_PROOF else "public"
    roles = set(door.roles)
    if who == "agency":
        return "open" if roles <= MACHINE_SIDE else "away"
    if who not in roles:
        return "away"
    return "nobody's" if who == "helper" and roles == CITIZEN_SIDE else "open"


def declared(app: Flask) -> Table:
    """(path, method) → role → promise, as the views declare it."""
    return {
        (path, method): {who: promised(door, who) for who in WHO}
        for path, doors in sorted(by_path(app).items())
        for method, door in sorted(doors.items())
        if method != "HEAD"
    }


def written() -> Table:
    """The same as it stands in the table that people have read."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return {(row.pop("path"), row.pop("method")): row for row in csv.DictReader(file)}


def main() -> None:
    """Write the table."""
    with tempfile.TemporaryDirectory() as folder:
        table = declared(wsgi.create_app(settings_for(Path(folder))))
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["path", "method", *WHO])
        out.writerows([path, method, *cells.values()] for (path, method), cells in table.items())


if __name__ == "__main__":
    main()
