"""How this room joins the app."""

from flask import Flask

from webapp.core.actor import Role
from webapp.core.text import N_
from webapp.offices import manage, views
from webapp.offices.cli import units_cli
from webapp.offices.load import load_calendar, load_demo_offices, load_former, load_units
from webapp.offices.names import province_choices
from webapp.shell import navigation, seeding


def register(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.register_blueprint(manage.bp)
    app.cli.add_command(units_cli)
    navigation.add(
        app,
        [
            navigation.NavItem(
                N_("Offices"),
                "/manage/units",
                frozenset({Role.ADMIN}),
                order=20,
                icon="building-store",
                note=N_("Add an office, change its hours, close it"),
            )
        ],
    )
    app.jinja_env.globals.update(provinces=province_choices)
    seeding.add(app, "units", load_units)
    seeding.add(app, "former communes", load_former)
    seeding.add(app, "calendar", load_calendar)
    seeding.add(app, "offices", load_demo_offices, demo_only=True)
