"""What somebody at the counter has just shown: its dossiers open without a question, for as long as one person stays.

Kept in the officer's own browser: public ids of what the last scan found, nothing of a person.
"""

from datetime import datetime

from flask import session as browser

from webapp.core import clock
from webapp.dossiers.desk import Found
from webapp.dossiers.openings import OPEN_FOR
from webapp.shell.access import current_actor

KEY = "brought"


def remember(found: Found) -> None:
    """A search by a name or the office's own numbers leaves what was scanned before."""
    if found.brought:
        until = clock.now() + OPEN_FOR
        browser[KEY] = [current_actor().account_public, until.isoformat(), [row.public_id for row in found.rows]]


def was_brought(public_id: str) -> bool:
    if KEY not in browser:
        return False
    by, until, ids = browser[KEY]
    return by == current_actor().account_public and datetime.fromisoformat(until) > clock.now() and public_id in ids
