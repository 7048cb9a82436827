"""How this room joins the app."""

from flask import Flask

from webapp.accounts import sessions


def register(app: Flask) -> None:
    sessions.register(app)
