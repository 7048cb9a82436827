"""D02: twenty at once with the right code: one of them is in."""

import threading

import pytest
from sqlalchemy import func, select

from tests.cases.asking import DAO, ask
from tests.cases.conftest import BOTH, settings_on
from tests.pages import code_sent_to, form_of
from webapp.accounts.models import LoginSession


@pytest.fixture(params=BOTH)
def settings(request, tmp_path):
    return settings_on(request, tmp_path)


def test_of_twenty_posts_of_the_right_code_one_logs_in_and_none_breaks(app, client, services):
    ask(client, DAO)
    code = code_sent_to(client, DAO)
    fields = form_of(client, "/login/code")["hidden"]
    cookie = client.get_cookie("motcua").value
    answers = []

    def post():
        browser = app.test_client()
        browser.set_cookie("motcua", cookie)
        answers.append(browser.post("/login/code", data={**fields, "code": code}))

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [303] + [422] * 19
    with services.database.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 1
    browser = app.test_client()
    browser.set_cookie("motcua", cookie)
    assert browser.post("/login/code", data={**fields, "code": code}).status_code == 422, "nor ever again"
