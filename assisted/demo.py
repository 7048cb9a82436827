"""The demo's access card, printed in README: 7F2-Q8M with PIN 2468, of Vi Thị Nhàn."""

from sqlalchemy.orm import Session

from assisted import cards
from webapp.accounts.demo import NHAN_ID
from webapp.accounts.people import find_by_citizen_id
from webapp.core.actor import SYSTEM

NUMBER, PIN = "7F2-Q8M", "2468"


def load_demo_card(session: Session) -> str:
    """One card; running it again changes nothing."""
    person = find_by_citizen_id(session, NHAN_ID)
    if person is None or cards.card_of(session, person.id) is not None:
        return "already there"
    cards.issue_card(session, person, PIN, by=SYSTEM, number=NUMBER)
    return "1 added"
