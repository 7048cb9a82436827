"""What official papers say about the office and the person, read for one sheet."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.dossiers.answers import place_words
from webapp.dossiers.papers.sheet import Head
from webapp.offices.models import Commune, Office
from webapp.offices.names import province_name
from webapp.shell.formats import phone
from webapp.shell.i18n import gettext as _
from webapp.shell.services import settings


@dataclass(frozen=True)
class OfficeSide:
    """An office as its papers name it."""

    above: str
    name: str
    place: str
    phone: str
    address: str

    def head(self, at: datetime) -> Head:
        """Above a paper of that day."""
        day = clock.local(at)
        line = _("%(place)s, %(d)s/%(m)s/%(y)s", place=self.place, d=f"{day:%d}", m=f"{day:%m}", y=f"{day:%Y}")
        return Head(self.above, self.name, line)


@dataclass(frozen=True)
class ApplicantSide:
    """The applicant, and where they live and can be reached; empty words where it is not known."""

    name: str
    address: str
    phone: str
    email: str


@dataclass(frozen=True)
class Sides:
    """Between whom a paper is. One that was issued keeps both as they were then, whoever moves or is renamed later."""

    office: OfficeSide
    applicant: ApplicantSide

    def kept(self) -> dict[str, Any]:
        """As it goes into the words of an issued paper."""
        return asdict(self)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Sides":
        return cls(OfficeSide(**kept["office"]), ApplicantSide(**kept["applicant"]))


def sides_now(session: Session, office_id: int, person_id: int) -> Sides:
    person = session.get_one(Person, person_id)
    known = person.profile or {}
    numbers = people.phones_of(session, person_id)
    home = place_words(known["residence"]) if known.get("residence") else ""
    reached = phone(numbers[0].number) if numbers else ""
    applicant = ApplicantSide(person.full_name, home, reached, known.get("email", ""))
    return Sides(office_side(session, office_id), applicant)


def office_side(session: Session, office_id: int) -> OfficeSide:
    """A commune's committee stands under the province's; the place is the commune, or the province itself."""
    office = session.get_one(Office, office_id)
    commune = session.get(Commune, office.commune_code) if office.commune_code else None
    province = province_name(commune.province_code if commune else settings().province_code)
    place = _bare(commune.name if commune else province)
    return OfficeSide(f"UBND {province}", office.name, place, phone(office.phone.replace(" ", "")), office.address)


def _bare(place: str) -> str:
    """Hoằng Lộc, not Xã Hoằng Lộc."""
    for kind in ("Xã ", "Phường ", "Đặc khu ", "Tỉnh ", "Thành phố ", "tỉnh ", "thành phố "):
        place = place.removeprefix(kind)
    return place


def demo_mark() -> str:
    """In a trial every sheet says so, across the page."""
    return "" if settings().env == "production" else _("TRIAL – NOT OFFICIAL")
