"""The link to an electronic identity goes with the person's ways in."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account, Person
from webapp.core import erasure
from webapp.core.erasure import Fate, Outcome
from webapp.core.retention import delete_some, rule
from webapp.identity.models import NationalIdentity, OidcAttempt


@rule("log-ins by VNeID that were begun", "with what the issuer said in them", timedelta(hours=24))
def _attempts(session: Session, before: datetime, limit: int) -> int:
    return delete_some(session, OidcAttempt, limit, OidcAttempt.expires_at < before)


@erasure.part("identity", order=35)
def erase_person(session: Session, public_id: str, so_far: list[Outcome]) -> list[Outcome]:
    if any(outcome.waits for outcome in so_far):
        return []
    person = select(Person.id).where(Person.public_id == public_id)
    account = select(Account.id).where(Account.person_id.in_(person))
    tries = delete(OidcAttempt).where(OidcAttempt.account_id.in_(account))
    session.execute(tries.execution_options(synchronize_session=False))
    links = delete(NationalIdentity).where(NationalIdentity.person_id.in_(person)).returning(NationalIdentity.id)
    gone = session.execute(links.execution_options(synchronize_session=False)).all()
    return [Outcome("links to VNeID", Fate.ERASED, len(gone))]
