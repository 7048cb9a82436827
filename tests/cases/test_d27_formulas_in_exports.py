"""D27: a name that begins like a formula is only a name in the file that an officer takes along."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests import people as who
from tests.factories import dossiers
from tests.pages import post_form
from webapp.accounts.models import LoginSession
from webapp.core.audit import AuditEntry
from webapp.counter import export
from webapp.shell.services import Services
from webapp.shell.spreadsheet import DANGEROUS, inert

NAMES = [
    '=HYPERLINK("http://x.example","bấm")',
    "+84912000001",
    "-2+3",
    "@SUM(A1:A9)",
    "＝1+1",
    'Nguyễn "Tèo", tự Ba',
]


@pytest.fixture
def officer(client: FlaskClient, services: Services) -> FlaskClient:
    who.log_in_staff(client, services, "officer")
    return client


@pytest.fixture
def sent(services: Services) -> list[str]:
    """One dossier of each of these people; their names as the database keeps them."""
    with services.database.transaction() as session:
        people = [dossiers.citizen(session, name, f"0381960{n:05}") for n, name in enumerate(NAMES)]
        for person in people:
            dossiers.sent(session, services.storage, person)
        return [person.full_name for person in people]


def taken(officer: FlaskClient, kind: str, query: str = "") -> bytes:
    answer = post_form(officer, f"/counter/worklist{query}", {"kind": kind}, action="/counter/worklist/export")
    assert answer.status_code == 200
    assert re.search(rf'attachment; filename="ho-so-\d{{8}}-\d{{4}}\.{kind}"', answer.headers["Content-Disposition"])
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.data


def test_a_csv_holds_every_name_and_no_formula(officer, sent):
    data = taken(officer, "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(rows) == 1 + len(NAMES)
    assert {row[2] for row in rows[1:]} == {inert(name) for name in sent}
    assert not any(cell.startswith(DANGEROUS) for row in rows for cell in row)


def test_a_sheet_holds_every_name_as_text(officer, sent):
    sheet = openpyxl.load_workbook(io.BytesIO(taken(officer, "xlsx"))).active
    names = [row[2] for row in sheet.iter_rows(min_row=2)]
    assert {cell.value for cell in names} == {inert(name) for name in sent}
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "d", "n"}
    assert all(cell.value is None for row in sheet.iter_rows() for cell in row if cell.data_type == "n")


@given(st.text(max_size=20))
def test_nothing_that_is_written_can_begin_a_formula(text):
    assert not inert(text).startswith(DANGEROUS)
    assert inert(text).removeprefix("'" if text.startswith(DANGEROUS) else "") == text


def test_a_list_holds_no_whole_id_number_and_only_what_the_filter_shows(officer, sent):
    assert b"0381960" not in taken(officer, "csv")
    assert len(taken(officer, "csv", "?state=submitted&channel=self").splitlines()) == 1 + len(NAMES)
    page = officer.get("/counter/worklist?channel=post").get_data(as_text=True)
    assert "/counter/worklist/export" not in page  # nothing to take along


def test_who_took_which_list_is_written_down(officer, sent, services):
    taken(officer, "csv", "?state=submitted")
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "counter:export")).one()
    assert noted.detail == {"rows": len(NAMES), "kind": "csv", "state": "submitted"}


def test_a_list_that_is_too_long_is_refused_with_words(officer, sent, monkeypatch):
    monkeypatch.setattr(export, "MOST", 3)
    answer = post_form(officer, "/counter/worklist", {"kind": "csv"}, action="/counter/worklist/export")
    assert answer.status_code == 422


def test_a_list_in_pieces_is_whole(officer, sent, monkeypatch):
    monkeypatch.setattr(export, "PIECE", 2)
    assert len(taken(officer, "csv").splitlines()) == 1 + len(NAMES)


def test_an_old_log_in_must_be_proved_again_first(officer, sent, services, monkeypatch):
    page = officer.get("/counter/worklist").get_data(as_text=True)
    token = page.partition("/counter/worklist/export")[2].split('name="csrf_token" value="')[1].split('"')[0]
    with services.database.transaction() as session:
        for login in session.scalars(select(LoginSession)):
            login.created_at -= timedelta(minutes=21)
    answer = officer.post("/counter/worklist/export", data={"csrf_token": token, "kind": "csv"})
    assert answer.status_code == 303
    assert answer.location.startswith("/login/again")


def test_another_office_takes_only_its_own(app, sent, services):
    colleague = app.test_client()
    who.log_in_staff(colleague, services, "officer2")
    page = colleague.get("/counter/worklist").get_data(as_text=True)
    assert "/counter/worklist/export" not in page
