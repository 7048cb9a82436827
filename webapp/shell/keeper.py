"""Whose pages these are, in a word that says nothing: what a phone keeps of somebody opens on their own pages only."""

from flask import Flask

from webapp.core import crypto
from webapp.core.actor import Actor, Role


def keeper(who: Actor | None) -> str:
    """Who acts for herself may keep what cannot be sent (unsent.js); a helper's phone and the desk keep nothing."""
    if who is None or who.role is not Role.CITIZEN or who.acts_for_another or not who.account_public:
        return ""
    return crypto.blind("unsent", who.account_public)[:16]


def register(app: Flask) -> None:
    app.jinja_env.globals.update(keeper=keeper)
