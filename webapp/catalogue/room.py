"""How this room joins the app."""

from flask import Flask

from webapp.catalogue import views
from webapp.catalogue.cli import catalogue_cli
from webapp.catalogue.load import seed
from webapp.shell import navigation, seeding


def register(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.cli.add_command(catalogue_cli)
    navigation.define(app, procedure="/procedures/{code}")
    seeding.add(app, "procedures", seed)
