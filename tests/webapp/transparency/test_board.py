"""The public boards: figures with what they are of, for everybody, and nobody can be found in them."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import people as who
from tests.factories import dossiers as factory
from tests.factories.dossiers import BIRTH, HOME, NEXT_DOOR
from tests.pages import text_of
from tests.webapp.test_query_counts import questions
from tests.webapp.transparency.test_counting import brought
from webapp.core import clock, worker
from webapp.dossiers.models import Rating
from webapp.offices.models import Office
from webapp.shell.services import Services
from webapp.transparency.counting import KEY, Sums, add_up
from webapp.transparency.figures import FEW, NOTHING, Standing, last_months, periods, shown_apart
from webapp.transparency.models import UnitStanding

QUESTIONS = 5


def counted(services: Services, office: str, procedure: str, day: date | None = None, **counts: int) -> None:
    """As if so many had been counted on a day."""
    sums: Sums = {}
    for what, count in counts.items():
        add_up(sums, day or clock.today(), procedure, what, count, 0, 0)
    with services.database.transaction() as session:
        office_id = session.scalar(select(Office.id).where(Office.code == office))
        for key, sum_ in sums.items():
            session.add(UnitStanding(**dict(zip(KEY, (office_id, *key), strict=True)), **sum_))


def rows(client: FlaskClient, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200 and answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_everybody_reads_what_each_office_received_and_how_much_was_on_time(
    client: FlaskClient, services: Services
) -> None:
    counted(services, HOME, BIRTH, online=30, at_counter=10, on_time=19, late=1)
    page = text_of(client.get("/board"))
    assert "UBND xã Hoằng Lộc" in page and "UBND xã Bá Thước" in page
    assert "95% trong 20" in page and "75% trong 40" in page
    unit = text_of(client.get(f"/board/{HOME}"))
    assert "95% trong 20" in unit and "Đăng ký khai sinh" in unit or "Khai sinh" in unit


def test_an_office_or_a_month_without_dossiers_is_one_line_and_not_seven_dashes(
    client: FlaskClient, services: Services
) -> None:
    for month in (0, 3):
        counted(services, HOME, BIRTH, last_months(clock.today())[month], online=30)
    board, unit = text_of(client.get("/board?q=hoang+loc&period=year")), text_of(client.get(f"/board/{HOME}"))
    assert "Không có hồ sơ nào" not in board and unit.count("Không có hồ sơ nào trong thời gian này") == 2
    elsewhere = text_of(client.get("/board?q=ba+thuoc"))
    assert "UBND xã Bá Thước" in elsewhere and "Không có hồ sơ nào trong thời gian này" in elsewhere


def test_what_is_open_and_late_is_counted_at_this_moment(client: FlaskClient, services: Services) -> None:
    for place in ("submitted", "processing", "asked in work", "settled", "declined"):
        brought(services, place)
    line = next(row for row in rows(client, "/board/figures.csv") if row[2] == HOME)
    assert line[-2:] == ["3", "0"]


def rated(services: Services, choices: list[str], days_ago: int = 0) -> None:
    with services.database.transaction() as session:
        office = session.scalar(select(Office.id).where(Office.code == HOME))
        for choice in choices:
            over = factory.sent(session, services.storage, who.person(session))
            at = clock.now() - timedelta(days=days_ago)
            session.add(Rating(dossier_id=over.id, office_id=office, rated_at=at, choice=choice))


def test_an_office_shows_how_many_were_satisfied_once_enough_have_said_so(
    app: Flask, client: FlaskClient, services: Services
) -> None:
    rated(services, ["satisfied"] * (FEW - 1))
    rated(services, ["dissatisfied"] * FEW, days_ago=31)
    assert "Hài lòng chưa đến 5" in text_of(client.get(f"/board/{HOME}"))
    rated(services, ["neutral"])
    app.extensions["motcua_pages"].clear()
    assert f"80% Hài lòng trong {FEW}" in text_of(client.get(f"/board/{HOME}"))
    assert "Hài lòng trong" not in text_of(client.get(f"/board/{NEXT_DOOR}"))


def test_there_is_no_share_of_too_few(client: FlaskClient, services: Services) -> None:
    counted(services, HOME, BIRTH, online=FEW - 1, on_time=FEW - 1)
    for path in ("/board", f"/board/{HOME}"):
        page = text_of(client.get(path))
        assert "chưa đến 5" in page and "%" not in page.replace("phần trăm", "").split("Các con số nghĩa là gì")[0]


def test_a_procedure_with_few_dossiers_is_not_shown_alone(client: FlaskClient, services: Services) -> None:
    counted(services, HOME, BIRTH, online=30)
    counted(services, NEXT_DOOR, BIRTH, online=30)
    few = {"a": Standing(online=30), "b": Standing(online=9), "c": Standing(online=2)}
    assert shown_apart(few) == (["a"], ["b", "c"])  # c alone could be worked out from the sum
    assert shown_apart({**few, "d": Standing(late=1)}) == (["a", "b"], ["c", "d"])
    assert shown_apart({"a": Standing(online=30)}) == (["a"], [])
    assert shown_apart({}) == ([], [])


def test_the_file_hides_what_the_page_hides(client: FlaskClient, services: Services) -> None:
    for code, count in ((BIRTH, 40), ("2.000635", 3), ("1.000894", 2)):
        sums: Sums = {}
        add_up(sums, clock.today(), code, "online", count, 0, 0)
        with services.database.transaction() as session:
            office_id = session.scalar(select(Office.id).where(Office.code == HOME))
            for key, sum_ in sums.items():
                session.merge(UnitStanding(**dict(zip(KEY, (office_id, *key), strict=True)), **sum_))
    found = {row[2]: row[4] for row in rows(client, f"/board/{HOME}/figures.csv") if row[2]}
    assert found[BIRTH] == "40" and found["2.000635"] == found["1.000894"] == "dưới 5"


@pytest.mark.parametrize("key", ["30-days", "month", "year"])
def test_each_time_is_a_link_and_a_file(client: FlaskClient, services: Services, key: str) -> None:
    counted(services, HOME, BIRTH, online=12)
    assert "12" in text_of(client.get(f"/board?period={key}"))
    assert "12" in text_of(client.get(f"/board/{HOME}?period={key}"))
    assert rows(client, f"/board/figures.csv?period={key}")[1:]


def test_another_time_or_office_is_not_found(client: FlaskClient) -> None:
    for path in ("/board?period=day", f"/board/{HOME}?period=2026-11-02", "/board/H99", "/board/H99/figures.csv"):
        assert client.get(path).status_code == 404


def test_an_office_is_found_by_its_name_without_marks(client: FlaskClient, services: Services) -> None:
    page = text_of(client.get("/board?q=ba thuoc"))
    assert "Bá Thước" in page and "Hoằng Lộc" not in page
    assert "Không có cơ quan nào" in text_of(client.get("/board?q=zzz"))


def test_a_long_board_goes_on_by_key(client: FlaskClient, services: Services) -> None:
    with services.database.transaction() as session:
        first = session.scalars(select(Office).limit(1)).one()
        for number in range(45):
            session.add(
                Office(
                    code=f"H56.{number + 100}", name=f"UBND xã Số {number:02d}", short_name="x", level="commune",
                    commune_code=first.commune_code, phone="", address="",
                )
            )  # fmt: skip
    seen, path = [], "/board?period=year"
    while path:
        html = client.get(path).text
        seen += [part.split('"')[0] for part in html.split('href="/board/H')[1:]]
        more = html.split('class="next" href="')[1:]
        path = more[0].split('"')[0].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen)) == 48


def test_the_boards_ask_a_few_questions_and_none_to_the_dossiers_of_old(
    app: Flask, client: FlaskClient, services: Services
) -> None:
    brought(services, "settled")
    worker.drain(services.database)
    for path in ("/board", f"/board/{HOME}"):
        client.get(path)
        app.extensions["motcua_pages"].clear()
        with questions(services) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= QUESTIONS, asked


@pytest.mark.parametrize("path", ["/board", f"/board/{HOME}"])
def test_a_board_that_is_asked_again_is_not_added_up_again_for_half_a_minute(
    client: FlaskClient, services: Services, path: str
) -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        first = client.get(path)
        counted(services, HOME, BIRTH, online=1200)
        with questions(services) as asked:
            again = client.get(path)
            assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert not [one for one in asked if "unit_standings" in one or "dossiers" in one], asked
        assert again.data == first.data
        now.shift(timedelta(seconds=31))
        fresh = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert fresh.status_code == 200
    assert "1.200" in text_of(fresh) and "1.200" not in text_of(first)


def test_a_board_names_nobody(client: FlaskClient, services: Services) -> None:
    sent = brought(services, "settled")
    worker.drain(services.database)
    for path in ("/board", f"/board/{HOME}", "/board/figures.csv", f"/board/{HOME}/figures.csv"):
        page = client.get(path).text
        assert sent.code not in page and "Sáu" not in page


def test_times_begin_where_they_say() -> None:
    made = periods(date(2027, 1, 5))
    assert made["30-days"].start == date(2026, 12, 7) and made["year"].start == date(2027, 1, 1)
    months = last_months(date(2027, 1, 5))
    assert months[0] == date(2027, 1, 1) and months[-1] == date(2026, 2, 1) and len(months) == 12
    assert NOTHING.received == 0
