"""One draft for each person and procedure, however often and wherever "Begin" is pressed; on both databases."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from tests import people as who
from tests.cases.conftest import BOTH, settings_on
from tests.pages import form_of, post_form, text_of
from webapp.dossiers.models import Dossier

NEW, OFFICE = "/dossiers/new/1.001193", {"office": "H56.38.12"}


@pytest.fixture(params=BOTH)
def settings(request, tmp_path):
    return settings_on(request, tmp_path)


def drafts(services):
    with services.database.session(write=False) as session:
        return session.scalars(select(Dossier.public_id).order_by(Dossier.id)).all()


def test_twenty_presses_at_one_moment_begin_one_draft(app, services):
    browsers = [app.test_client() for _ in range(20)]
    for browser in browsers:
        who.log_in_citizen(browser, services)
    forms, answers, ready = [form_of(browser, NEW)["hidden"] for browser in browsers], [], Barrier(20)

    def press(browser, hidden):
        ready.wait()
        answers.append(browser.post(NEW, data={**hidden, **OFFICE}))

    pressing = [Thread(target=press, args=pair) for pair in zip(browsers, forms, strict=True)]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    [draft] = drafts(services)
    assert {answer.location for answer in answers} == {f"/dossiers/{draft}/edit"}


def test_twins_are_two_births_and_a_double_tap_is_not_a_third(client, services):
    client.set_cookie("lang", "en")
    who.log_in_citizen(client, services)
    for page in ("/", "/dossiers"):
        assert "the office does not have it yet" not in text_of(client.get(page))
    post_form(client, NEW, OFFICE)
    for page in ("/", "/dossiers"):
        assert "1 dossier is not sent: the office does not have it yet." in text_of(client.get(page))
    another = form_of(client, NEW)["hidden"]
    first, again = (client.post(NEW, data={**another, **OFFICE}).location for _ in range(2))
    assert first == again
    assert len(drafts(services)) == 2
    assert "You have begun this already. Go on where you stopped." in text_of(client.get(again))
