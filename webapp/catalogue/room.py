"""How this room joins the app."""

from flask import Flask

from webapp.catalogue.cli import catalogue_cli
from webapp.catalogue.load import seed
from webapp.catalogue.views import public
from webapp.shell import navigation, seeding


def register(app: Flask) -> None:
    app.register_blueprint(public.bp)
    app.cli.add_command(catalogue_cli)
    navigation.define(app, procedure="/procedures/{code}")
    seeding.add(app, "procedures", seed)
