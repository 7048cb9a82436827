"""How this room joins the app."""

from flask import Flask

from webapp.core.actor import Role
from webapp.core.text import N_
from webapp.shell import navigation, seeding
from webapp.shell.navigation import NavItem
from webapp.vault import copying, forgetting, views
from webapp.vault.demo import load_demo_record

FORGETS, COPIES = (forgetting,), (copying,)  # importing them is what makes them known


def register(app: Flask) -> None:
    app.register_blueprint(views.bp)
    navigation.add(
        app,
        [NavItem(N_("My records"), "/me/records", frozenset({Role.CITIZEN}), order=40, icon="file-check")],
    )
    navigation.define(app, records="/me/records")
    seeding.add(app, "records", load_demo_record, demo_only=True)
