"""How this room joins the app."""

from flask import Flask

from webapp.transparency import counting, views
from webapp.transparency.cli import board_cli

LISTENS = (counting,)  # importing it is what makes it listen


def register(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.cli.add_command(board_cli)
