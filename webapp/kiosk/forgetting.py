"""Screens that were ended, and those that nobody has switched on for a long time, with the name of who set them up."""

from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.retention import delete_some, rule
from webapp.kiosk.models import Kiosk

UNSEEN = timedelta(days=365)  # its cookie is over, too


@rule("screens in halls", "screens that were ended, or that nobody switched on for a year", timedelta(days=90))
def _screens(session: Session, before: datetime, limit: int) -> int:
    unseen = clock.today() - UNSEEN
    return delete_some(session, Kiosk, limit, or_(Kiosk.ended_at < before, Kiosk.seen_on < unseen))
