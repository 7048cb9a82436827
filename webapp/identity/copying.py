"""What this room puts into a person's copy of their own data. How the issuer calls somebody is a secret of a way in."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.own_copy import part
from webapp.core.text import N_
from webapp.identity.models import AccountJoin, NationalIdentity
from webapp.identity.queries import SHOWN

SAID = (*SHOWN, "sex")


@part("identities", N_("VNeID: when it was linked to you, and what it said of you."), order=20)
def identities(session: Session, person: int) -> dict[str, Any]:
    query = select(NationalIdentity).where(NationalIdentity.person_id == person).order_by(NationalIdentity.id)
    joins = select(AccountJoin.joined_at).where(AccountJoin.kept_id == person).order_by(AccountJoin.id)
    return {
        "links": [
            {
                "issuer": row.issuer, "level": row.level, "linked_at": row.linked_at, "used_at": row.used_at,
                "unlinked_at": row.unlinked_at, "said": {key: row.claims.get(key) for key in SAID},
            }
            for row in session.scalars(query)
        ],
        "another_account_joined_at": list(session.scalars(joins)),
    }  # fmt: skip
