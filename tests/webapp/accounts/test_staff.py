"""Staff come in with three right things, and a code only once."""

import pyotp
import pytest
from sqlalchemy import select

from tests.pages import otp_for, post_form, staff_log_in
from webapp.accounts import staff
from webapp.accounts.demo import STAFF_PASSWORD, STAFF_SECRET
from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.actor import Role
from webapp.core.audit import AuditEntry

RIGHT = {"username": "officer", "password": STAFF_PASSWORD}


def enter(client, **changes):
    if "otp" not in changes:
        changes["otp"] = otp_for(client, "officer")
    return post_form(client, "/staff/login", {**RIGHT, **changes})


def refusal(answer):
    """What the page says, whatever was typed."""
    return answer.text.split('role="alert"')[1].split("</div>")[0]


@pytest.mark.parametrize(
    ("username", "desk"),
    [("helper", "/assisted"), ("officer", "/counter"), ("case", "/counter"), ("manager", "/counter")],
)
def test_each_comes_to_their_own_desk(client, username, desk):
    assert staff_log_in(client, username).location == desk


def test_whoever_was_sent_to_log_in_comes_back(client):
    assert staff_log_in(client, next="/counter/worklist").location == "/counter/worklist"
    assert staff_log_in_elsewhere(client) == "/counter"


def staff_log_in_elsewhere(client):
    other = client.application.test_client()
    return staff_log_in(other, next="//evil.example").location


def test_the_user_name_may_be_written_in_capitals(client):
    assert enter(client, username=" Officer ").status_code == 303


def test_the_journal_says_what_was_wrong_and_never_what_was_typed(client, services):
    enter(client, password="wrong")
    enter(client, otp="000000" if otp_for(client, "officer") != "000000" else "000001")
    enter(client, username="bảy con vịt")
    with services.database.session(write=False) as session:
        officer = session.scalars(select(Account.public_id).where(Account.username == "officer")).one()
        rows = session.execute(
            select(AuditEntry.object, AuditEntry.detail).where(AuditEntry.action == "session:refuse")
        ).all()
    assert [tuple(row) for row in rows] == [
        (officer, {"wrong": "password"}), (officer, {"wrong": "code"}), ("", {"wrong": "password"}),
    ]  # fmt: skip


def test_every_wrong_thing_gets_the_same_answer(client, change):
    change("case", disabled_at=clock.now())
    wrong = [
        {"password": "wrong"},
        {"username": "nobody"},
        {"otp": "000000" if otp_for(client, "officer") != "000000" else "000001"},
        {"username": "case", "otp": otp_for(client, "case")},
        {"username": "0912000001"},
    ]
    answers = [enter(client, **change) for change in wrong]
    assert {a.status_code for a in answers} == {422}
    assert len({refusal(a) for a in answers}) == 1


def test_without_the_second_factor_nobody_comes_in(client, change):
    assert enter(client, otp="").status_code == 422
    change("officer", totp_secret=None)
    assert enter(client, otp="123456").status_code == 422
    assert enter(client).status_code == 422


def test_the_password_and_the_code_are_not_shown_again(client):
    code = otp_for(client, "officer")
    answer = enter(client, password="a-secret-of-mine", otp=code, username="Mai")
    assert "a-secret-of-mine" not in answer.text
    assert f'value="{code}"' not in answer.text
    assert 'value="Mai"' in answer.text


def test_a_code_seen_over_the_shoulder_is_worth_nothing(client, app, later):
    code = pyotp.TOTP(STAFF_SECRET).at(clock.now())
    assert enter(client, otp=code).status_code == 303
    assert enter(app.test_client(), otp=code).status_code == 422
    later(seconds=30)
    assert enter(app.test_client(), otp=code).status_code == 422, "the clocks' tolerance does not help"
    assert enter(app.test_client(), otp=pyotp.TOTP(STAFF_SECRET).at(clock.now())).status_code == 303


def test_a_code_of_the_next_half_minute_uses_up_this_one_too(client, app, later):
    ahead = pyotp.TOTP(STAFF_SECRET).at(clock.now().timestamp() + 30)
    here = pyotp.TOTP(STAFF_SECRET).at(clock.now())
    assert enter(client, otp=ahead).status_code == 303
    assert enter(app.test_client(), otp=here).status_code == 422


@pytest.mark.parametrize(("seconds", "answer"), [(-60, 422), (-30, 303), (0, 303), (30, 303), (60, 422)])
def test_a_phones_clock_may_be_half_a_minute_wrong(client, later, seconds, answer):
    code = pyotp.TOTP(STAFF_SECRET).at(clock.now().timestamp() + seconds)
    assert enter(client, otp=code).status_code == answer


def test_guessing_is_slowed_down_and_others_can_still_come_in(client, app):
    answers = [enter(client, password=f"guess {n}").status_code for n in range(7)]
    assert answers == [422] * 6 + [429]
    assert enter(client).status_code == 429, "even with the right password, for five minutes"
    assert staff_log_in(app.test_client(), "case").status_code == 303


def test_a_second_device_ends_the_first(client, app):
    staff_log_in(client)
    staff_log_in(app.test_client())
    assert client.get("/staff/login").status_code == 200


def test_a_disabled_account_is_out_at_the_next_click(client, change):
    staff_log_in(client)
    change("officer", disabled_at=clock.now())
    assert client.get("/staff/login").status_code == 200


def test_a_form_without_its_token_is_refused_and_shows_no_secret(client):
    answer = client.post("/staff/login", data={"username": "officer", "password": "a-secret-of-mine", "otp": "123456"})
    assert answer.status_code == 403
    assert "officer" in answer.text
    assert "a-secret-of-mine" not in answer.text
    assert "123456" not in answer.text


def test_passwords_are_kept_as_slow_hashes(services):
    with services.database.transaction() as session:
        made = staff.create_staff(
            session, username="new", name="Mới", roles=[Role.CASE], office_id=1, password="a long password"
        )
        assert made.password_hash.startswith("$argon2id$")
        assert staff.check_password(made, "a long password")
        assert not staff.check_password(made, "another password")
        assert not staff.check_password(None, "nobody has this password")
        assert not staff.check_totp(session, made, "123456")


def test_demo_codes_are_shown_only_in_the_demo(client, app):
    assert STAFF_PASSWORD in client.get("/staff/login").text
    services = app.extensions["motcua"]
    services.settings = services.settings.model_copy(update={"env": "production"})
    page = client.get("/staff/login").text
    assert STAFF_PASSWORD not in page
    assert pyotp.TOTP(STAFF_SECRET).at(clock.now()) not in page
    assert "0912 000 001" not in client.get("/login").text
