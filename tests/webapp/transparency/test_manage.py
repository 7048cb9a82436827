"""The figures of a manager and of an administrator: exact, of the own office or of all, and what was late."""

import csv
import io
import re
from dataclasses import replace

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests import people as who
from tests.factories.dossiers import BIRTH, HOME, NEXT_DOOR
from tests.factories.states import as_staff
from tests.pages import post_form, text_of
from tests.webapp.transparency.test_board import counted
from tests.webapp.transparency.test_counting import brought
from webapp.core import worker
from webapp.core.audit import AuditEntry
from webapp.dossiers.models import Dossier
from webapp.shell.services import Services
from webapp.transparency import late as late_lists


@pytest.fixture
def manager(app: Flask, services: Services) -> FlaskClient:
    browser = app.test_client()
    who.log_in_staff(browser, services, "manager")
    return browser


@pytest.fixture
def admin(app: Flask, services: Services) -> FlaskClient:
    browser = app.test_client()
    who.log_in_staff(browser, services, "admin")
    return browser


@pytest.fixture
def late(services: Services) -> list[Dossier]:
    """Three dossiers that were settled after their day, and one in time."""
    rows = [brought(services, "settled") for _ in range(4)]
    with services.database.transaction() as session:
        for row in rows[:3]:
            session.execute(update(Dossier).where(Dossier.id == row.id).values(due_at=row.submitted_at))
    worker.drain(services.database)
    return rows[:3]


def test_a_manager_reads_the_exact_figures_of_the_own_office_and_no_other(
    manager: FlaskClient, services: Services
) -> None:
    counted(services, HOME, BIRTH, online=3, on_time=2)
    page = text_of(manager.get(f"/manage/figures?office={NEXT_DOOR}"))
    assert "UBND xã Hoằng Lộc" in page and "Bá Thước" not in page
    assert "dưới 5" not in page.split("Các con số nghĩa là gì")[0]


def test_an_administrator_reads_the_province_and_each_office_but_no_dossier(
    admin: FlaskClient, services: Services, late: list[Dossier]
) -> None:
    page = text_of(admin.get("/manage/figures"))
    assert "Hoằng Lộc" in page and "Bá Thước" in page
    answer = admin.get(f"/manage/figures?office={HOME}")
    assert "Hoằng Lộc" in text_of(answer) and "/manage/figures/late" not in answer.text
    assert admin.get("/manage/figures/late").status_code == 403
    assert admin.get("/manage/figures?office=H99").status_code == 404


def test_a_manager_sees_which_dossiers_were_settled_late_and_goes_there(
    manager: FlaskClient, late: list[Dossier]
) -> None:
    html = manager.get("/manage/figures/late").text
    assert re.findall(r"H56[\d.]+-\d+-\d+", html) == [row.code for row in reversed(late)]
    for row in late:
        assert f"/counter/dossiers/{row.public_id}" in html


def test_a_long_list_of_late_ones_goes_on_by_key(services: Services, late: list[Dossier]) -> None:
    with services.database.session(write=False) as session:
        by = as_staff(session, "manager")
        first = late_lists.settled_late(session, by, limit=2)
        rest = late_lists.settled_late(session, by, after=first[1].public_id, limit=2)
    assert [row.code for row in first] == [row.code for row in reversed(late)]
    assert [row.code for row in rest] == [late[0].code]


def test_the_neighbours_manager_finds_none_of_them(app: Flask, services: Services, late: list[Dossier]) -> None:
    with services.database.session(write=False) as session:
        by = as_staff(session, "manager")
        elsewhere = replace(by, office_id=(by.office_id or 0) + 1)
        assert late_lists.settled_late(session, elsewhere, after=late[2].public_id) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_who_took_the_late_ones_along_is_written_down(
    manager: FlaskClient, services: Services, late: list[Dossier], kind: str
) -> None:
    answer = post_form(
        manager, "/manage/figures/late", {"kind": kind}, action="/manage/figures/late/export"
    )  # fmt: skip
    assert answer.status_code == 200
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))[1:]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in rows] == [row.code for row in reversed(late)]
    with services.database.session(write=False) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "board:export-late")).one()
    assert noted.detail == {"rows": 3, "kind": kind}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_figures_are_a_file_for_both(
    manager: FlaskClient, admin: FlaskClient, services: Services, kind: str
) -> None:
    counted(services, HOME, BIRTH, online=3)
    for browser, path in ((manager, "/manage/figures/file"), (admin, "/manage/figures/file")):
        answer = browser.get(f"{path}?kind={kind}&period=month")
        assert answer.status_code == 200 and answer.data
    assert manager.get("/manage/figures/file?kind=exe").mimetype == "text/csv"


def test_reception_reads_none_of_it(app: Flask, services: Services) -> None:
    browser = app.test_client()
    who.log_in_staff(browser, services, "officer")
    for path in ("/manage/figures", "/manage/figures/late", "/manage/figures/file"):
        assert browser.get(path).status_code == 403
