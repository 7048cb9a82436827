"""The photo of an ID card in a post. What it says goes into the form it came with, and nowhere else."""

from flask import request

from webapp.core.text import Text
from webapp.identity import card
from webapp.identity.card import Card
from webapp.shell.access import actor
from webapp.shell.unit_of_work import db, let_go

BOX, BUTTON = "card_photo", "read_card"
SOURCE = Text("Read from the ID card, please check")


def is_asked() -> bool:
    """Was the button for the photo pressed, and not the form's own?"""
    return BUTTON in request.form


def take_card() -> Card:
    """Read the card. Ends the transaction: load what you act on after it. Raises DomainError with words."""
    who = actor()
    card.count_photo(db(), (who.account_public if who else None) or request.remote_addr or "")
    let_go()
    photo = request.files.get(BOX)
    return card.read_card(photo.read() if photo is not None and photo.filename else b"")
