"""D39: two officers, one version of a dossier: one act stands, the other is shown the newer state and loses no word."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import people as who
from tests.cases.test_d18_every_move import FORMS, token
from tests.days import ahead
from tests.factories.states import PLACES, bring
from tests.pages import text_of
from webapp.dossiers.models import Dossier, DossierMove
from webapp.shell.services import Services

# verb → the place it leads away from, and who presses it
ACTS = {
    "receive": ("submitted", "officer"),
    "decline": ("submitted", "officer"),
    "process": ("received", "case"),
    "request_supplement": ("processing", "case"),
    "require_payment": ("processing", "case"),
    "stop": ("processing", "manager"),
    "settle": ("processing", "case"),
    "pay": ("to be paid in work", "officer"),
    "accept_withdrawal": ("asked back in work", "officer"),
    "refuse_withdrawal": ("asked back in work", "officer"),
    "hand_over": ("settled", "officer"),
}
BESIDE = {"extend": ("extend", {"due_on": ahead(), "reason": "Chờ cơ quan phối hợp."})}
WORDS = "Đã xem bản chính ngày 20/11/2026."
TYPED = ("decline", "stop", "request_supplement", "require_payment", "settle", "refuse_withdrawal")


@pytest.fixture
def browsers(app: Flask, services: Services) -> dict[str, FlaskClient]:
    made = {}
    for name in ("officer", "case", "manager"):
        made[name] = app.test_client()
        who.log_in_staff(made[name], services, name)
    return made


def placed(services: Services, place: str) -> tuple[str, int]:
    with services.database.transaction() as session:
        row = bring(session, services.storage, place, who.person(session))
        return row.public_id, row.version


def press(browser: FlaskClient, dossier: str, verb: str, version: int, csrf: str = "", **typed: Any) -> Any:
    page, data = {**FORMS, **BESIDE}[verb]
    form = {"csrf_token": csrf or token(browser), "version": version, **data, **typed}
    return browser.post(f"/counter/dossiers/{dossier}/{page}", data=form)


def moves(services: Services, dossier: str) -> int:
    with services.database.session(write=False) as session:
        query = select(func.count()).select_from(DossierMove).join(Dossier, Dossier.id == DossierMove.dossier_id)
        return session.scalar(query.where(Dossier.public_id == dossier)) or 0


@pytest.mark.parametrize("verb", ACTS)
def test_a_double_tap_is_one_act(services, browsers, verb):
    place, person = ACTS[verb]
    dossier, version = placed(services, place)
    before = moves(services, dossier)
    assert press(browsers[person], dossier, verb, version).status_code == 303
    again = press(browsers[person], dossier, verb, version)
    assert again.status_code == 409
    assert moves(services, dossier) == before + 1


@pytest.mark.parametrize("verb", ACTS)
def test_the_slower_one_sees_the_newer_state_and_who_was_faster(services, browsers, verb):
    place, person = ACTS[verb]
    faster = next(name for name in ("manager", "officer") if name != person)
    if verb == "settle" or place == "processing":
        faster = "manager" if person != "manager" else "case"
    dossier, version = placed(services, place)
    other = "settle" if faster == "case" else verb if verb != "process" else "request_supplement"
    assert press(browsers[faster], dossier, other, version).status_code == 303
    field = "words_document_birth_proof" if verb == "request_supplement" else "reason"
    answer = press(browsers[person], dossier, verb, version, **({field: WORDS} if verb in TYPED else {}))
    assert answer.status_code == 409
    with services.database.session(write=False) as session:
        name = who.staff(session, faster).display_name
    assert name in text_of(answer)
    if verb in TYPED:
        assert WORDS in answer.get_data(as_text=True)


def test_every_verb_of_the_desk_is_tried():
    assert set(ACTS) == set(FORMS) and {place for place, _who in ACTS.values()} <= set(PLACES)
