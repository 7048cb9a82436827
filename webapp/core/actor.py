"""Who acts, for whom, and why they may. A value, handed to every verb; verbs never look around for it."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for."""

    CITIZEN = "citizen"
    HELPER = "helper"
    RECEPTION = "reception"
    CASE = "case"
    MANAGER = "manager"
    ADMIN = "admin"
    AGENCY = "agency"  # not a person: the own system of an office, by its token
    SYSTEM = "system"


class Channel(StrEnum):
    """By which way an act came in."""

    SELF = "self"
    ASSISTED = "assisted"
    COUNTER = "counter"
    POST = "post"
    API = "api"
    SYSTEM = "system"


class Assurance(StrEnum):
    """How sure we are who the subject is."""

    NONE = "none"
    PHONE = "phone"
    CARD_PIN = "card_pin"
    IN_PERSON = "in_person"
    VNEID_1 = "vneid_1"  # an electronic identity made online: a name and a number, nobody was seen
    VNEID = "vneid"  # level 2: counts as the ID card


DESK = frozenset({Role.RECEPTION, Role.CASE, Role.MANAGER, Role.ADMIN})


@dataclass(frozen=True)
class Actor:
    """Subject (`person_id`: whose right), actor (`account_id`: who pressed), mandate, channel, assurance."""

    role: Role
    channel: Channel
    account_id: int | None = None
    account_public: str | None = None
    person_id: int | None = None
    person_public: str | None = None
    office_id: int | None = None
    mandate_id: int | None = None
    mandate_public: str | None = None
    assurance: Assurance = Assurance.NONE
    name: str = ""
    subject_name: str = ""
    roles: frozenset[Role] = frozenset()

    def has(self, role: Role) -> bool:
        return role is self.role or role in self.roles

    @property
    def at_desk(self) -> bool:
        """Works with the dense pages of the counter and of those who manage."""
        return not self.roles.isdisjoint(DESK) or self.role in DESK

    @property
    def acts_for_another(self) -> bool:
        return self.mandate_id is not None


SYSTEM = Actor(role=Role.SYSTEM, channel=Channel.SYSTEM, name="Một Cửa")
