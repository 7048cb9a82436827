"""Two accounts of one person become one, on both databases, with everything that was in both."""

import shutil

import pytest
from sqlalchemy import func, select

import wsgi
from notifications.models import Message
from tests import people as who
from tests.conftest import prepare
from tests.conftest import test_settings as settings_for
from tests.factories import dossiers as factory
from tests.filling import record_of
from tests.pages import code_sent_to, log_in, log_out, post_form, text_of
from tests.support.postgres import new_database, postgres_server
from tests.webapp.identity import vneid
from webapp.accounts import people
from webapp.accounts.models import Account, LoginSession, Person
from webapp.core import audit, clock, worker
from webapp.core.db import Base
from webapp.core.errors import DomainError
from webapp.dossiers.models import Dossier
from webapp.identity import join
from webapp.identity.models import AccountJoin
from webapp.vault.models import VaultItem

SLIP = "038196001243"  # Đào's number with two digits turned round
OLD_PHONE, NEW_PHONE = "0912000001", "0987000111"


@pytest.fixture(scope="session")
def pg_server(tmp_path_factory):
    with postgres_server() as running:
        url = new_database(running, "template_identity")
        app = wsgi.create_app(settings_for(tmp_path_factory.mktemp("pg"), database_url=url))
        prepare(app)
        app.extensions["motcua"].database.dispose()
        yield running


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("identity-pg")])]
)
def settings(request, tmp_path, template_database):
    if request.param == "sqlite":
        shutil.copytree(template_database, tmp_path / "var")
        return settings_for(tmp_path / "var")
    server = request.getfixturevalue("pg_server")
    name = f"t{abs(hash(request.node.name))}"
    return settings_for(tmp_path, database_url=new_database(server, name, template="template_identity"))


def second_account(services, citizen_id=SLIP, name="Nguyễn Thị Đào", born="1996-05-14", phone=NEW_PHONE):
    """The same woman once more: another phone, a slip in the number; one dossier sent, one begun, one record."""
    with services.database.transaction() as session:
        account = who.citizen(session, name, citizen_id)
        person = session.get_one(Person, account.person_id)
        person.birth_date, person.profile = born, {"ethnicity": "Mường", "email": "dao@example.vn"}
        people.add_phone(session, person, "+84" + phone[1:], verified_at=clock.now())
        session.flush()
        factory.sent(session, services.storage, person)
        factory.drafted(session, who.as_citizen(session, person))
        record_of(session, services.storage, person)
        return person.id


def first_dossier(services):
    with services.database.transaction() as session:
        dao = who.person(session)
        factory.sent(session, services.storage, dao)
        return dao.id


def count(services, model, **where):
    with services.database.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(model).filter_by(**where))


def agree(client, phone=OLD_PHONE):
    """Show that the old account's phone is hers, and say yes."""
    sent = post_form(client, "/me/identity/join", {"phone": "0"}, action="/me/identity/join/send")
    assert sent.status_code == 303, text_of(sent)
    return post_form(client, "/me/identity/join", {"code": code_sent_to(client, phone)}, action="/me/identity/join")


def test_a_woman_with_dossiers_in_both_accounts_has_them_all_in_one(app, client, services):
    dao, double = first_dossier(services), second_account(services)
    worker.drain(services.database)
    told = {person: count(services, Message, person_id=person) for person in (dao, double)}
    held = {person: count(services, VaultItem, person_id=person) for person in (dao, double)}
    assert all(told.values()) and all(held.values())
    elsewhere = app.test_client()
    log_in(elsewhere, OLD_PHONE)
    log_in(client, NEW_PHONE)

    assert vneid.link(client, vneid.DAO).headers["Location"] == "/me/identity/join"
    page = client.get("/me/identity/join")
    assert "0912 ••• 001" in text_of(page)
    assert agree(client).headers["Location"] == "/me/identity"

    for browser in (client, elsewhere):  # nobody is thrown out, and both see the same
        assert "Nguyễn Thị Đào" in text_of(browser.get("/me"))
        assert browser.get("/dossiers").text.count('href="/dossiers/') >= 3
    assert count(services, Dossier, person_id=dao) == 3
    assert count(services, VaultItem, person_id=dao) == sum(held.values())
    assert count(services, Message, person_id=dao) >= sum(told.values())
    assert count(services, Person, citizen_id_index=people.citizen_id_index(SLIP)) == 0
    with services.database.session(write=False) as session:
        kept = session.get_one(Person, dao)
        assert (kept.citizen_id, kept.full_name) == (who.DAO_ID, "Nguyễn Thị Đào")
        assert (kept.profile["ethnicity"], kept.profile["email"]) == ("Kinh", "dao@example.vn")
        assert audit.verify(session)[1] == []
        for column in join.person_columns():
            left = session.scalar(select(func.count()).select_from(column.table).where(column == double))
            assert left == 0, f"{column} still points at the account that is gone"


def test_afterwards_either_phone_and_vneid_open_the_one_account(client, services):
    first_dossier(services)
    second_account(services)
    log_in(client, NEW_PHONE)
    vneid.link(client, vneid.DAO)
    agree(client)
    for way in (lambda: log_in(client, OLD_PHONE), lambda: log_in(client, NEW_PHONE)):
        log_out(client)
        assert way().headers["Location"] == "/me"
        assert "038196" not in client.get("/me").text
        assert client.get("/me/identity").text.count("mức 2") == 1
    log_out(client)
    assert vneid.log_in(client, vneid.DAO).headers["Location"] == "/me"
    assert count(services, Account, disabled_at=None, kind="citizen") == 1


