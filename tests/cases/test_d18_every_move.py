"""D18: another unit's officer finds nothing; an illegal step is refused; a legal one stands once in every book."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import people as who
from tests.days import ahead
from tests.factories.dossiers import photo
from tests.factories.states import PLACES, bring
from tests.pages import text_of
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.outbox import OutboxEvent
from webapp.dossiers.models import Dossier, DossierMove, SupplementRequest
from webapp.dossiers.states import MOVES, NEEDS, Party
from webapp.shell.services import Services

STAFF = {"officer": Party.RECEPTION, "case": Party.CASE, "manager": Party.MANAGER}
VERBS = sorted({verb for _state, verb in MOVES} - {"submit"})  # a draft is nobody's but its owner's
OWN = ("supplement", "withdraw")
REASON = {"phrase": ["not_paid"], "reason": "Theo biên bản ngày 20/11/2026.", "basis": "Điều 5 Luật Hộ tịch"}
# verb → the page it is pressed on, and what is typed there
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "receive": ("receive", {}),
    "process": ("process", {}),
    "decline": ("decline", REASON),
    "stop": ("stop", REASON),
    "request_supplement": (
        "request-supplement",
        {"ask_document_birth_proof": "yes", "fault_document_birth_proof": "blurred", "deadline_on": ahead()},
    ),
    "require_payment": ("require-payment", {"amount": "50000", "what_for": "Lệ phí", "reason": "Quá hạn."}),
    "pay": ("record-payment", {"method": "cash", "receipt_number": "0001234"}),
    "settle": ("settle", {"decision": "refused", "issued_on": "22/11/2026", "reason": "Đã đăng ký nơi khác."}),
    "hand_over": ("hand-over", {"to_whom": "Nguyễn Thị Đào", "how": "counter"}),
    "accept_withdrawal": ("answer-withdrawal", {"accept": "yes"}),
    "refuse_withdrawal": ("answer-withdrawal", {"accept": "no", "reason": "Đã in giấy khai sinh."}),
}
# what only some of the staff may do at all, in any state
ONLY = {"settle": {"case", "manager"}}
FORBIDDEN, CONFLICT, DONE = 403, 409, 303


def legal(place: str, verb: str, person: str) -> bool:
    """By the table, and by the day that somebody was given to answer."""
    state, resume_to, _how = PLACES[place]
    _target, parties = MOVES.get((state, verb), (None, frozenset()))
    if resume_to not in NEEDS.get((state, verb), {resume_to}):
        return False
    if place.startswith("asked ") and "back" not in place and "over" not in place and verb in ("decline", "stop"):
        return False
    if verb == "pay":  # an officer writes it down, the rule moves the dossier
        return Party.SYSTEM in parties and person in STAFF
    return STAFF.get(person, Party.APPLICANT) in parties


def books(services: Services) -> dict[str, Any]:
    """How much stands in the history, the journal and the outbox, and where every dossier stands."""
    with services.database.session(write=False) as session:
        return {
            "moves": session.scalar(select(func.count()).select_from(DossierMove)),
            "journal": session.scalar(select(func.count()).where(AuditEntry.action.like("dossier:%"))),
            "events": session.scalar(select(func.count()).select_from(OutboxEvent)),
            "states": {row[0]: row[1] for row in session.execute(select(Dossier.public_id, Dossier.state))},
        }


@pytest.fixture
def everybody(app: Flask, services: Services) -> dict[str, FlaskClient]:
    """A browser for each of the staff, and one for the applicant."""
    browsers = {}
    for name in (*STAFF, "officer2"):
        browsers[name] = app.test_client()
        who.log_in_staff(browsers[name], services, name)
    browsers["applicant"] = app.test_client()
    who.log_in_citizen(browsers["applicant"], services)
    return browsers


@pytest.fixture
def at(services: Services) -> Callable[[str], str]:
    """at(place) → the id of a dossier that stands there."""

    def at(place: str) -> str:
        with services.database.transaction() as session:
            return bring(session, services.storage, place, who.person(session)).public_id

    return at


def token(browser: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/appearance").text)
    assert found, "nobody is logged in"
    return found[1]


def do(services: Services, browser: FlaskClient, person: str, verb: str, dossier: str) -> Any:
    """Press the button of the verb as this person, with the newest version and everything filled in."""
    with services.database.session(write=False) as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        version = row.version
        asked = session.scalar(
            select(SupplementRequest.public_id)
            .where(SupplementRequest.dossier_id == row.id, SupplementRequest.answered_at.is_(None))
            .order_by(SupplementRequest.id.desc())
        )
    data: dict[str, Any] = {"csrf_token": token(browser), "version": version}
    if verb in OWN:
        if verb == "supplement":
            data |= {"photos_birth_proof": (io.BytesIO(photo()), "giay.jpg"), "request": asked or ""}
        return browser.post(f"/dossiers/{dossier}/{verb}", data=data)
    page, typed = FORMS[verb]
    return browser.post(f"/counter/dossiers/{dossier}/{page}", data={**data, **typed})


def expected(place: str, verb: str, person: str) -> int:
    if (person in STAFF) == (verb in OWN) or person not in ONLY.get(verb, {person}):
        return FORBIDDEN
    return DONE if legal(place, verb, person) else CONFLICT


LEGAL = [
    (place, verb, person)
    for place in PLACES
    for verb in VERBS
    for person in (*STAFF, "applicant")
    if expected(place, verb, person) == DONE
]


def test_the_legal_steps_of_this_table_are_those_of_the_house():
    """The table is generated; so that it cannot become empty unnoticed."""
    edges = {(PLACES[place][0], verb) for place, verb, _person in LEGAL}
    assert edges == {edge for edge in MOVES if edge[1] != "submit"}


@pytest.mark.parametrize(("place", "verb", "person"), LEGAL)
def test_a_legal_step_is_taken_once_and_stands_once_in_every_book(services, everybody, at, place, verb, person):
    dossier = at(place)
    before = books(services)
    answer = do(services, everybody[person], person, verb, dossier)
    assert answer.status_code == DONE, text_of(answer)
    after = books(services)
    assert after["states"][dossier] != before["states"][dossier]
    for book in ("moves", "journal", "events"):
        assert after[book] == before[book] + 1, book
    with services.database.session(write=False) as session:
        last = session.scalars(select(DossierMove).order_by(DossierMove.id.desc()).limit(1)).one()
        journal = select(AuditEntry.action).where(AuditEntry.action.like("dossier:%")).order_by(AuditEntry.seq.desc())
        assert session.scalar(journal.limit(1)) == f"dossier:{verb}"
    assert (last.verb, last.from_state, last.to_state) == (verb, PLACES[place][0], after["states"][dossier])


@pytest.mark.parametrize("place", PLACES)
def test_every_other_step_is_refused_in_words_and_changes_nothing(services, everybody, at, place):
    dossier = at(place)
    with services.database.session(write=False) as session:
        code = session.scalar(select(Dossier.code).where(Dossier.public_id == dossier))
    before, tried = books(services), 0
    for verb in VERBS:
        for person in (*STAFF, "applicant"):
            wanted = expected(place, verb, person)
            if wanted == DONE or (verb == "withdraw" and place.startswith("asked back") and person == "applicant"):
                continue  # asking back again what is asked back already is a double tap, see below
            answer = do(services, everybody[person], person, verb, dossier)
            assert answer.status_code == wanted, (verb, person, text_of(answer))
            if wanted == CONFLICT:
                assert code in text_of(answer), (verb, person)
            tried += 1
    assert tried > 20
    assert books(services) == before


def test_asking_back_twice_is_asking_once(services, everybody, at):
    dossier = at("asked back in work")
    before = books(services)
    assert do(services, everybody["applicant"], "applicant", "withdraw", dossier).status_code == DONE
    assert books(services) == before


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in OWN])
def test_the_office_next_door_finds_no_such_dossier(services, everybody, at, verb):
    """Not even whether it exists: the same answer as for a made-up one."""
    dossier = at("submitted")
    before = books(services)
    page, typed = FORMS[verb]
    browser = everybody["officer2"]
    data = {"csrf_token": token(browser), "version": 1, **typed}
    answers = [browser.post(f"/counter/dossiers/{one}/{page}", data=data) for one in (dossier, "x" * 22)]
    assert {answer.status_code for answer in answers} == {FORBIDDEN if verb in ONLY else 404}
    assert books(services) == before


@pytest.mark.parametrize("path", ["", "/papers/01", "/papers/02.pdf", "/decline", "/record-payment", "/send-draft"])
def test_the_office_next_door_reads_nothing_either(services, everybody, at, path):
    dossier = at("asked in work")
    assert everybody["officer2"].get(f"/counter/dossiers/{dossier}{path}").status_code in (403, 404)


def test_a_day_that_is_given_to_answer_is_waited_for(services, everybody, at):
    """Nothing ends under somebody's hands; the day after, the desk may end it."""
    dossier = at("asked in work")
    assert do(services, everybody["officer"], "officer", "stop", dossier).status_code == CONFLICT
    with services.database.transaction() as session:
        request = session.scalars(select(SupplementRequest).order_by(SupplementRequest.id.desc()).limit(1)).one()
        request.deadline_on = clock.today() - timedelta(days=1)
    assert do(services, everybody["officer"], "officer", "stop", dossier).status_code == DONE
