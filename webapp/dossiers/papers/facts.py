"""What official papers say about the office and the person, read for one sheet."""

from dataclasses import dataclass
from datetime import datetime

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
class Contact:
    """Where the applicant lives and can be reached; empty words where it is not known."""

    address: str
    phone: str
    email: str


def contact_of(session: Session, person_id: int) -> Contact:
    person = session.get_one(Person, person_id)
    known = person.profile or {}
    numbers = people.phones_of(session, person_id)
    home = place_words(known["residence"]) if known.get("residence") else ""
    return Contact(home, phone(numbers[0].number) if numbers else "", known.get("email", ""))


def head_of(session: Session, office_id: int, at: datetime) -> Head:
    """A commune's committee stands under the province's; the place is the commune, or the province itself."""
    office = session.get_one(Office, office_id)
    commune = session.get(Commune, office.commune_code) if office.commune_code else None
    province = province_name(commune.province_code if commune else settings().province_code)
    place = commune.name if commune else province
    day = clock.local(at)
    line = _("%(place)s, %(d)s/%(m)s/%(y)s", place=_bare(place), d=f"{day:%d}", m=f"{day:%m}", y=f"{day:%Y}")
    return Head(f"UBND {province}", office.name, line)


def _bare(place: str) -> str:
    """Hoằng Lộc, not Xã Hoằng Lộc."""
    for kind in ("Xã ", "Phường ", "Đặc khu ", "Tỉnh ", "Thành phố ", "tỉnh ", "thành phố "):
        place = place.removeprefix(kind)
    return place


def demo_mark() -> str:
    """In a trial every sheet says so, across the page."""
    return "" if settings().env == "production" else _("TRIAL – NOT OFFICIAL")
