"""D15: whatever fields somebody adds to a form, nothing is set that the page does not ask for."""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import people as who
from tests.cases.everybody import by_path
from tests.cases.test_d24_whatever_is_sent import ELSEWHERE, House, hidden_of
from tests.factories.dossiers import NEXT_DOOR
from tests.filling import sent_birth
from tests.pages import post_form
from tests.webapp.accounts.test_manage_staff import NEW
from tests.webapp.accounts.test_me import NEW as MOVED
from tests.webapp.accounts.test_register import NUMBER, prove_phone, tell
from tests.webapp.counter.test_deciding import SUPPLEMENT, press
from webapp.accounts import people
from webapp.accounts.models import Account, Mandate, Person
from webapp.core import throttle
from webapp.dossiers.models import Dossier
from webapp.payments.models import Payment

MORE = {
    "id": "1", "public_id": "x" * 22, "status": "granted", "state": "granted", "resume_to": "granted", "queue": "9",
    "owner_id": "1", "person_id": "2", "account_id": "1", "started_by": "1", "office_id": "2", "unit_id": "2",
    "procedure_code": "1.004194", "revision_id": "1", "channel": "counter", "mandate_id": "1", "fee_paid": "yes",
    "paid_at": "2026-01-01", "role": "admin", "roles": "admin", "kind": "staff", "assurance": "vneid",
    "username": "root", "is_admin": "1", "disabled_at": "", "password_hash": "x", "held_until": "",
    "due_at": "2036-01-01",
    "submitted_at": "2020-01-01", "settled_at": "2020-01-01", "verified_at": "2020-01-01", "version": "99",
}  # fmt: skip
# What decides whose it is and where it stands; the rest differs from dossier to dossier.
DOSSIER = (
    "person_id", "revision_id", "procedure_code", "office_id", "state", "resume_to", "version", "channel",
    "started_by", "mandate_id", "queue", "settled_at", "handed_over_at",
)  # fmt: skip
MANDATE = ("id", "person_id", "helper_id", "office_id", "evidence_kind", "text_version", "ended_at", "revoked_at")
PAYMENT = ("id", "request_id", "office_id", "amount", "method", "receipt_number", "recorded_by")
ACCOUNT = ("id", "kind", "username", "roles", "office_id", "person_id", "disabled_at", "password_hash", "held_why")

# who presses every button they find, and as what
PRESSING = {
    "lan": {"citizen"},
    "tour-helping": {"helper"},
    "tour-officer": {"reception"},
    "tour-case": {"case"},
    "tour-manager": {"manager"},
    "tour-admin": {"admin"},
}


class Greedy(FlaskClient):
    """A browser that adds all these fields to each form that has none of that name."""

    def open(self, *args, **kwargs):
        if isinstance(kwargs.get("data"), Mapping):
            kwargs["data"] = {**MORE, **kwargs["data"]}
        return super().open(*args, **kwargs)


@pytest.fixture
def greedy(app, monkeypatch):
    """greedy() → such a browser."""
    monkeypatch.setattr(app, "test_client_class", Greedy)
    return app.test_client


def columns(services, model, names):
    with services.database.session(write=False) as session:
        rows = session.scalars(select(model).order_by(model.id)).all()
        return [{name: getattr(row, name) for name in names} for row in rows]


def test_a_dossier_is_sent_as_by_somebody_honest(greedy, services):
    honest, other = FlaskClient(greedy().application, greedy().response_wrapper), greedy()
    for browser in (honest, other):
        who.log_in_citizen(browser, services)
        sent_birth(browser)
    [first, second] = columns(services, Dossier, DOSSIER)
    assert second == first
    assert (second["state"], second["channel"], second["mandate_id"]) == ("submitted", "self", None)
    assert columns(services, Payment, ("id",)) == []


