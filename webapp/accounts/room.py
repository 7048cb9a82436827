"""How this room joins the app."""

from flask import Flask

from webapp.accounts import demo, sessions
from webapp.shell import seeding


def register(app: Flask) -> None:
    sessions.register(app)
    seeding.add(app, "people", demo.load_demo_people, demo_only=True)
