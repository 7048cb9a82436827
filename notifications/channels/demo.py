"""A gateway for trying things out: its phones are rows of a table, shown on /demo/phone."""

from sqlalchemy import select

from notifications.models import DemoText
from webapp.core import clock
from webapp.core.crypto import blind
from webapp.core.db import Database
from webapp.core.settings import Settings


def number_index(number: str) -> str:
    """To find the texts of one phone."""
    return blind("demo phone", number)


class DemoGateway:
    """Takes each message once, however often it is handed over."""

    def __init__(self, settings: Settings, database: Database) -> None:
        if not settings.is_demo:
            raise RuntimeError("the demo gateway sends nothing; choose a real one with MOTCUA_SMS_PROVIDER")
        self.database = database

    def send(self, message_id: str, to: str, text: str) -> str:
        with self.database.transaction() as session:
            known = session.scalar(select(DemoText.public_id).where(DemoText.message == message_id))
            if known is not None:
                return known
            row = DemoText(message=message_id, number_index=number_index(to), at=clock.now())
            row.number, row.body = to, text
            session.add(row)
            return row.public_id
