"""How this room joins the app."""

from flask import Flask

from webapp.core import worker
from webapp.core.text import N_
from webapp.shell import navigation, slots
from webapp.shell.navigation import NavItem
from webapp.shell.templating import render
from webapp.shell.unit_of_work import db
from webapp.transparency import counting, manage, measuring, views
from webapp.transparency.cli import board_cli
from webapp.transparency.permissions import FIGURES

LISTENS = (counting, measuring)  # importing them is what makes them listen

PAGES = (manage,)  # importing pages puts their routes on the blueprint


def _usual_time(procedure: str, office: int = measuring.EVERYWHERE) -> str:
    """A sentence beside the time that the law gives; nothing where too few were settled to say one."""
    found = measuring.usual(db(), procedure, office)
    return render("transparency/_usual.html", usual=found) if found is not None else ""


def register(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.cli.add_command(board_cli)
    item = NavItem(
        N_("Figures"), manage.HERE, FIGURES.roles, order=10, icon="list-check",
        note=N_("What was received, what was on time, what is late now"),
    )  # fmt: skip
    navigation.add(app, [item])
    slots.fill(app, "usual_time", _usual_time)
    if measuring.measure_today not in worker.ALSO_TIDY:
        worker.ALSO_TIDY.append(measuring.measure_today)
