"""How the gateway does: texts of the last hour by what became of them."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notifications.models import SMS, Message
from webapp.core import clock


def texts_of_the_hour(session: Session) -> list[tuple[tuple[str, ...], float]]:
    recent = Message.created_at > clock.now() - timedelta(hours=1)
    rows = session.execute(
        select(Message.state, func.count()).where(Message.channel == SMS, recent).group_by(Message.state)
    )
    return [((state,), count) for state, count in rows]
