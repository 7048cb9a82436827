"""Records are results of the state: they stay when a person asks to be forgotten, and say why."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.core import erasure
from webapp.core.erasure import Fate, Outcome
from webapp.vault.models import VaultItem

GROUND = "Decree 45/2020/ND-CP and Archives Law 33/2024/QH15, results of administrative procedures"


@erasure.part("vault", order=40)
def erase_person(session: Session, public_id: str, _so_far: list[Outcome]) -> list[Outcome]:
    mine = VaultItem.person_id.in_(select(Person.id).where(Person.public_id == public_id))
    count = session.scalar(select(func.count()).select_from(VaultItem).where(mine)) or 0
    until = session.scalar(select(func.max(VaultItem.valid_until)).where(mine))
    return [Outcome("records", Fate.KEPT, count, GROUND, until)]