def test_without_the_old_phones_code_the_two_stay_two(client, services):
    first_dossier(services)
    double = second_account(services)
    log_in(client, NEW_PHONE)
    vneid.link(client, vneid.DAO)
    post_form(client, "/me/identity/join", {"phone": "0"}, action="/me/identity/join/send")
    answer = post_form(client, "/me/identity/join", {"code": "000000"}, action="/me/identity/join")
    assert answer.status_code == 422
    assert count(services, AccountJoin) == 0
    assert count(services, Dossier, person_id=double) == 2


def test_who_came_by_vneid_first_joins_the_account_of_their_phone(client, services):
    double = second_account(services, "038090007787", "Hoàng Văn Tú", "1990-03-02")
    vneid.log_in(client, vneid.TU)
    asked = post_form(client, "/me/identity/other-account", {"phone": NEW_PHONE})
    assert asked.headers["Location"] == "/me/identity/other-account/code"
    wrong = post_form(client, "/me/identity/other-account/code", {"code": "000000"})
    assert wrong.status_code == 422
    done = post_form(client, "/me/identity/other-account/code", {"code": code_sent_to(client, NEW_PHONE)})
    assert done.headers["Location"] == "/me/identity", text_of(done)
    with services.database.session(write=False) as session:
        assert session.scalars(select(AccountJoin.gone_id)).all() == [double]
        assert who.person(session, "038090007788").profile["email"] == "dao@example.vn"
    assert client.get("/dossiers").text.count('href="/dossiers/') >= 2
    assert "0987" in client.get("/me").text


@pytest.mark.parametrize(("name", "born"), [("Hoàng Thị Tú", "1990-03-02"), ("Hoàng Văn Tú", "1991-03-02")])
def test_the_account_of_somebody_else_on_the_same_phone_is_not_joined(client, services, name, born):
    second_account(services, "038090007787", name, born)
    vneid.log_in(client, vneid.TU)
    post_form(client, "/me/identity/other-account", {"phone": NEW_PHONE})
    answer = post_form(client, "/me/identity/other-account/code", {"code": code_sent_to(client, NEW_PHONE)})
    assert answer.status_code == 422
    assert count(services, AccountJoin) == 0


def test_two_numbers_that_were_both_checked_are_two_people(services):
    double = second_account(services)
    with services.database.transaction() as session:
        dao, other = who.person(session), session.get_one(Person, double)
        dao.assurance = other.assurance = "in_person"
        session.flush()
        with pytest.raises(DomainError):
            join.join_accounts(session, dao, other, who.as_citizen(session, dao))
    assert count(services, AccountJoin) == 0


def test_only_the_person_themselves_joins_and_only_once(services):
    double = second_account(services)
    with services.database.transaction() as session:
        dao, other = who.person(session), session.get_one(Person, double)
        stranger = who.citizen(session, "Lê Văn Hùng", "038094005678")
        by = who.as_citizen(session, session.get_one(Person, stranger.person_id))
        with pytest.raises(DomainError):
            join.join_accounts(session, dao, other, by)
        join.join_accounts(session, dao, other, who.as_citizen(session, dao))
        for pair in ((dao, other), (other, dao), (dao, dao)):
            with pytest.raises(DomainError):
                join.join_accounts(session, *pair, who.as_citizen(session, dao))
    assert count(services, AccountJoin) == 1


def test_a_phone_or_device_both_had_stays_one(services):
    double = second_account(services)
    with services.database.transaction() as session:
        dao, other = who.person(session), session.get_one(Person, double)
        people.add_phone(session, dao, "+84987000111")
        people.add_phone(session, other, "+84912000001")
        session.flush()
        join.join_accounts(session, dao, other, who.as_citizen(session, dao))
        numbers = [phone.number for phone in people.own_phones(session, dao.id)]
        assert sorted(numbers) == ["+84912000001", "+84987000111"]
        assert all(phone.verified_at for phone in people.own_phones(session, dao.id))
        assert [h.person.id for h in people.holders_of(session, "+84987000111")] == [dao.id]


def test_this_was_not_me_is_not_forgotten_by_joining(services):
    double, told = second_account(services), clock.now()
    with services.database.transaction() as session:
        dao, other = who.person(session), session.get_one(Person, double)
        people.account_of(session, double).guarded_at = told
        join.join_accounts(session, dao, other, who.as_citizen(session, dao))
        assert people.account_of(session, dao.id).guarded_at == told


def test_the_log_ins_of_both_go_on(services):
    double = second_account(services)
    with services.database.transaction() as session:
        dao, other = who.person(session), session.get_one(Person, double)
        kept, gone = people.account_of(session, dao.id), people.account_of(session, double)
        now = clock.now()
        for account in (kept, gone):
            row = {"token_digest": str(account.id), "account_id": account.id, "assurance": "phone", "device": "test"}
            session.add(LoginSession(**row, created_at=now, expires_at=now))
        session.flush()
        join.join_accounts(session, dao, other, who.as_citizen(session, dao))
        assert {row.account_id for row in session.scalars(select(LoginSession))} == {kept.id}


def test_no_table_that_may_only_grow_would_be_changed_by_a_join():
    """A history says who did what when; joining must not, and cannot, rewrite it."""
    append_only = {"audit_entries", "dossier_moves"}
    changed = {column.table.name for column in (*join.person_columns(), *join.account_columns())}
    assert changed & append_only == set()


def test_every_table_that_says_whose_something_is_follows():
    """A new table with a person in it is handed over by itself; what stays behind is named, with its reason."""
    pointing = {
        str(key.parent)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.target_fullname == "people.id"
    }
    assert {str(column) for column in join.person_columns()} == pointing - join.PERSON_STAYS
    assert pointing >= join.PERSON_STAYS
