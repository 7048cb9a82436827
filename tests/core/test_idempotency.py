"""The same act that arrives twice is done once; another act under the same key is refused."""

import threading

import pytest
from sqlalchemy import func, select

from webapp.core.errors import Conflict
from webapp.core.idempotency import IdempotencyKey, begin, body_hash, complete

BODY = body_hash("1.001193", "Lê Minh Anh")


def send(database, key="k" * 22, body=BODY, scope="account 7", result="d1"):
    """As a route does: claim the key, do the thing, remember what came of it."""
    with database.transaction() as session:
        before = begin(session, scope, key, body)
        if before is not None:
            return before, "again"
        complete(session, scope, key, result)
        return result, "done"


def test_the_first_arrival_does_it_and_the_second_gets_the_first_ones_answer(database):
    assert send(database, result="d1") == ("d1", "done")
    assert send(database, result="d2") == ("d1", "again")


def test_the_same_key_with_other_contents_is_refused_and_changes_nothing(database):
    send(database)
    with pytest.raises(Conflict):
        send(database, body=body_hash("1.001193", "Lê Minh An"))
    assert send(database) == ("d1", "again")


def test_another_account_may_use_the_same_key(database):
    send(database)
    assert send(database, scope="account 8", result="d2") == ("d2", "done")


def test_an_act_that_failed_can_be_sent_again(database):
    with pytest.raises(RuntimeError), database.transaction() as session:
        begin(session, "account 7", "k" * 22, BODY)
        raise RuntimeError
    assert send(database) == ("d1", "done")


def test_of_twelve_at_once_one_is_done_and_all_get_its_answer(either):
    gate, answers = threading.Barrier(12), []

    def press(number):
        gate.wait()
        answers.append(send(either, result=f"d{number}"))

    threads = [threading.Thread(target=press, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 12
    assert len({result for result, _ in answers}) == 1
    assert sorted(how for _, how in answers) == ["again"] * 11 + ["done"]
    with either.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1


def test_contents_do_not_run_into_each_other():
    assert body_hash("ab", "c") != body_hash("a", "bc")
    assert body_hash("a") != body_hash("a", "")


def test_remembering_without_having_begun_is_a_mistake(database):
    with pytest.raises(LookupError), database.transaction() as session:
        complete(session, "account 7", "k", "d1")
