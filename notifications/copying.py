"""What this house puts into a person's copy of their own data: what we wrote to them, and what became of it.

Where a text brought a code to type in, its words stay out: they were meant for whoever holds that phone. So do answers
to texts: whoever shares the phone may have asked. The link that says "this was not me" acts, and stays out, too.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.inbox import letter
from notifications.messages import TEMPLATES
from notifications.models import ANSWER, INBOX, Message
from webapp.core.own_copy import chunks, part
from webapp.core.text import N_, mask_phone
from webapp.shell.i18n import t

CODES = ("{otp}", "{stop}")
WORDLESS = {ANSWER} | {kind for kind, made in TEMPLATES.items() if any(code in made.core for code in CODES)}


@part("messages", N_("Messages we sent you, and whether they arrived."), order=70)
def messages(session: Session, person: int) -> Iterator[dict[str, Any]]:
    mine = select(Message.id).where(Message.person_id == person)
    for some in chunks(session.scalars(mine.order_by(Message.id)).all()):
        rows = session.scalars(
            select(Message).where(Message.person_id == person, Message.id.in_(some)).order_by(Message.id)
        )
        yield from (_message(row) for row in rows.all())


def _message(row: Message) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "about": row.kind,
        "dossier": row.dossier,
        **_words(row),
        "to": mask_phone(row.to) or None,
        "state": row.state,
        "at": row.created_at,
        "sent_at": row.sent_at,
        "arrived_at": row.delivered_at,
        "read_at": row.read_at,
    }


def _words(row: Message) -> dict[str, str | None]:
    if row.channel == INBOX:
        said = letter(row.kind, row.body)
        return {"title": t(said.title), "text": t(said.body)}
    return {"title": None, "text": None if row.kind in WORDLESS else row.body.get("text")}
