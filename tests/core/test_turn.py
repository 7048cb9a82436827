"""Writers of SQLite stand in a line: nobody is overtaken for long, nobody is locked out by somebody who died."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from webapp.core import turn
from webapp.core.db import Database
from webapp.core.hot import Hot
from webapp.core.turn import Line


@pytest.fixture
def database(tmp_path):
    made = Database(f"sqlite:///{tmp_path}/line.db")
    with made.transaction() as session:
        session.execute(text("CREATE TABLE visits (who INTEGER)"))
    yield made
    made.dispose()


def visits(database: Database) -> int:
    with database.session(write=False) as session:
        return session.execute(text("SELECT count(*) FROM visits")).scalar_one()


def test_many_writers_all_get_their_turn(database):
    def write(who: int) -> None:
        for _ in range(25):
            with database.transaction() as session:
                session.execute(text("INSERT INTO visits VALUES (:who)"), {"who": who})

    crew = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    assert visits(database) == 200


def test_a_reader_does_not_stand_in_the_line(database):
    with database.transaction() as session:
        session.execute(text("INSERT INTO visits VALUES (1)"))
        assert visits(database) == 0, "it sees what was there before, at once"
    assert visits(database) == 1


def test_whoever_waits_too_long_is_told_that_the_database_is_busy(database, monkeypatch):
    monkeypatch.setattr(turn, "PATIENCE", 0.05)
    with database.transaction() as session:
        session.execute(text("INSERT INTO visits VALUES (1)"))
        with pytest.raises(OperationalError, match="locked"), database.transaction() as other:
            other.execute(text("INSERT INTO visits VALUES (2)"))
    with database.transaction() as session:
        session.execute(text("INSERT INTO visits VALUES (3)"))
    assert visits(database) == 2


def test_a_rolled_back_change_lets_the_next_one_in(database):
    with pytest.raises(RuntimeError), database.transaction() as session:
        session.execute(text("INSERT INTO visits VALUES (1)"))
        raise RuntimeError
    with database.transaction() as session:
        session.execute(text("INSERT INTO visits VALUES (2)"))
    assert visits(database) == 1


def test_a_writer_that_is_killed_holds_nobody_up(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from webapp.core.turn import Line\n"
        "line = Line(Path(sys.argv[1])); assert line.enter(); print('in', flush=True); time.sleep(60)"
    )
    path = tmp_path / "line.db"
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=root, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        mine = Line(path)
        waiting = threading.Thread(target=mine.enter)
        waiting.start()
        time.sleep(0.05)
        assert waiting.is_alive()
        os.kill(other.pid, signal.SIGKILL)
        waiting.join(timeout=5)
        assert not waiting.is_alive()
        mine.leave()


def test_a_hot_select_that_fails_is_told_like_any_other(database):
    with database.session(write=False) as session, pytest.raises(OperationalError):
        Hot(text("SELECT nothing FROM nowhere").columns()).rows(session)
