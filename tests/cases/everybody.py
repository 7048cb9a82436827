"""Everybody who may knock, every door there is, and what an answer says about who may go through."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData
from werkzeug.test import TestResponse

from tests import people
from tests.factories.dossiers import HOME
from tests.webapp.interop.conftest import system_of
from webapp.core.ids import new_public_id
from webapp.shell.access import Door, doors
from webapp.shell.services import Services

# role of the table → user name of the demo; the helper has nobody beside them
STAFF = {"helper": "helper", "reception": "officer", "case": "case", "manager": "manager", "admin": "admin"}
WHO = ("anonymous", "citizen", *STAFF, "agency")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ARGUMENT = re.compile(r"<(?:([a-z]+)(?:\(([^)]*)\))?:)?([a-z_]+)>")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
LOG_IN = re.compile(r"/(staff/)?login(\?|$)")
NOBODYS_CARE = {
    "audit_entries": "who looked at what is written down on purpose",
    "dossier_openings": "the same, for the person to read",
    "audit_head": "the last line of that journal",
}


class Visitor:
    """Somebody's browser (or an office's system) that comes to each door as it was at the beginning."""

    def __init__(self, app: Flask, client: FlaskClient, *, secret: str = "") -> None:
        self.app, self.client = app, client
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.token = ""
        if found := TOKEN.search(client.get("/login").text) or _token_of_menu(client):
            self.token = found[1]
        self._cookie = client.get_cookie("motcua")

    def knock(self, path: str, method: str, **more: Any) -> TestResponse:
        """Ask with the form token in hand, so that not the lack of one is what answers."""
        if self._cookie is not None:
            self.client.set_cookie("motcua", self._cookie.value)
        else:
            self.client.delete_cookie("motcua")
        given = {**self.headers, "X-CSRF-Token": self.token, **more.pop("headers", {})}
        return self.client.open(path, method=method, headers=given, buffered=True, **more)


def _token_of_menu(client: FlaskClient) -> re.Match[str] | None:
    return re.search(r'action="/logout">.*?name="csrf_token" value="([^"]+)"', client.get("/appearance").text, re.S)


def visitor(app: Flask, who: str) -> Visitor:
    """Anonymous, a citizen, one of the demo's staff, or an office's own system."""
    services: Services = app.extensions["motcua"]
    if who == "agency":
        return Visitor(app, app.test_client(), secret=system_of(app, HOME).secret)
    client = app.test_client()
    if who == "citizen":
        people.log_in_citizen(client, services)
    elif who != "anonymous":
        people.log_in_staff(client, services, STAFF[who])
    return Visitor(app, client)


def made_up(path: str) -> str:
    """The route's path with ids that nobody has."""

    def value(found: re.Match[str]) -> str:
        kind, choices, _name = found.groups()
        if kind == "any":
            return choices.split(",")[0]
        return "1" if kind == "int" else new_public_id().replace("-", "a").replace("_", "b")

    return ARGUMENT.sub(value, path)


def by_path(app: Flask) -> dict[str, dict[str, Door]]:
    """Route → method → what is declared. The way out comes last: after it this log-in is over."""
    table: dict[str, dict[str, Door]] = {}
    for door in sorted(doors(app), key=lambda each: each.path == "/logout"):
        table.setdefault(door.path, {})[door.method] = door
        if door.method == "GET":
            table[door.path]["HEAD"] = door
    return table


def is_turned_away(answer: TestResponse) -> bool:
    """Told "not you" or "log in first"."""
    to_log_in = answer.status_code in (302, 303) and LOG_IN.match(answer.headers.get("Location", ""))
    return answer.status_code in (401, 403) or bool(to_log_in)


def contents(app: Flask, leave_out: Iterable[str] = NOBODYS_CARE, columns: Iterable[str] = ()) -> dict[str, list[Any]]:
    """Every row of every table but these; `columns` ("table.column") are left out too."""
    services: Services = app.extensions["motcua"]
    metadata, forgotten = MetaData(), set(columns)
    with services.database.engine.connect() as connection:
        metadata.reflect(connection)
        found = {}
        for table in metadata.sorted_tables:
            if table.name in leave_out:
                continue
            wanted = [c for c in table.columns if f"{table.name}.{c.name}" not in forgotten]
            rows = connection.execute(table.select().with_only_columns(*wanted)).all()
            found[table.name] = sorted(repr(tuple(row)) for row in rows)
    return found
