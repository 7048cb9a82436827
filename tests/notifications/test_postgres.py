"""The same telling where a province runs it: several workers on one PostgreSQL."""

import re
import threading
from html import unescape

import pytest
from sqlalchemy import func, select

import wsgi
from notifications.handlers import TOLD
from notifications.models import INBOX, SENT, SMS, DemoText, Message
from tests import people, sms
from tests.conftest import prepare
from tests.conftest import test_settings as settings_for
from tests.notifications import stories
from tests.support.postgres import new_database, postgres_server
from webapp.core import worker
from webapp.dossiers import events

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with one migrated and seeded database to copy."""
    with postgres_server() as running:
        url = new_database(running, "template_notifications")
        app = wsgi.create_app(settings_for(tmp_path_factory.mktemp("pg"), database_url=url))
        prepare(app)
        app.extensions["motcua"].database.dispose()
        yield running


@pytest.fixture
def settings(server, tmp_path, request):
    name = re.sub(r"\W", "_", request.node.name)[:40].lower()
    return settings_for(tmp_path, database_url=new_database(server, name, template="template_notifications"))


def test_a_story_is_told_once_even_when_it_is_delivered_twice(app, happen, deliver_again, messages):
    happen(*stories.VERBS)
    first = sms.texts(app)
    deliver_again()
    assert sms.texts(app) == first and len(first) == sum(TOLD[kind].by_sms for kind in stories.VERBS if kind in TOLD)
    assert len(messages(channel=INBOX)) == len(stories.VERBS)


def test_four_workers_send_each_text_once(services, happen):
    for number in range(20):
        happen(events.DossierReceived, code=f"H56.38.12-261122-{number:04d}")
    workers = [threading.Thread(target=worker.drain, args=(services.database,)) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    worker.drain(services.database)
    with services.database.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(DemoText)) == 20
        states = session.scalars(select(Message.state).where(Message.channel == SMS)).all()
    assert states == [SENT] * 20


def test_the_box_is_read_page_by_page(app, client, services, happen):
    people.log_in_citizen(client, services)
    for number in range(22):
        happen(events.DossierReceived, code=f"H56.38.12-261122-{number:04d}")
    sms.texts(app)
    url, seen = "/me/messages", []
    while url:
        html = client.get(url).get_data(as_text=True)
        seen += re.findall(r"\((H56[^)]+)\)", html)
        found = re.search(r'href="([^"]+)" rel="next"', html)
        url = unescape(found.group(1)) if found else None
    # Workers take turns, so letters of the same moment may stand in any order; none is missing or shown twice.
    assert sorted(seen) == [f"H56.38.12-261122-{number:04d}" for number in range(22)]
