"""The catalogue where a province runs it: on PostgreSQL, with the national list in it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

import wsgi
from tests import people as who
from tests.conftest import prepare
from tests.conftest import test_settings as settings_for
from tests.support.postgres import new_database, postgres_server
from tests.webapp.catalogue.national import entry, index_of, write
from webapp.catalogue import editing, publishing, switching
from webapp.catalogue.history import procedure_of, revisions_of
from webapp.catalogue.importing import import_lines
from webapp.catalogue.models import Procedure, ProcedureRevision
from webapp.catalogue.national_list import read_lines
from webapp.core import clock
from webapp.core.actor import Actor, Channel, Role

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """One server, one seeded database, five hundred imported procedures."""
    folder = tmp_path_factory.mktemp("pg")
    with postgres_server() as server:
        made = wsgi.create_app(settings_for(folder, database_url=new_database(server, "catalogue")))
        prepare(made)
        database = made.extensions["motcua"].database
        for _ in range(2):
            import_lines(database, read_lines(write(folder / "l.jsonl", entry())))
            last = import_lines(database, read_lines(index_of(folder / "index.tsv", 500)))
        assert (last.new, last.changed, last.unchanged) == (0, 0, 500)
        yield made
        database.dispose()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/procedures", "Khai sinh cho con"),
        ("/procedures?q=khaisinh", "Khai sinh cho con"),
        ("/procedures?q=khai sinh hoằng hóa", "Huyện Hoằng Hóa ngày nay"),
        ("/procedures?q=100%25 _ hoang hoa", "Hoằng"),
        ("/procedures?level=commune&after=8.000007", "Tại quầy"),
        ("/procedures/9.000001", "Chưa nộp được ở đây"),
    ],
)
def test_people_find_and_read_as_on_a_laptop(app, path, words):
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    assert words in answer.text


def test_an_administrator_plans_a_text_and_switches_off_as_on_a_laptop(app):
    database = app.extensions["motcua"].database
    with database.transaction() as session:
        account = who.staff(session, "admin")
        by = Actor(
            role=Role.ADMIN, channel=Channel.COUNTER, account_id=account.id, account_public=account.public_id
        )  # fmt: skip
        row = procedure_of(session, "1.003197", lock=True)
        latest = revisions_of(session, row, limit=1)[0]
        content = editing.with_texts(latest.content, {**editing.current_texts(latest.content), "due_days": 9})
        later = clock.today() + timedelta(days=9)
        publishing.publish(session, row, content, number=1, valid_from=later, reason="Thử", by=by)
        switching.switch_off(session, row, reason="Bảo trì.", since=clock.today(), by=by)
    with database.session(write=False) as session:
        row = session.scalars(select(Procedure).where(Procedure.code == "1.003197")).one()
        dates = session.execute(
            select(ProcedureRevision.valid_from, ProcedureRevision.valid_to)
            .where(ProcedureRevision.procedure_id == row.id)
            .order_by(ProcedureRevision.number)
        ).all()
        assert dates[0].valid_to == dates[1].valid_from == later
    page = app.test_client().get("/procedures/1.003197").text
    assert "Bảo trì." in page and "5 ngày làm việc" in page
