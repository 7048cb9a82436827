"""How this room joins the app."""

from flask import Flask

from webapp.accounts import cli, demo, phone_models, sessions, staff_models
from webapp.accounts.views import bp, log_in, me, staff
from webapp.accounts.views import register as registering
from webapp.core.actor import Role
from webapp.core.text import N_
from webapp.shell import navigation, seeding
from webapp.shell.navigation import NavItem

TABLES = (phone_models, staff_models)
PAGES = (log_in, registering, staff, me)  # imported so that their routes hang on the blueprint


def register(app: Flask) -> None:
    sessions.register(app)
    app.register_blueprint(bp.bp)
    app.cli.add_command(cli.demo_people)
    seeding.add(app, "people", demo.load_demo_people, demo_only=True)
    navigation.define(app, log_in="/login", register="/register", me="/me", privacy="/privacy")
    navigation.add(
        app,
        [
            NavItem(N_("Me"), "/me", frozenset({Role.CITIZEN}), order=90, icon="id-badge"),
            NavItem(N_("Log in"), "/login", frozenset(), order=90, icon="lock"),
        ],
    )
