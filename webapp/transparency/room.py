"""How this room joins the app."""

from flask import Flask

from webapp.core import worker
from webapp.shell import slots
from webapp.shell.templating import render
from webapp.shell.unit_of_work import db
from webapp.transparency import counting, measuring, views
from webapp.transparency.cli import board_cli

LISTENS = (counting, measuring)  # importing them is what makes them listen


def _usual_time(procedure: str, office: int = measuring.EVERYWHERE) -> str:
    """A sentence beside the time that the law gives; nothing where too few were settled to say one."""
    found = measuring.usual(db(), procedure, office)
    return render("transparency/_usual.html", usual=found) if found is not None else ""


def register(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.cli.add_command(board_cli)
    slots.fill(app, "usual_time", _usual_time)
    if measuring.measure_today not in worker.ALSO_TIDY:
        worker.ALSO_TIDY.append(measuring.measure_today)
