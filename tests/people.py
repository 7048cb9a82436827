"""Who is in the tests: the demo's people, and a way to be one of them without going through the log-in pages."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts import limits, people, sessions
from webapp.accounts.models import Account, LoginSession, Person
from webapp.core import clock
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.ids import new_secret
from webapp.shell.services import Services

DAO_ID, NHAN_ID = "038196001234", "038154004321"


def person(session: Session, citizen_id: str = DAO_ID) -> Person:
    """One of the demo's citizens."""
    found = people.find_by_citizen_id(session, citizen_id)
    assert found is not None
    return found


def staff(session: Session, username: str) -> Account:
    """One of the demo's staff: helper, officer, case, manager, officer2."""
    return session.scalars(select(Account).where(Account.username == username)).one()


def citizen(session: Session, full_name: str, citizen_id: str) -> Account:
    """Somebody new with an account of their own."""
    made = people.create_person(session, full_name=full_name, citizen_id=citizen_id, assurance=Assurance.PHONE)
    return people.open_account(session, made)


def as_citizen(session: Session, who: Person) -> Actor:
    """The actor that this citizen is when logged in on their own phone."""
    account = people.account_of(session, who.id)
    assert account is not None
    return Actor(
        role=Role.CITIZEN, channel=Channel.SELF, account_id=account.id, account_public=account.public_id,
        person_id=who.id, person_public=who.public_id, assurance=Assurance.PHONE, name=who.full_name,
        subject_name=who.full_name,
    )  # fmt: skip


def log_in(client: FlaskClient, services: Services, account: Account) -> None:
    """Give this browser a log-in of that account, as if its pages had been used."""
    token, now = new_secret(), clock.now()
    with services.database.transaction() as session:
        session.add(
            LoginSession(
                token_digest=sessions.digest(token),
                account_id=account.id,
                assurance=Assurance.PHONE.value,
                device="test",
                created_at=now,
                expires_at=now + limits.SESSIONS[sessions.kind_of(account.kind, account.roles)][1],
            )  # fmt: skip
        )
    with client.session_transaction() as cookie:
        cookie[sessions.TOKEN], cookie["seen"] = token, int(now.timestamp())


def log_in_citizen(client: FlaskClient, services: Services, citizen_id: str = DAO_ID) -> Person:
    """Be one of the demo's citizens who has an account."""
    with services.database.session(write=False) as session:
        who = person(session, citizen_id)
        account = people.account_of(session, who.id)
        assert account is not None
    log_in(client, services, account)
    return who


def log_in_staff(client: FlaskClient, services: Services, username: str) -> Account:
    """Be one of the demo's staff."""
    with services.database.session(write=False) as session:
        account = staff(session, username)
    log_in(client, services, account)
    return account
