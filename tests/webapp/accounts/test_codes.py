"""How often a code is sent, and what is left of it afterwards."""

import pytest

from webapp.accounts import codes
from webapp.accounts.models import CodeChallenge
from webapp.core.errors import DomainError, TooMany
from webapp.core.outbox import OutboxEvent

PHONE = "+84987654321"


@pytest.fixture
def session(services):
    with services.database.session() as session:
        yield session


def ask(session, purpose=codes.LOGIN):
    return codes.request_code(session, PHONE, purpose)


def test_each_code_that_is_not_used_makes_the_wait_longer(session, later):
    waits = []
    for _ in range(4):
        ask(session)
        waits.append(codes.wait_seconds(session, PHONE))
        with pytest.raises(TooMany):
            ask(session)
        later(seconds=waits[-1])
    assert waits == [30, 60, 120, 240]


def test_five_unused_codes_an_hour_and_ten_a_day_are_enough(session, later):
    for _ in range(5):
        ask(session)
        later(minutes=5)
    with pytest.raises(TooMany) as refused:
        ask(session)
    assert refused.value.retry_after == 35 * 60
    later(minutes=35)
    for _ in range(5):
        ask(session)
        later(minutes=12)
    with pytest.raises(TooMany):
        ask(session)
    later(hours=22)
    ask(session)


def test_who_uses_the_codes_need_not_wait(session, later):
    for _ in range(12):
        challenge = ask(session)
        codes.check_code(session, challenge.public_id, challenge.code, codes.LOGIN)
        later(seconds=1)


def test_a_code_for_one_purpose_is_not_good_for_another(session):
    challenge = ask(session, codes.CONSENT)
    with pytest.raises(codes.LateCode):
        codes.check_code(session, challenge.public_id, challenge.code, codes.LOGIN)
    assert codes.check_code(session, challenge.public_id, challenge.code, codes.CONSENT).used_at


def test_what_stands_in_the_table_is_not_the_code(session):
    challenge = ask(session)
    code = challenge.code
    assert code not in challenge.code_digest
    assert code.encode() not in challenge.code_sealed
    other = ask_for_other(session, code)
    assert challenge.code_digest != other.code_digest


def ask_for_other(session, code):
    """Another challenge for which, by chance, the same digits were drawn."""
    other = codes.request_code(session, "+84987654322", codes.LOGIN)
    other.code_digest = codes._digest(other, "+84987654322", code)
    return other


def test_a_code_can_be_read_until_it_was_sent_and_not_longer(session):
    challenge = ask(session)
    code = codes.code_to_send(session, challenge.public_id).code
    codes.forget(session, challenge.public_id)
    session.expire_all()
    assert codes.code_to_send(session, challenge.public_id) is None
    assert codes.check_code(session, challenge.public_id, code, codes.LOGIN).used_at


def test_a_late_or_replaced_code_is_not_sent_any_more(session, later):
    first = ask(session)
    later(seconds=31)
    second = ask(session)
    session.expire_all()
    assert codes.code_to_send(session, first.public_id) is None
    later(minutes=6)
    assert codes.code_to_send(session, second.public_id) is None


def test_the_event_says_which_code_and_nothing_of_the_person(session):
    challenge = ask(session)
    event = session.query(OutboxEvent).order_by(OutboxEvent.id.desc()).first()
    assert (event.type, event.payload) == ("CodeRequested", {"challenge": challenge.public_id})


def test_a_proof_is_good_for_half_an_hour_and_once(session, later):
    challenge = ask(session)
    assert codes.proof(session, challenge.public_id, codes.LOGIN) is None
    codes.check_code(session, challenge.public_id, challenge.code, codes.LOGIN)
    assert codes.proof(session, challenge.public_id, codes.LOGIN) is challenge
    assert codes.proof(session, challenge.public_id, codes.CONSENT) is None
    later(minutes=31)
    assert codes.proof(session, challenge.public_id, codes.LOGIN) is None
    later(minutes=-31)
    codes.spend(challenge)
    assert codes.proof(session, challenge.public_id, codes.LOGIN) is None


@pytest.mark.parametrize("challenge", ["", "made-up", "A" * 22])
def test_a_made_up_challenge_opens_nothing(session, challenge):
    with pytest.raises(DomainError):
        codes.check_code(session, challenge, "123456", codes.LOGIN)
    assert session.query(CodeChallenge).count() == 0
