"""D03: a code is good for five minutes by the clock, and no clock that is set back brings it to life again."""

import pytest
from sqlalchemy import select

from tests.cases.asking import DAO, ask, enter
from tests.pages import code_sent_to
from webapp.accounts import codes
from webapp.accounts.models import CodeChallenge


@pytest.mark.parametrize(("seconds", "status"), [(299, 303), (301, 422)])
def test_a_code_lives_five_minutes(later, client, seconds, status):
    ask(client, DAO)
    code = code_sent_to(client, DAO)
    later(seconds=seconds)
    assert enter(client, code).status_code == status


def test_a_clock_that_is_set_back_revives_nothing_and_keeps_nobody_waiting(later, client, services):
    ask(client, DAO)
    code = code_sent_to(client, DAO)
    with services.database.session(write=False) as session:
        challenge = session.scalars(select(CodeChallenge.public_id)).one()
    later(seconds=301)
    assert enter(client, code).status_code == 422
    later(hours=-2)
    assert client.get("/login/code").location == "/login", "a cookie of the future is nobody's"
    with services.database.transaction() as session, pytest.raises(codes.LateCode):
        codes.check_code(session, challenge, code, codes.LOGIN)
    assert ask(client, DAO).status_code == 303, "the codes of a future that never came count for nothing"
    assert enter(client, code_sent_to(client, DAO)).location == "/me"
