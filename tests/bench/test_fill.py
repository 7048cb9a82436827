"""What the bench measures is what the program would have written."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from notifications import queries as messages
from tests import people as who
from tests.bench.fill import BUSY, CLOSED, OPEN, dossier_count, fill
from tests.factories import states
from webapp.accounts.models import Person
from webapp.core.audit import AuditEntry
from webapp.core.idempotency import IdempotencyKey
from webapp.core.outbox import OutboxEvent
from webapp.dossiers import desk, queries, worklist
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import OPEN as OPEN_STATES
from webapp.shell.services import Services
from webapp.transparency.recount import recount

COUNT = 300


@pytest.fixture
def filled(app: Flask, services: Services) -> Services:
    fill(app, COUNT)
    return services


def test_a_filled_database_reads_like_one_that_people_filled(app: Flask, client: FlaskClient, filled: Services) -> None:
    with app.test_request_context(), filled.database.session(write=False) as session:
        assert dossier_count(filled.database) == COUNT + len(OPEN) + len(CLOSED)
        officer = states.as_staff(session, "officer")
        page = worklist.worklist(session, officer, limit=BUSY)
        assert len(page.rows) == BUSY
        assert {row.state for row in page.rows} <= OPEN_STATES
        assert len({row.act_by for row in page.rows}) > BUSY - len(OPEN)
        assert all(row.applicant.count(" ") == 2 for row in page.rows)
        for table, of_each in ((AuditEntry, 2), (OutboxEvent, 0.1), (IdempotencyKey, 0.1)):
            assert session.scalar(select(func.count()).select_from(table)) >= COUNT * of_each
        newest = session.scalars(select(Dossier).order_by(Dossier.id.desc())).first()
        citizen = who.as_citizen(session, session.get_one(Person, newest.person_id))
        assert newest.public_id in {row.public_id for row in queries.my_dossiers(session, citizen)}
        assert messages.inbox_of(session, newest.person_id)[0]
        name = session.get_one(Person, newest.person_id).full_name
        found = desk.find_at_counter(session, officer, name)
        assert {row.applicant for row in found.rows} == {name}
        token = newest.qr_token
    assert recount(filled.database, mend=False) == (0, 0)  # the boards say what the history says
    assert client.get(f"/q/{token}").status_code == 200


def test_the_counter_opens_a_dossier_of_a_filled_database(app: Flask, client: FlaskClient, filled: Services) -> None:
    who.log_in_staff(client, filled, "officer")
    with filled.database.session(write=False) as session:
        home = who.staff(session, "officer").office_id
        newest = select(Dossier.public_id).where(Dossier.office_id == home).order_by(Dossier.id.desc()).limit(5)
        for public_id in session.scalars(newest):
            assert client.get(f"/counter/dossiers/{public_id}").status_code == 200


def test_a_filled_database_can_be_filled_again(app: Flask, filled: Services) -> None:
    fill(app, COUNT)
    fill(app, 10)
    assert dossier_count(filled.database) == 2 * COUNT + 10 + 3 * (len(OPEN) + len(CLOSED))
