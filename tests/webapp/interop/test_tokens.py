"""An administrator gives a system its token, sees which there are, and takes one away."""

import re

import pytest

from tests import people
from tests.pages import post_form, text_of
from tests.webapp.accounts.steps import with_two
from webapp.interop import tokens

PAGE = "/manage/api-tokens"


@pytest.fixture
def admin(client, services):
    people.log_in_staff(client, services, "admin")
    return client


def given(app, admin, label):
    """Asked for, agreed to by the other administrator, made."""
    return with_two(app, admin, post_form(admin, PAGE, {"office": "H56.38.12", "label": label}, action=PAGE))


def test_the_token_is_shown_once_and_works(admin, app):
    answer = given(app, admin, "Hệ thống hộ tịch")
    secret = re.search(r"mc_[\w-]{43}", answer.text)[0]
    asked = app.test_client().get("/api/v1/dossiers", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 200
    assert secret not in admin.get(PAGE).text
    assert secret[-4:] in admin.get(PAGE).text


def test_a_token_without_an_office_is_refused_and_the_name_kept(admin):
    answer = post_form(admin, PAGE, {"office": "H99", "label": "Hệ thống hộ tịch"}, action=PAGE)
    assert answer.status_code == 422
    assert "Hệ thống hộ tịch" in answer.text


def test_a_token_that_was_taken_away_opens_nothing(admin, app):
    answer = given(app, admin, "Hệ thống cũ")
    secret = re.search(r"mc_[\w-]{43}", answer.text)[0]
    action = re.search(rf'action="({PAGE}/[\w-]+/revoke)"', admin.get(PAGE).text)[1]
    assert post_form(admin, PAGE, action=action).status_code == 303
    assert action not in admin.get(PAGE).text
    asked = app.test_client().get("/api/v1/dossiers", headers={"Authorization": f"Bearer {secret}"})
    assert asked.status_code == 401


@pytest.mark.parametrize("username", ["officer", "case", "manager", "helper"])
def test_only_the_administrator_gives_tokens(client, services, username):
    people.log_in_staff(client, services, username)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data={"office": "H56.38.12", "label": "x"}).status_code in (400, 403)


def test_the_page_without_tokens_says_so(admin):
    assert "Chưa có" in text_of(admin.get(PAGE))


def test_the_command_gives_a_token_before_anybody_can_log_in(app):
    run = app.test_cli_runner().invoke(args=["api-token", "new", "H56.38.12", "Hệ thống hộ tịch"])
    assert run.exit_code == 0
    assert re.fullmatch(rf"{tokens.PREFIX}[\w-]{{43}}\n", run.output)
    wrong = app.test_cli_runner().invoke(args=["api-token", "new", "H00", "x"])
    assert (wrong.exit_code, "H00" in wrong.output) == (1, True)
