"""The QR code on the front of the chip ID card, as an aid to typing.

Seven fields between bars: number | old number | name | birth date | sex | address | day of issue; the card of 2024 may
carry more. The code is not signed: whoever wants can print another. So what it says is an answer that the person
checks, as if typed, and says nothing about who they are.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from webapp.core import inspect, parsing, throttle
from webapp.core.errors import DomainError, TooMany
from webapp.core.text import Text, fold, one_line
from webapp.offices import queries

FIELDS = 7
TWO_LEVELS = "2025-07-01"  # from this day on there are no districts (Law on Local Government 2025)
ISSUER = "Bộ Công an"  # of every card with such a code: Law on Identification 2023; before it, its police department
SEXES = {"nam": "nam", "nu": "nu"}
PER_PERSON, WINDOW = 30, timedelta(minutes=10)


class NoCard(DomainError):
    """There is no ID card's code in the photo."""


@dataclass(frozen=True)
class Card:
    """What stands on the card; what could not be read is left out."""

    number: str
    old_number: str
    name: str
    birth_date: str | None
    sex: str | None
    address: str
    issued_on: str | None

    def answers(self, session: Session) -> dict[str, Any]:
        """Under the names that forms use, in a form that fields accept."""
        issued = {"date": self.issued_on, "text": ISSUER} if self.issued_on else None
        found = {
            "id_no": self.number,
            "old_id_no": self.old_number,
            "name": self.name,
            "dob": self.birth_date,
            "sex": self.sex,
            "residence": place(session, self.address, self.issued_on),
            "id_type": "can_cuoc",
            "id_issued": issued,
        }
        return {key: value for key, value in found.items() if value}


def count_photo(session: Session, who: str) -> None:
    """Reading costs much work: `who` (an account, an address) may try so often and no more."""
    if not throttle.hit(session, "card photo", who, PER_PERSON, WINDOW):
        raise TooMany(Text("Too many photos. Wait ten minutes, or type what stands on the card."), 600)


def read_card(photo: bytes) -> Card:
    """The card in this photo, which is kept nowhere. Raises NoCard with what to do. Takes a moment: no transaction."""
    if not photo:
        raise NoCard(Text("There is no photo yet. Take a photo of the QR code on your ID card, then press the button."))
    try:
        texts = inspect.read_qr(photo)
    except inspect.Refused as refused:
        raise NoCard(refused.text) from None
    cards = [card for card in map(parse, texts) if card is not None]
    if cards:
        return cards[0]
    if texts:
        raise NoCard(
            Text("This QR code is not that of an ID card. Look for the one on the card itself, or type the answers.")
        )
    raise NoCard(
        Text("We find no QR code in the photo. Go closer, hold still, avoid glare, and try again. Or type the answers.")
    )


def parse(text: str) -> Card | None:
    """None for anything but a card with a number and a name; a single field we cannot read is left to the person."""
    parts = [one_line(part) for part in text.split("|")]
    if len(parts) < FIELDS:
        return None
    number, old, name, born, sex, address, issued = parts[:FIELDS]
    try:
        return Card(
            number=parsing.citizen_id(number),
            old_number=old if old.isascii() and old.isdigit() and len(old) == 9 else "",
            name=parsing.person_name(name),
            birth_date=_date(born),
            sex=SEXES.get(fold(sex)),
            address=address[:200],
            issued_on=_date(issued),
        )
    except parsing.FieldError:
        return None


def _date(text: str) -> str | None:
    """ddmmyyyy; some cards say only the year."""
    try:
        return parsing.partial_date(text)
    except parsing.FieldError:
        return None


def place(session: Session, address: str, issued_on: str | None) -> dict[str, str] | None:
    """ "Thôn Đình Nam, Hoằng Lộc, Hoằng Hóa, Thanh Hóa" → today's province and commune, as far as the names still hold.

    Cards of before July 2025 name districts, which are gone (some communes bear their names now), and communes that may
    be gone, too: what is not found stands in the line, for the person to put right.
    """
    parts = [part.strip() for part in address.split(",") if part.strip()]
    names = {_bare(row.name): row for row in queries.provinces(session)}
    province = names.get(_bare(parts[-1])) if parts else None
    if province is None:
        return {"province": "", "commune": "", "line": address} if address else None
    at = len(parts) - (3 if (issued_on or "") < TWO_LEVELS else 2)
    commune = queries.commune_named(session, province.code, parts[at]) if at >= 0 else None
    if commune is not None:
        line = ", ".join(parts[:at])
        return {"province": province.code, "commune": commune.name, "commune_code": commune.code, "line": line}
    return {"province": province.code, "commune": "", "line": ", ".join(parts[:-1])}


def _bare(name: str) -> str:
    """A province's name without what it is."""
    plain = fold(name)
    for kind in ("thanh pho ", "tinh ", "tp. ", "tp "):
        plain = plain.removeprefix(kind)
    return plain
