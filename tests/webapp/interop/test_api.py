"""Machines at the door: the catalogue for everybody, a status for who knows two facts, an office's own dossiers."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests import people
from tests.factories import dossiers as make
from tests.factories.states import as_staff
from webapp.catalogue.models import Procedure
from webapp.catalogue.switching import switch_off
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.files import StoredFile
from webapp.dossiers.models import Dossier, DossierFile
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.states import State
from webapp.interop import agency, limits, tokens
from webapp.interop.models import ApiToken
from webapp.interop.payloads import PORTAL_STATUS

PROBLEM = "application/problem+json"


def problem(response, status, kind):
    assert (response.status_code, response.mimetype) == (status, PROBLEM), response.text
    body = response.get_json()
    assert (body["status"], body["type"]) == (status, f"/api/v1/problems/{kind}")
    return body


# ------------------------------------------------------------------------------------------------ catalogue


def test_everybody_reads_the_catalogue_piece_by_piece(client):
    seen, cursor = [], None
    while True:
        query = f"&cursor={cursor}" if cursor else ""
        page = client.get(f"/api/v1/procedures?limit=10{query}").get_json()
        seen += [one["code"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert len(page["items"]) == 10
    assert seen == sorted(set(seen))
    assert len(seen) == 24


def test_whoever_has_it_already_is_told_so(client):
    first = client.get("/api/v1/procedures/1.001193")
    assert first.get_json()["name"]["vi"]
    again = client.get("/api/v1/procedures/1.001193", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_an_unknown_procedure_is_a_problem_that_names_its_kind(client):
    body = problem(client.get("/api/v1/procedures/9.999999"), 404, "not-found")
    assert client.get(body["type"]).get_json()["status"] == 404
    assert body["instance"].startswith("urn:request:")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "1e2", "٣", "9" * 40])
def test_a_limit_that_is_none_is_named(client, limit):
    body = problem(client.get("/api/v1/procedures", query_string={"limit": limit}), 400, "bad-request")
    assert body["errors"][0]["pointer"] == "limit"


@pytest.mark.parametrize("cursor", ["x", "", "é", "bnVsbA", "WzFd", "W10", "W" * 5000, "%%%"])
def test_a_cursor_that_is_not_ours_is_named(client, system, cursor):
    for asked in (client.get, system.client.get):
        answer = asked("/api/v1/procedures", query_string={"cursor": cursor})
        assert problem(answer, 400, "bad-request")["errors"][0]["pointer"] == "cursor"
    answer = system.client.get("/api/v1/dossiers", query_string={"cursor": cursor}, headers=system.headers())
    problem(answer, 400, "bad-request")


# ------------------------------------------------------------------------------------------------ status


def test_two_facts_open_the_stage_and_its_dates_and_no_name(client, dossier):
    answer = client.post("/api/v1/status", json={"code": dossier.lookup_code, "proof": "1234"})
    body = answer.get_json()
    assert (body["code"], body["state"], body["portal_status"]) == (dossier.code, "submitted", 1)
    assert [step["verb"] for step in body["history"]] == ["submit"]
    assert "Đào" not in answer.text
    assert people.DAO_ID not in answer.text


def test_a_wrong_second_fact_looks_like_a_made_up_code(client, dossier):
    wrong = client.post("/api/v1/status", json={"code": dossier.lookup_code, "proof": "0000"})
    unknown = client.post("/api/v1/status", json={"code": "ZZZ-ZZZ", "proof": "0000"})
    assert problem(wrong, 404, "not-found")["detail"] == problem(unknown, 404, "not-found")["detail"]


def test_guessing_a_second_fact_ends_after_six_tries(client, dossier):
    for _ in range(6):
        client.post("/api/v1/status", json={"code": dossier.lookup_code, "proof": "0000"})
    answer = client.post("/api/v1/status", json={"code": dossier.lookup_code, "proof": "1234"})
    problem(answer, 429, "too-many")
    assert answer.headers["Retry-After"] == "300"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"code": 1}', "application/json", 422),
        (b'{"code": "", "proof": "1"}', "application/json", 422),
        (b'{"code": "7K4-92M", "proof": "' + b"1" * 21 + b'"}', "application/json", 422),
        (b'{"code": "a"}', "text/plain", 415),
        (b"[" * 50_000, "application/json", 400),
        (b'{"code": "' + b"x" * 70_000 + b'"}', "application/json", 413),
        (b"\xff\xfe{", "application/json", 400),
    ],
)
def test_a_body_that_cannot_be_read_says_what_is_wrong(client, body, kind, status):
    answer = client.post("/api/v1/status", data=body, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text


# ------------------------------------------------------------------------------------------------ agencies


def test_an_office_reads_its_own_dossiers_and_the_neighbour_does_not(system, neighbour, sent):
    assert [one["id"] for one in system.get("/dossiers").get_json()["items"]] == [sent]
    assert neighbour.get("/dossiers").get_json()["items"] == []
    foreign, made_up = neighbour.get(f"/dossiers/{sent}"), neighbour.get("/dossiers/AAAAAAAAAAAAAAAAAAAAAA")
    told = [{**problem(answer, 404, "not-found"), "instance": ""} for answer in (foreign, made_up)]
    assert told[0] == told[1]


def test_an_office_goes_on_where_it_was(app, services, system, sent):
    with services.database.transaction() as session:
        dossier = make.sent(session, services.storage, people.person(session))
        make.copies(session, dossier, 5)
    seen, cursor = [], ""
    while cursor is not None:
        page = system.get(f"/dossiers?limit=2{f'&cursor={cursor}' if cursor else ''}").get_json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 7
    later = system.get("/dossiers?since=2099-01-01T00:00:00Z").get_json()
    assert later == {"items": [], "next_cursor": None}
    problem(system.get("/dossiers?since=yesterday"), 400, "bad-request")


def test_whoever_reads_a_persons_dossier_is_written_down(system, services, sent):
    assert system.get(f"/dossiers/{sent}").get_json()["applicant"]["citizen_id"] == people.DAO_ID
    with services.database.session(write=False) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "dossier:read-by-agency")).one()
        assert (entry.object, entry.role) == (sent, "agency")


def test_a_draft_is_nobodys_but_the_citizens(app, services, system):
    with services.database.transaction() as session:
        draft = make.drafted(session, people.as_citizen(session, people.person(session)))
        public_id = draft.public_id
    assert system.get("/dossiers").get_json()["items"] == []
    problem(system.get(f"/dossiers/{public_id}"), 404, "not-found")


def files_of(system, sent):
    return [file for paper in system.get(f"/dossiers/{sent}").get_json()["papers"] for file in paper["files"]]


def acknowledge(system, sent, files, key="a-key-of-the-system", **changes):
    body = {"files": [{"id": file["id"], "sha256": file["sha256"], **changes} for file in files]}
    return system.post(f"/dossiers/{sent}/acknowledgements", body, Idempotency_Key=key)


def test_delivered_is_said_only_after_the_agency_has_repeated_the_hashes(system, services, sent):
    files = files_of(system, sent)
    assert [file["delivered_at"] for file in files] == [None] * len(files)
    answer = acknowledge(system, sent, files[:1])
    assert answer.get_json() == {"acknowledged": 1, "of": len(files), "waiting": len(files) - 1}
    assert [bool(file["delivered_at"]) for file in files_of(system, sent)] == [True] + [False] * (len(files) - 1)


def test_the_desk_says_nothing_about_the_agencys_own_system(system, services, sent):
    with services.database.transaction() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == sent)).one()
        receive_dossier(session, row, by=as_staff(session, "officer"), version=row.version)
    files = files_of(system, sent)
    assert all(file["at_desk_at"] and file["delivered_at"] is None for file in files)
    assert acknowledge(system, sent, files).get_json()["waiting"] == 0


def test_an_agency_fetches_the_very_bytes_and_that_is_written_down(system, neighbour, services, sent):
    file = files_of(system, sent)[0]
    path = file["href"].removeprefix("/api/v1")
    answer = system.get(path)
    assert hashlib.sha256(answer.data).hexdigest() == file["sha256"] == answer.headers["ETag"].strip('"')
    assert (answer.mimetype, len(answer.data)) == (file["media_type"], file["size"])
    assert system.get(path, If_None_Match=answer.headers["ETag"]).status_code == 304
    problem(neighbour.get(path), 404, "not-found")
    problem(system.get(f"/dossiers/{sent}/files/{'A' * 22}"), 404, "not-found")
    problem(system.client.get(file["href"]), 401, "no-token")
    with services.database.session(write=False) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "file:read-by-agency")).all()
        assert [(entry.object, entry.detail["file"]) for entry in entries] == [(sent, file["id"])]
        key = select(StoredFile.storage_key).where(StoredFile.public_id == file["id"])
        services.storage.delete(session.scalars(key).one())
    broken = system.get(path)
    problem(broken, 503, "unavailable")
    assert broken.headers["Retry-After"] == "5"


def test_what_changed_a_moment_ago_is_held_back_and_missed_by_nobody(system, services, sent, monkeypatch):
    monkeypatch.setattr(agency, "HOLD_BACK", timedelta(seconds=10))
    early = system.get("/dossiers")
    assert early.get_json()["items"] == [], "a change with an earlier moment may still be on its way"
    resume = early.headers["Complete-Until"]
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=12), tick=False):
        later = system.get(f"/dossiers?since={resume}")
        assert [one["id"] for one in later.get_json()["items"]] == [sent]
        again = system.get(
            "/dossiers?since=2026-01-01T00:00:00Z",
            If_None_Match=system.get("/dossiers?since=2026-01-01T00:00:00Z").headers["ETag"],
        )
        assert (again.status_code, "Complete-Until" in again.headers) == (304, True)


@pytest.mark.parametrize(
    "path", ["/procedures", "/procedures/1.001193", "/dossiers", "/dossiers/{sent}", "/openapi.json"]
)
def test_every_reading_has_a_name_and_says_what_is_left(system, sent, path):
    first = system.get(path.format(sent=sent))
    assert first.headers["RateLimit-Policy"] == '"token";q=600;w=60'
    assert first.headers["RateLimit"].startswith('"token";r=')
    again = system.get(path.format(sent=sent), If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


def test_what_is_switched_off_is_not_said_to_be_online(client, services):
    with services.database.transaction() as session:
        row = session.scalars(select(Procedure).where(Procedure.code == "1.001193")).one()
        switch_off(session, row, reason="Bảo trì", since=clock.today(), until=None, by=as_staff(session, "admin"))
    one = client.get("/api/v1/procedures/1.001193").get_json()
    assert (one["online"], one["not_taken"]["reason"]) == (False, "Bảo trì")
    listed = {row["code"]: row["online"] for row in client.get("/api/v1/procedures?limit=100").get_json()["items"]}
    assert listed["1.001193"] is False and listed["1.000894"] is True


@pytest.mark.parametrize(
    ("wrong", "status", "kind"),
    [
        (OperationalError("SELECT", {}, Exception("away")), 503, "unavailable"),
        (ZeroDivisionError("a mistake"), 500, "our-fault"),
    ],
)
def test_what_breaks_here_is_a_problem_too_and_says_when_to_come_back(app, monkeypatch, wrong, status, kind):
    def breaks(*_arguments):
        raise wrong

    monkeypatch.setattr("webapp.interop.views.index", breaks)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = app.test_client().get("/api/v1/procedures")
    assert "mistake" not in problem(answer, status, kind).get("detail", "")
    assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)


def test_one_wrong_hash_and_nothing_is_noted(system, services, sent):
    files = files_of(system, sent)
    wrong = hashlib.sha256(b"cut in half").hexdigest()
    halved = [{**file, "sha256": wrong} if place == 0 else file for place, file in enumerate(files)]
    answer = acknowledge(system, sent, halved)
    assert files[0]["id"] in problem(answer, 409, "conflict")["detail"]
    with services.database.session(write=False) as session:
        assert session.scalars(select(DossierFile.acknowledged_at)).all() == [None] * len(files)


def test_the_same_key_is_answered_the_same_and_with_another_body_refused(system, sent):
    files = files_of(system, sent)
    first, again = (acknowledge(system, sent, files) for _ in range(2))
    assert first.get_json() == again.get_json()
    problem(acknowledge(system, sent, files[:0] or files[:1], sha256="0" * 64), 409, "conflict")
    problem(acknowledge(system, sent, files, key="short"), 400, "bad-request")


def test_another_offices_files_cannot_be_acknowledged(system, neighbour, sent):
    problem(acknowledge(neighbour, sent, files_of(system, sent)), 404, "not-found")


# ------------------------------------------------------------------------------------------------ tokens


def test_without_a_token_the_door_says_what_it_wants(client):
    answer = client.get("/api/v1/dossiers")
    problem(answer, 401, "no-token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_opens_nothing_here(client, services, sent):
    people.log_in_staff(client, services, "officer")
    problem(client.get("/api/v1/dossiers"), 401, "no-token")


def test_a_token_opens_no_page(system):
    assert system.client.get("/counter", headers=system.headers()).status_code == 303


def test_a_token_that_was_taken_away_or_is_too_old_opens_nothing(system, services):
    assert system.get("/dossiers").status_code == 200
    with time_machine.travel("2028-01-01", tick=False):
        problem(system.get("/dossiers"), 401, "no-token")
    with services.database.transaction() as session:
        token = session.scalars(select(ApiToken)).one()
        tokens.revoke_token(session, token, by=people.as_citizen(session, people.person(session)))
    problem(system.get("/dossiers"), 401, "no-token")


def test_the_table_of_tokens_cannot_be_used_to_get_in(system, services):
    with services.database.session(write=False) as session:
        token = session.scalars(select(ApiToken)).one()
        kept = json.dumps([str(getattr(token, column.key)) for column in ApiToken.__table__.columns])
    assert system.secret not in kept


def test_who_asks_too_often_is_told_when_to_come_back(client, monkeypatch):
    monkeypatch.setattr(limits, "PER_ADDRESS", 3)
    left = [client.get("/api/v1/procedures?limit=1").headers["RateLimit"].split(";")[1] for _ in range(3)]
    assert left == ["r=2", "r=1", "r=0"]
    answer = client.get("/api/v1/procedures?limit=1")
    problem(answer, 429, "too-many")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit-Policy"] == '"address";q=3;w=60'


def test_every_state_but_the_draft_has_its_number_at_the_national_portal():
    assert sorted(PORTAL_STATUS.values()) == list(range(1, 11))
    assert set(State) - set(PORTAL_STATUS) == {State.DRAFT}


@pytest.mark.parametrize("path", ["/nothing", "/dossiers/x/y", "/problems/none", "/PROCEDURES"])
def test_an_address_that_is_none_is_a_problem_not_a_page(client, path):
    problem(client.get(f"/api/v1{path}"), 404, "not-found")


def test_a_method_that_is_none_says_which_there_are(client):
    answer = client.delete("/api/v1/procedures")
    problem(answer, 405, "wrong-method")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
