"""How this room joins the app."""

from flask import Flask

from webapp.catalogue.cli import catalogue_cli
from webapp.catalogue.load import seed
from webapp.catalogue.permissions import SEE_PROCEDURES
from webapp.catalogue.views import manage, public, revise
from webapp.catalogue.views.blueprint import bp
from webapp.core.text import N_
from webapp.shell import navigation, seeding

# Importing pages puts their routes on the blueprint.
PAGES = (public, manage, revise)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(catalogue_cli)
    navigation.define(app, procedure="/procedures/{code}")
    seeding.add(app, "procedures", seed)
    entry = navigation.NavItem(
        N_("Procedures on offer"), "/manage/procedures", SEE_PROCEDURES.roles, order=50, icon="list-check",
        note=N_("Revisions, switching off, new texts and forms"),
    )  # fmt: skip
    navigation.add(app, [entry])
