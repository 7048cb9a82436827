"""The part of the tour that is good once: a link, a code or a log-in that its visit uses up, made anew for each."""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from assisted import sessions as assisted_sessions
from tests import people as who
from tests.pages import form_of
from webapp.accounts import devices, mandates, people, phone_change, second_person, staff_admin
from webapp.accounts.demo import HOME
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.models import Account, LoginSession, Person
from webapp.accounts.second_person import Wish
from webapp.core import clock
from webapp.core.actor import Actor, Assurance, Role
from webapp.core.ids import new_public_id
from webapp.offices.models import Office

if TYPE_CHECKING:
    from tests.browser.tour import Tour

SHARED_PHONE = "+84912000066"  # of a couple: whoever comes in with it says who they are
TWIN, TWIN_ID = "Nguyễn Thị Đào", "038196001243"  # with two digits the other way round: the same woman's second account


def couple_and_twin(session: Session) -> None:
    """Two people with one phone, and a woman who has registered twice."""
    for name, number in (("Lường Văn Páo", "038071004411"), ("Lường Thị Chức", "038174004412")):
        person = people.create_person(session, full_name=name, citizen_id=number, birth_date="1974-05-05")
        people.open_account(session, person)
        people.add_phone(session, person, SHARED_PHONE, verified_at=clock.now())
    twin = people.create_person(
        session, full_name=TWIN, citizen_id=TWIN_ID, birth_date="1996-05-14", assurance=Assurance.PHONE
    )
    people.open_account(session, twin)
    people.add_phone(session, twin, "+84912000067", verified_at=clock.now())


def visit(session: Session, person_id: int, helper: Actor) -> str:
    """A helper was beside this person, and has left."""
    login = LoginSession(
        token_digest=new_public_id(), account_id=helper.account_id, assurance=Assurance.PHONE.value, device="test",
        created_at=clock.now(), expires_at=clock.now(),
    )  # fmt: skip
    session.add(login)
    session.flush()
    mandate = mandates.grant_mandate(
        session, person_id=person_id, helper=helper, evidence_kind=mandates.CARD_PIN, evidence_id=new_public_id(),
        text_version="consent-2026-11",
    )  # fmt: skip
    row = assisted_sessions.begin(session, mandate, by=helper, login_id=login.id)
    assisted_sessions.close(session, row.id, "ended", by=helper)
    return row.public_id


def _stranger(session: Session) -> Account:
    number = f"0381900{random.randrange(10**5):05d}"
    return who.citizen(session, "Phạm Văn Thường", number)


def alarm(tour: "Tour") -> str:
    """The link of a message about a device that somebody does not know."""
    with tour.services.database.transaction() as session:
        device = KnownDevice(
            account_id=_stranger(session).id, token_digest=new_public_id(), name="Chrome · Windows",
            created_at=clock.now(), seen_at=clock.now(),
        )  # fmt: skip
        session.add(device)
        session.flush()
        devices.new_alarm_code(session, device)
        return devices.alarm_link(device).rpartition("/")[2]


def stop(tour: "Tour") -> str:
    """The old number, and the code by which its holder stops that another phone takes its place."""
    with tour.services.database.transaction() as session:
        account = _stranger(session)
        person = session.get_one(Person, account.person_id)
        tail = random.randrange(10**6)
        old, new = (
            people.add_phone(session, person, f"{prefix}{tail:06d}", verified_at=clock.now())
            for prefix in ("+84977", "+84967")
        )
        session.flush()
        change = phone_change.replace(session, account, old, new, way=phone_change.SELF)
        return f"0977{tail:06d},{change.stop_code}"


def enrol_once(tour: "Tour") -> str:
    """The link of a member of staff who sets password and code app."""
    with tour.services.database.transaction() as session:
        _account, token = staff_admin.create(
            session, username=f"tour-{new_public_id()[:8].lower()}", name="Lương Thị Mận", roles=[Role.RECEPTION],
            office=session.scalars(select(Office).where(Office.code == HOME)).one(),
            by=tour.actor(session, "tour-admin"),
        )  # fmt: skip
        return token


def _wished(tour: "Tour", wish: Wish, asker: str, agreed_by: str | None = None) -> str:
    """The page of what somebody asked for, and somebody else may have agreed to."""
    with tour.services.database.transaction() as session:
        row, _agreed = second_person.take(session, tour.actor(session, asker), wish)
        if agreed_by:
            second_person.agree(session, row, by=tour.actor(session, agreed_by))
        return row.public_id


def _token() -> Wish:
    label = f"Phần mềm hộ tịch {random.randrange(10**6)}"
    said = {"Office": "UBND xã Hoằng Lộc", "System": label}
    return Wish("A token for another system", said, "/manage/api-tokens", [["office", HOME], ["label", label]])


def wanted(tour: "Tour") -> str:
    """What another administrator asks for."""
    return _wished(tour, _token(), "admin")


def agreed(tour: "Tour") -> str:
    """What another administrator agreed to."""
    return _wished(tour, _token(), "tour-admin", agreed_by="admin")


def _erasure() -> Wish:
    number = f"{random.randrange(10**6)}/2026"
    counts = {"Records erased": "7", "Records made nameless": "2", "Records kept by law": "4"}
    said = {**counts, "Number of the request": number}
    return Wish("Erase a person", said, "flask erase", [["person", new_public_id()], ["request", number]])


def erasure_wanted(tour: "Tour") -> str:
    return _wished(tour, _erasure(), "admin")


def erasure_agreed(tour: "Tour") -> str:
    return _wished(tour, _erasure(), "tour-admin", agreed_by="admin")


def _list(tour: "Tour", agreed_by: str | None = None) -> str:
    """More of the office's list than an officer takes along alone."""
    with tour.services.database.session(write=False) as session:
        office = who.staff(session, "tour-officer").office_id
    rows = random.randrange(400, 4000)
    said = {"Dossiers now": str(rows), "Never more than": str(second_person.at_most(rows)), "Which dossiers": "Quá hạn"}
    fields = [["due", "overdue"], ["kind", "xlsx"], ["n", new_public_id()]]
    wish = Wish("Take the worklist along", said, "/counter/worklist/export", fields, office, rows)
    return _wished(tour, wish, "tour-officer", agreed_by)


def list_wanted(tour: "Tour") -> str:
    return _list(tour)


def list_agreed(tour: "Tour") -> str:
    return _list(tour, agreed_by="tour-case")


ONCE: dict[str, Callable[["Tour"], str]] = {
    "alarm": alarm, "stop": stop, "enrol_once": enrol_once, "wanted": wanted, "agreed": agreed,
    "erasure_wanted": erasure_wanted, "erasure_agreed": erasure_agreed, "list_wanted": list_wanted,
    "list_agreed": list_agreed,
}  # fmt: skip


def be_logged_out_while_typing(tour: "Tour", client: FlaskClient, account: Account) -> None:
    """What was typed comes after the log-in is over, and so is kept; then its owner is back."""
    url = f"/dossiers/{tour.ids['draft_new']}/sections/child?q=1"
    form = form_of(client, url)
    with tour.services.database.transaction() as session:
        for login in session.scalars(select(LoginSession).where(LoginSession.account_id == account.id)):
            login.ended_at = clock.now()
    assert client.post(url, data={**form["hidden"], "child_name": "Lê Gia Hân"}).status_code == 303
    who.log_in(client, tour.services, account)
