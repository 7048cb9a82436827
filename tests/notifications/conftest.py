"""Two people: Đào with her phone, Nhàn without one."""

import pytest
from sqlalchemy import select, update

from notifications import sending
from notifications.models import Message
from tests import people
from tests.notifications import stories
from tests.notifications.gateways import Gateway
from webapp.core.outbox import OutboxDelivery

DAO_PHONE = "0912000001"


@pytest.fixture
def happen(services):
    """`happen(Event, ...)`: these things happen to one dossier of a person, each in a transaction of its own."""

    def go(*kinds, who=people.DAO_ID, code=stories.CODE, mandate=False):
        with services.database.transaction() as session:
            person = people.person(session, who)
            dossier = stories.dossier_of(session, person, code=code)
            given = stories.mandate_of(session, person).public_id if mandate else None
        for kind in kinds:
            with services.database.transaction() as session:
                stories.happens(session, session.merge(dossier), kind, given)
        return dossier

    return go


@pytest.fixture
def deliver_again(services):
    """The outbox hands everything out once more, as after a crash between the effect and "done"."""

    def go():
        with services.database.transaction() as session:
            session.execute(update(OutboxDelivery).values(done_at=None, lease=None, leased_until=None, attempts=0))

    return go


@pytest.fixture
def messages(services):
    """Every message there is, oldest first; of one kind or channel if asked."""

    def go(**wanted):
        with services.database.session(write=False) as session:
            return session.scalars(select(Message).filter_by(**wanted).order_by(Message.id)).all()

    return go


@pytest.fixture
def gateway(monkeypatch):
    """`gateway(...)` puts a misbehaving gateway in the place of the demo's."""

    def put(*args, **kwargs):
        made = Gateway(*args, **kwargs)
        monkeypatch.setattr(sending, "provider", lambda settings, database: made)
        return made

    return put
