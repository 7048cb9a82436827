"""Rights: one name, one sentence, and the roles that have it. Rooms list theirs in `permissions.py`."""

from dataclasses import dataclass
from typing import ClassVar

from webapp.core.actor import Actor, Role

CITIZEN_SIDE = frozenset({Role.CITIZEN, Role.HELPER})
MACHINE_SIDE = frozenset({Role.AGENCY})
COUNTER_SIDE = frozenset({Role.RECEPTION, Role.CASE, Role.MANAGER})
# Who sees to an office (its manager) or to the whole province (the administrator).
MANAGE_SIDE = frozenset({Role.MANAGER, Role.ADMIN})


@dataclass(frozen=True)
class Right:
    """May this role do this at all? Whose dossier it is, is asked by the query that loads it.

    A right that names both CITIZEN and HELPER is used by a helper only inside an open session:
    outside one a helper has no subject, so nothing that has an owner loads.
    """

    name: str
    says: str
    roles: frozenset[Role]
    all: ClassVar[dict[str, "Right"]] = {}

    def __post_init__(self) -> None:
        if self.name in Right.all:
            raise ValueError(f"right {self.name} is declared twice")
        Right.all[self.name] = self

    def allows(self, actor: Actor | None) -> bool:
        return actor is not None and bool(self.roles & ({actor.role} | actor.roles))