def test_an_officers_decisions_are_what_the_pages_ask(greedy, services):
    citizen, officer = greedy(), greedy()
    who.log_in_citizen(citizen, services)
    dossier = sent_birth(citizen)
    [before] = columns(services, Dossier, DOSSIER)

    class Sent:
        url = f"/counter{dossier}"

    who.log_in_staff(officer, services, "case")
    for verb, data, state in (
        ("receive", {}, "received"),
        ("process", {}, "processing"),
        ("request-supplement", SUPPLEMENT, "supplement_requested"),
    ):
        assert press(officer, Sent, verb, data).status_code == 303
        [now] = columns(services, Dossier, DOSSIER)
        assert now["state"] == state
    kept = set(DOSSIER) - {"state", "resume_to", "version", "queue"}
    assert {name: now[name] for name in kept} == {name: before[name] for name in kept}


def test_who_registers_is_a_citizen_known_by_the_phone(greedy, services):
    before = columns(services, Account, ACCOUNT)
    browser = greedy()
    prove_phone(browser)
    assert tell(browser).status_code == 303
    with services.database.session(write=False) as session:
        made = people.find_by_citizen_id(session, NUMBER)
        account = people.account_of(session, made.id)
    assert (made.assurance, account.kind, account.roles, account.office_id) == ("phone", "citizen", ["citizen"], None)
    assert account.username is None
    assert columns(services, Account, ACCOUNT)[: len(before)] == before


def test_who_changes_the_own_settings_changes_nothing_else(greedy, services):
    browser = greedy()
    who.log_in_citizen(browser, services)
    before = columns(services, Account, ACCOUNT), columns(services, Person, ("id", "assurance", "citizen_id"))
    assert post_form(browser, "/me/settings", MOVED).location == "/me"
    assert (columns(services, Account, ACCOUNT), columns(services, Person, ("id", "assurance", "citizen_id"))) == before


def test_a_manager_gives_the_tasks_of_the_own_office_only(greedy, services):
    browser = greedy()
    manager = who.log_in_staff(browser, services, "manager")
    before = columns(services, Account, ACCOUNT)
    answer = post_form(browser, "/manage/staff/new", {**NEW, "office": NEXT_DOOR, "role_admin": "yes"})
    assert answer.status_code == 200
    *old, made = columns(services, Account, ACCOUNT)
    assert old == before
    assert (made["kind"], made["roles"], made["office_id"]) == ("staff", ["reception"], manager.office_id)


def everything(services):
    """All that decides, of everybody; moments only by whether there is one."""
    found = {
        model.__name__: columns(services, model, names)
        for model, names in ((Dossier, DOSSIER), (Account, ACCOUNT), (Mandate, MANDATE), (Payment, PAYMENT))
    }
    found["Person"] = columns(services, Person, ("id", "assurance", "citizen_id"))
    for row in (row for rows in found.values() for row in rows):
        row.update({name: value is not None for name, value in row.items() if name.endswith("_at")})
        row.pop("password_hash", None)
    return found


def press_everything(house, more):
    """Each form that somebody finds, sent as it stands with something in its empty fields; what was answered."""
    answers = []
    for name, roles in PRESSING.items():
        house.who = name
        knocks = house.log_in()
        for route, declared in by_path(house.world.app).items():
            door = declared.get("POST")
            if door is None or route.startswith(ELSEWHERE) or not roles & set(door.roles or roles):
                continue
            for path in house.world.addresses(route, name)[:1]:
                own = {field: value or "Ghi chú" for field, value in hidden_of(knocks, {}, path).items()}
                answers.append((name, path, knocks.knock(path, "POST", data={**more, **own}).status_code))
    return answers


@pytest.mark.long
@pytest.mark.xdist_group("world")
def test_no_form_at_all_sets_what_its_page_does_not_ask(world, tmp_path, monkeypatch):
    """Everybody presses every button on two copies of one installation: once as it stands, once with all of these."""
    monkeypatch.setattr(throttle._Rule, "relaxed", True)
    left = []
    for number, more in enumerate(({}, MORE)):
        house = House(world, tmp_path / f"copy{number}", "lan")
        try:
            house.copy()
            before = everything(world.tour.services)
            left.append((press_everything(house, more), everything(world.tour.services)))
        finally:
            house.close()
    (plain, honest), (greedy, after) = left
    assert [pair for pair in zip(plain, greedy, strict=True) if pair[0] != pair[1]] == []
    assert after == honest
    assert honest != before, "some of it did something"
    assert len(plain) > 100
