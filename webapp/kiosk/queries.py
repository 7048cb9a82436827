"""Reads: the screen behind a cookie, the screens of an office, and the dossier before a person."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account
from webapp.core.actor import Actor
from webapp.core.hot import Hot
from webapp.dossiers.models import Dossier
from webapp.kiosk.models import Kiosk
from webapp.offices.models import Office

BY_TOKEN = Hot(
    select(Kiosk.id, Kiosk.public_id, Kiosk.office_id, Kiosk.seen_on, Office.name.label("office"))
    .join(Office, Office.id == Kiosk.office_id)
    .where(Kiosk.token_digest == bindparam("token"), Kiosk.ended_at.is_(None))
)


def by_token(session: Session, token_digest: str) -> Any | None:
    """The screen whose cookie this is, if it was not ended."""
    return BY_TOKEN.first(session, token=token_digest)


def of_office(session: Session, by: Actor) -> Sequence[Any]:
    """The screens of the own office that live, the newest first, with whoever set them up."""
    query = (
        select(Kiosk.public_id, Kiosk.name, Kiosk.set_up_at, Kiosk.seen_on, Account.display_name.label("who"))
        .join(Account, Account.id == Kiosk.set_up_by)
        .where(Kiosk.office_id == by.office_id, Kiosk.ended_at.is_(None))
    )
    return session.execute(query.order_by(Kiosk.id.desc())).all()


def own_kiosk(session: Session, by: Actor, public_id: str) -> Kiosk | None:
    """One of the own office, ended or not; locked."""
    query = select(Kiosk).where(Kiosk.public_id == public_id, Kiosk.office_id == by.office_id)
    return session.scalar(query.with_for_update())


def dossier_id(session: Session, public_id: str) -> int | None:
    """The key of a dossier that was found, and so allowed, before."""
    return session.scalar(select(Dossier.id).where(Dossier.public_id == public_id))


def public_id(session: Session, dossier: int) -> str:
    return session.scalars(select(Dossier.public_id).where(Dossier.id == dossier)).one()


def locked(session: Session, public_id: str) -> Dossier | None:
    """For a verb: the row itself."""
    return session.scalar(select(Dossier).where(Dossier.public_id == public_id).with_for_update())
