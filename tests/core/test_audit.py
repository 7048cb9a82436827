"""The journal: every act once, in a chain that shows what was changed or taken away."""

import threading

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from webapp.core import crypto
from webapp.core.actor import SYSTEM, Actor, Channel, Role
from webapp.core.audit import AuditEntry, AuditHead, audit, verify
from webapp.core.crypto import Keyring
from webapp.core.settings import new_data_key

PHA = Actor(
    role=Role.HELPER, channel=Channel.ASSISTED, account_id=3, account_public="a" * 22, person_id=9,
    person_public="p" * 22, mandate_id=1, mandate_public="m" * 22, name="Lò Văn Pha", subject_name="Vi Thị Nhàn",
)  # fmt: skip


@pytest.fixture
def journal(database):
    """Five acts, each in a transaction of its own."""
    for number in range(1, 6):
        with database.transaction() as session:
            audit(session, PHA if number % 2 else SYSTEM, "dossier:submit", f"d{number}", files=number)
    return database


def check(database):
    with database.session(write=False) as session:
        return verify(session)


def tamper(database, *statements):
    """As somebody with the database's own password would: the triggers fall first."""
    with database.transaction() as session:
        for act in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER IF EXISTS audit_entries_no_{act}"))
        for statement in statements:
            session.execute(statement)


def test_an_act_says_who_for_whom_by_what_right_and_when(journal):
    with journal.session(write=False) as session:
        entry = session.get_one(AuditEntry, 1)
    assert (entry.action, entry.object, entry.detail) == ("dossier:submit", "d1", {"files": 1})
    assert (entry.role, entry.channel, entry.actor, entry.mandate) == ("helper", "assisted", "a" * 22, "m" * 22)
    assert entry.at.tzinfo is not None


def test_no_name_stands_in_the_journal(journal):
    with journal.session(write=False) as session:
        rows = session.execute(text("SELECT * FROM audit_entries")).all()
    assert "Pha" not in str(rows)
    assert "Nhàn" not in str(rows)


def test_an_untouched_journal_is_whole(journal):
    assert check(journal) == (5, [])


def test_an_empty_journal_is_whole(database):
    assert check(database) == (0, [])


def test_an_act_that_was_rolled_back_leaves_no_gap(journal):
    with pytest.raises(RuntimeError), journal.transaction() as session:
        audit(session, SYSTEM, "dossier:submit", "d6")
        raise RuntimeError
    with journal.transaction() as session:
        audit(session, SYSTEM, "dossier:submit", "d7")
    assert check(journal) == (6, [])


def test_many_at_once_stand_in_one_line(either):
    """From the very first act on, when there is no end of the chain yet to wait for."""
    gate = threading.Barrier(6)

    def act(number):
        gate.wait()
        for _ in range(5):
            with either.transaction() as session:
                audit(session, SYSTEM, "test:act", f"t{number}")

    threads = [threading.Thread(target=act, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert check(either) == (30, [])


@pytest.mark.parametrize(
    "change",
    [
        {"action": "dossier:decline"},
        {"object": "d9"},
        {"actor": "b" * 22},
        {"mandate": None},
        {"detail": {"files": 0}},
        {"role": "citizen"},
        {"channel": "self"},
    ],
)
def test_a_changed_row_is_found(journal, change):
    tamper(journal, update(AuditEntry).where(AuditEntry.seq == 3).values(**change))
    assert check(journal) == (5, ["row 3 was changed or does not follow the row before it"])


def test_a_moved_hour_is_found(journal):
    tamper(journal, text("UPDATE audit_entries SET at = '2020-01-01 00:00:00.000000' WHERE seq = 2"))
    assert check(journal)[1] == ["row 2 was changed or does not follow the row before it"]


def test_a_row_that_was_taken_out_is_found(journal):
    tamper(journal, delete(AuditEntry).where(AuditEntry.seq == 3))
    assert "row 3 is missing" in check(journal)[1]


def test_last_rows_that_were_taken_away_are_found(journal):
    tamper(journal, delete(AuditEntry).where(AuditEntry.seq >= 4))
    assert check(journal) == (3, ["the last rows are missing"])


def test_last_rows_and_the_end_of_the_chain_taken_away_together_are_found(journal):
    tamper(journal, delete(AuditEntry).where(AuditEntry.seq >= 4), delete(AuditHead))
    assert check(journal)[1] == ["the last rows are missing"]


def test_a_journal_that_was_emptied_is_found(journal):
    tamper(journal, delete(AuditEntry))
    assert check(journal) == (0, ["the last rows are missing"])


def test_two_rows_that_changed_places_are_found(journal):
    tamper(
        journal,
        text("UPDATE audit_entries SET seq = 99 WHERE seq = 2"),
        text("UPDATE audit_entries SET seq = 2 WHERE seq = 3"),
        text("UPDATE audit_entries SET seq = 3 WHERE seq = 99"),
    )
    assert len(check(journal)[1]) >= 2


def test_a_forged_row_needs_the_key_that_is_not_in_the_database(journal):
    """Whoever writes the row and a digest made with a key of their own is found out."""
    ours = crypto.keyring()
    crypto._Ring.current = Keyring(new_data_key(), "a key that somebody guessed")
    with journal.transaction() as session:
        audit(session, SYSTEM, "dossier:settle", "d1")
    crypto._Ring.current = ours
    assert check(journal)[1] == ["row 6 was changed or does not follow the row before it"]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entries SET action = 'x' WHERE seq = 2", "DELETE FROM audit_entries"]
)
def test_the_database_itself_refuses_to_change_the_journal(journal, statement):
    with pytest.raises(DBAPIError, match="append-only"), journal.transaction() as session:
        session.execute(text(statement))
    assert check(journal) == (5, [])


def test_the_database_itself_refuses_to_change_a_dossiers_history(database):
    with database.transaction() as session:
        session.execute(text("PRAGMA foreign_keys=OFF"))
        triggers = set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))
    assert {"dossier_moves_no_update", "dossier_moves_no_delete"} <= triggers


def test_an_act_is_written_with_the_change_it_tells_of_or_not_at_all(database):
    with database.transaction() as session:
        audit(session, SYSTEM, "test:act")
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1
        session.rollback()
    assert check(database) == (0, [])
