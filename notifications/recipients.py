"""Where a person can be reached."""

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Phone
from webapp.accounts.people import phone_index


def phone_for(session: Session, person_id: int) -> str | None:
    """The newest number of their own that they proved to read; else the newest of a relative; else none."""
    own_first = case((Phone.owner == "mine", 0), else_=1)
    phone = session.scalar(
        select(Phone)
        .where(Phone.person_id == person_id, Phone.verified_at.is_not(None), Phone.replaced_at.is_(None))
        .order_by(own_first, Phone.verified_at.desc(), Phone.id.desc())
        .limit(1)
    )
    return phone.number if phone else None


def people_at(session: Session, number: str) -> list[int]:
    """Everybody whom our messages may reach at this number: a family shares a phone, a neighbour lends one."""
    return list(
        session.scalars(
            select(Phone.person_id)
            .where(
                Phone.number_index == phone_index(number), Phone.verified_at.is_not(None), Phone.replaced_at.is_(None)
            )
            .order_by(Phone.person_id)
        )
    )
