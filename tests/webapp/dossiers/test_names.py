"""A name typed at the counter finds what was sent to this office, whatever became of the name since."""

import pytest
from sqlalchemy import func, select, update

from tests import people as who
from tests.factories import dossiers, states
from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.core import clock, erasure, outbox, worker
from webapp.core.actor import SYSTEM
from webapp.core.ids import new_public_id
from webapp.dossiers import desk, names
from webapp.dossiers.models import Dossier, DossierWord
from webapp.dossiers.states import State
from webapp.identity import join
from webapp.identity.events import IdentityLinked
from webapp.offices.models import Office


@pytest.fixture
def database(services):
    return services.database


@pytest.fixture
def sent(services):
    """Đào's dossier, and Nhàn's at the same office."""
    with services.database.transaction() as session:
        nhan = people.create_person(session, full_name="Vi Thị Nhàn", birth_date="1954")
        people.open_account(session, nhan)
        dossiers.sent(session, services.storage, nhan)
        return dossiers.sent(session, services.storage, who.person(session)).public_id


def found(database, typed):
    with database.session(write=False) as session:
        rows = desk.find_at_counter(session, states.as_staff(session, "officer"), typed).rows
    return sorted(row.applicant for row in rows)


def words(database):
    with database.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(DossierWord))


@pytest.mark.parametrize(
    ("typed", "who_comes"),
    [
        ("thi", ["Nguyễn Thị Đào", "Vi Thị Nhàn"]),
        ("Nhàn Vi", ["Vi Thị Nhàn"]),
        ("THỊ ĐÀO nguyen", ["Nguyễn Thị Đào"]),
        ("thi nhan 1954", ["Vi Thị Nhàn"]),
        ("thi nhan 1955", []),
        ("nguyen nhan", []),
        ("da", []),
    ],
)
def test_all_words_in_any_order_with_or_without_marks(database, sent, typed, who_comes):
    assert found(database, typed) == who_comes


def test_a_draft_has_no_words_and_another_offices_dossier_is_not_found(database, services, sent):
    before = words(database)
    with database.transaction() as session:
        citizen = who.as_citizen(session, who.person(session))
        dossiers.drafted(session, citizen)
    assert words(database) == before == 6
    with database.session(write=False) as session:
        elsewhere = session.scalar(select(Office.id).where(Office.code == dossiers.NEXT_DOOR))
    with database.transaction() as session:
        session.execute(update(DossierWord).values(office_id=elsewhere))
    assert found(database, "dao") == []  # not even if the words said another office than the dossier


def test_a_name_that_vneid_corrected_is_found_and_the_old_one_no_more(database, sent):
    with database.transaction() as session:
        person = who.person(session)
        people.rename_person(session, person, "Nguyễn Thị Mận")
        outbox.record(session, IdentityLinked(person=person.public_id, identity=new_public_id()))
    worker.drain(database)
    assert found(database, "nguyen man") == ["Nguyễn Thị Mận"]
    assert found(database, "dao") == []
    assert found(database, "thi") == ["Nguyễn Thị Mận", "Vi Thị Nhàn"]


def test_after_two_accounts_were_joined_the_kept_name_finds_both_dossiers(database, services, sent):
    with database.transaction() as session:
        double = people.create_person(session, full_name="Nguyễn Đào")
        people.open_account(session, double)
        dossiers.sent(session, services.storage, double)
        keep = who.person(session)
        join.join_accounts(session, keep, double, who.as_citizen(session, keep))
    worker.drain(database)
    assert found(database, "nguyen thi dao") == ["Nguyễn Thị Đào"] * 2


def test_whoever_is_forgotten_is_found_by_no_word_of_the_name(database, sent):
    with database.transaction() as session:
        dao = who.person(session)
        dao_id = dao.public_id
        mine = update(Dossier).where(Dossier.person_id == dao.id)
        session.execute(mine.values(state=State.HANDED_OVER.value, updated_at=clock.now()))
    with database.transaction() as session:
        outcomes = erasure.erase(session, dao_id, request="12/YC", by=SYSTEM)
    assert not any(outcome.waits for outcome in outcomes)
    assert words(database) == 3
    assert found(database, "thi") == ["Vi Thị Nhàn"]


def test_whose_dossier_is_still_open_keeps_the_words_with_the_name(database, sent):
    with database.transaction() as session:
        erasure.erase(session, who.person(session).public_id, request="13/YC", by=SYSTEM)
    assert found(database, "dao") == ["Nguyễn Thị Đào"]


def test_words_written_anew_are_the_same(database, sent):
    with database.session(write=False) as session:
        before = set(session.execute(select(DossierWord.office_id, DossierWord.word, DossierWord.dossier_id)).all())
    with database.transaction() as session:
        for person in session.scalars(select(Person.public_id)).all():
            names.follow_name(session, person)
    with database.session(write=False) as session:
        after = set(session.execute(select(DossierWord.office_id, DossierWord.word, DossierWord.dossier_id)).all())
    assert after == before
