"""What this room throws away by itself, forgets when a person asks for it, and ends after a copy was put back."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from webapp.accounts import breakers, codes, people, wrong_codes
from webapp.accounts.device_models import KeptForm, KnownDevice
from webapp.accounts.models import Account, CodeChallenge, LoginSession, Person, PersonToken, Phone
from webapp.accounts.phone_models import PhoneChange, Recovery
from webapp.accounts.staff_models import Approval, StaffInvitation
from webapp.core import clock, erasure
from webapp.core.erasure import Fate, Outcome
from webapp.core.restored import on_restored
from webapp.core.retention import delete_some, rule, unused

NAMELESS = "(đã xóa theo yêu cầu)"
ADMINISTRATION = "the office is still working on a dossier of this person"

# ----------------------------------------------------------------------------------------------- retention


@rule("one-time codes", "codes that were sent, used or not", codes.KEPT)
def _codes(session: Session, _before: datetime, _limit: int) -> int:
    codes.sweep(session)
    wrong_codes.sweep(session)
    breakers.sweep(session)
    return 0


@rule("log-ins", "ended log-ins; of those that an assisted visit names, only the device", timedelta(days=30))
def _log_ins(session: Session, before: datetime, limit: int) -> int:
    old = or_(LoginSession.expires_at < before, LoginSession.ended_at < before)
    session.execute(
        update(LoginSession)
        .where(old, LoginSession.device != "")
        .values(device="")
        .execution_options(synchronize_session=False)
    )
    return delete_some(session, LoginSession, limit, old, unused(LoginSession.__table__))


@rule("typed forms kept over a log-in", "what was typed when a log-in had ended", timedelta(0))
def _kept_forms(session: Session, before: datetime, limit: int) -> int:
    return delete_some(session, KeptForm, limit, KeptForm.expires_at < before)


@rule("what two people did together", "who asked, who agreed; the journal keeps it", timedelta(days=90))
def _approvals(session: Session, before: datetime, limit: int) -> int:
    return delete_some(session, Approval, limit, Approval.asked_at < before)


# ------------------------------------------------------------------------------------------------- erasure


@erasure.part("accounts", order=90)
def erase_person(session: Session, public_id: str, so_far: list[Outcome]) -> list[Outcome]:
    """Ways in go at once. The person goes too, or keeps a row without a name while the law keeps what points at it."""
    person = session.scalar(select(Person).where(Person.public_id == public_id))
    if person is None:
        return []
    account = people.account_of(session, person.id)
    if any(outcome.waits for outcome in so_far):
        return [Outcome("person and way in", Fate.KEPT, 1, ADMINISTRATION, waits=True)]
    gone = [Outcome("phones", Fate.ERASED, _erase_ways_in(session, person.id, account))]
    session.execute(delete(PersonToken).where(PersonToken.person_id == person.id))
    session.flush()
    if account is not None:
        gone += _erase_account(session, account)
    if session.scalar(select(Person.id).where(Person.id == person.id, unused(Person.__table__))) is not None:
        session.delete(person)
        return [*gone, Outcome("person", Fate.ERASED, 1)]
    person.full_name = NAMELESS
    person.citizen_id = person.citizen_id_index = person.birth_date = person.profile = None
    return [*gone, Outcome("person", Fate.PSEUDONYMISED, 1)]


def _erase_ways_in(session: Session, person_id: int, account: Account | None) -> int:
    phones = session.scalars(select(Phone).where(Phone.person_id == person_id)).all()
    indexes = [phone.number_index for phone in phones]
    # A relative's phone reaches others too: their codes of the last hours stay theirs, ours end with the day.
    session.execute(delete(CodeChallenge).where(CodeChallenge.phone_index.in_(indexes)))
    session.execute(delete(Recovery).where(Recovery.person_id == person_id))
    if account is not None:
        for table in (PhoneChange, KnownDevice, KeptForm):
            session.execute(delete(table).where(table.account_id == account.id))
    session.execute(delete(Phone).where(Phone.person_id == person_id))
    return len(phones)


def _erase_account(session: Session, account: Account) -> list[Outcome]:
    now = clock.now()
    session.execute(delete(LoginSession).where(LoginSession.account_id == account.id, unused(LoginSession.__table__)))
    session.execute(update(LoginSession).where(LoginSession.account_id == account.id).values(device="", ended_at=now))
    if session.scalar(select(Account.id).where(Account.id == account.id, unused(Account.__table__))) is not None:
        session.delete(account)
        session.flush()
        return [Outcome("account", Fate.ERASED, 1)]
    account.disabled_at, account.display_name = now, None
    return [Outcome("account", Fate.PSEUDONYMISED, 1)]


# ------------------------------------------------------------------------------------------------ restored


@on_restored("log-ins ended")
def _end_log_ins(session: Session) -> int:
    ended = session.execute(
        update(LoginSession)
        .where(LoginSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(LoginSession.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


@on_restored("one-time codes made void")
def _void_codes(session: Session) -> int:
    void = delete(CodeChallenge).returning(CodeChallenge.id).execution_options(synchronize_session=False)
    return len(session.execute(void).all())


@on_restored("invitations of staff ended")
def _end_invitations(session: Session) -> int:
    """A link that was used since the copy was made would be good a second time."""
    ended = session.execute(
        update(StaffInvitation)
        .where(StaffInvitation.used_at.is_(None))
        .values(expires_at=clock.now())
        .returning(StaffInvitation.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


@on_restored("approvals of two people ended")
def _end_approvals(session: Session) -> int:
    """What was done since the copy was made could be done a second time."""
    ended = delete(Approval).where(Approval.used_at.is_(None)).returning(Approval.id)
    return len(session.execute(ended.execution_options(synchronize_session=False)).all())
