"""What this room puts into a person's copy of their own data: visits in which an officer typed for them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Account, Mandate
from webapp.core.own_copy import chunks, part
from webapp.core.text import N_
from webapp.counter.models import CounterVisit
from webapp.dossiers.models import Dossier
from webapp.offices.models import Office


@part("counter_visits", N_("When an officer at the counter filled in a dossier for you."), order=50)
def visits(session: Session, person: int) -> Iterator[dict[str, Any]]:
    mine = select(CounterVisit.id).where(CounterVisit.person_id == person)
    for some in chunks(session.scalars(mine.order_by(CounterVisit.id)).all()):
        rows = session.execute(
            select(CounterVisit, Account.display_name, Office.name, Dossier.public_id, Mandate.public_id)
            .join(Account, Account.id == CounterVisit.officer_id)
            .join(Mandate, Mandate.id == CounterVisit.mandate_id)
            .join(Office, Office.id == Mandate.office_id)
            .join(Dossier, Dossier.id == CounterVisit.dossier_id)
            .where(CounterVisit.person_id == person, CounterVisit.id.in_(some))
            .order_by(CounterVisit.id)
        )
        for row, officer, office, dossier, mandate in rows:
            yield {
                "officer": officer, "office": office, "dossier": dossier, "mandate": mandate,
                "began_at": row.started_at, "until": row.expires_at, "ended_at": row.ended_at,
            }  # fmt: skip
