"""How this room joins the app."""

from flask import Flask

from webapp.offices import views
from webapp.offices.load import load_calendar, load_demo_offices, load_former, load_units
from webapp.offices.names import province_choices
from webapp.shell import seeding


def register(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.jinja_env.globals.update(provinces=province_choices)
    seeding.add(app, "units", load_units)
    seeding.add(app, "former communes", load_former)
    seeding.add(app, "calendar", load_calendar)
    seeding.add(app, "offices", load_demo_offices, demo_only=True)
