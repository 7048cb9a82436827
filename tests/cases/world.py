"""An installation with something of everything, and the addresses in it that people really follow.

Nobody lists these addresses: each person's pages are walked through link by link and form by form, so a new page is
in the cases as soon as something leads to it.
"""

import re
from collections import deque
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from tests import people as who
from tests.browser.conftest import Site
from tests.browser.tour import LAN, LAN_ID, Tour
from tests.browser.tour_once import list_wanted, wanted
from tests.cases.everybody import ARGUMENT, Visitor, made_up
from tests.factories.dossiers import HOME, NEXT_DOOR
from webapp.accounts import mandates, staff
from webapp.accounts.demo import STAFF_PASSWORD
from webapp.core import clock
from webapp.core.actor import Role
from webapp.core.ids import new_public_id
from webapp.identity.models import NationalIdentity
from webapp.offices.models import Office

LINK = re.compile(r'(?:href|action|formaction|src)="(/[^"]*)"')
STARTS = {
    "anonymous": ["/"],
    "lan": ["/", "/me", "/dossiers", "/me/helpers", "/me/identity", "/me/phones", "/me/devices", "/me/records"],
    "tour-helper": ["/assisted"],
    "tour-helping": ["/", "/assisted", "/dossiers"],
    "tour-officer": ["/counter", "/counter/worklist", "/counter/recoveries", "/counter/walk-in"],
    "tour-case": ["/counter", "/counter/worklist"],
    "tour-manager": ["/counter/worklist", "/manage", "/manage/staff"],
    "tour-admin": ["/manage", "/manage/staff", "/manage/units", "/manage/procedures/1.003197"],  # a text waits there
}
STRANGER = "stranger"  # has every task at the counter of another office
PER_ROUTE = 3


class World:
    """The tour, a few more things of Lan's, a stranger, and who finds which addresses."""

    def __init__(self, folder: Path) -> None:
        self.tour = Tour(Site("http://localhost", "sqlite", f"sqlite:///{folder}/motcua.db", folder))
        self.app: Flask = self.tour.app
        self._more()
        wanted(self.tour)  # by another administrator
        list_wanted(self.tour)  # by an officer
        self.found: dict[str, dict[str, list[str]]] = {
            name: self._walk(self.visitor(name).client, self._starts(name)) for name in STARTS
        }
        self.found["lan"]["/me/helpers/<id>/revoke"] = [f"/me/helpers/{self.mandate}/revoke"]  # where no visit was
        hours = "/manage/calendar/hours/<id>"  # led to from the office's own page alone
        self.found["tour-manager"][hours] = [hours.replace("<id>", self.office)]

    def _more(self) -> None:
        with self.tour.services.database.transaction() as session:
            lan, now = who.person(session, LAN_ID), clock.now()
            office = session.scalars(select(Office).where(Office.code == NEXT_DOOR)).one()
            staff.create_staff(
                session, username=STRANGER, name="Lương Văn Lạ", password=STAFF_PASSWORD, office_id=office.id,
                roles=[Role.RECEPTION, Role.CASE, Role.MANAGER],
            )  # fmt: skip
            mandate = mandates.grant_mandate(
                session, person_id=lan.id, helper=self.tour.actor(session, "tour-helper"), text_version="2026-11",
                evidence_kind=mandates.CARD_PIN, evidence_id=new_public_id(),
            )  # fmt: skip
            identity = NationalIdentity(
                person_id=lan.id, issuer="https://vneid.example", subject_index="0" * 64, level=2, linked_at=now,
                used_at=now,
            )  # fmt: skip
            identity.claims = {"citizen_id": LAN_ID, "full_name": LAN}
            session.add(identity)
            self.mandate = mandate.public_id
            self.office = session.scalars(select(Office.public_id).where(Office.code == HOME)).one()

    def visitor(self, name: str) -> Visitor:
        """A browser of this one of the tour's people, of the stranger, or of nobody."""
        if name == "anonymous":
            return Visitor(self.app, self.app.test_client())
        if name == STRANGER:
            client = self.app.test_client()
            who.log_in_staff(client, self.tour.services, STRANGER)
            return Visitor(self.app, client)
        return Visitor(self.app, self.tour.client(name))

    def _starts(self, name: str) -> list[str]:
        place = {"lan": "/dossiers", "tour-officer": "/counter/dossiers", "tour-case": "/counter/dossiers"}.get(name)
        return STARTS[name] + ([f"{place}/{public}" for public in self.tour.ids.values()] if place else [])

    def route(self, path: str) -> str | None:
        """Which route answers there."""
        for method in ("GET", "POST"):
            try:
                return str(self.app.url_map.bind("localhost").match(path, method, return_rule=True)[0].rule)
            except HTTPException:
                continue
        return None

    def _walk(self, client: FlaskClient, starts: list[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        waiting, seen = deque(starts), set(starts)
        while waiting:
            here = waiting.popleft()
            path = urlsplit(here).path
            route = self.route(path)
            if route is None or route.startswith("/static"):
                continue
            known = found.setdefault(route, [])
            if path not in known:
                known.append(path)
            if known.index(path) >= PER_ROUTE and here not in starts:
                continue
            answer = client.get(here, buffered=True)
            if answer.status_code == 404:  # a draft is nothing to the office
                known.remove(path)
            if answer.mimetype != "text/html":
                continue
            for link in LINK.findall(answer.text):
                target = urlsplit(urljoin(here, unescape(link)))._replace(fragment="").geturl()
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return found

    def addresses(self, route: str, *names: str) -> list[str]:
        """Real addresses on this route that these people find; else made from real ids of its neighbours."""
        here = [path for name in names or STARTS for path in self.found[name].get(route, [])]
        for argument in () if here else reversed(list(ARGUMENT.finditer(route))):
            stem, parts = route[: argument.end()], route[: argument.end()].count("/") + 1
            here = [
                made_up("/".join(path.split("/")[:parts]) + route[argument.end() :])
                for name in names or STARTS
                for other, paths in self.found[name].items()
                for path in paths
                if other == stem or other.startswith(f"{stem}/")
            ]
            if here:
                break
        return list(dict.fromkeys(here)) or ([] if "<" in route else [route])

    def close(self) -> None:
        self.tour.close()
