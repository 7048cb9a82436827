"""How this room joins the app."""

from flask import Flask

from webapp.core.permissions import COUNTER_SIDE
from webapp.core.text import N_
from webapp.counter import decisions
from webapp.shell import navigation
from webapp.shell.navigation import NavItem


def register(app: Flask) -> None:
    app.register_blueprint(decisions.bp)  # the desk's one blueprint: reading pages and decisions
    navigation.add(
        app,
        [
            NavItem(N_("Counter"), "/counter", frozenset(COUNTER_SIDE), order=10, icon="qrcode"),
            NavItem(N_("Worklist"), "/counter/worklist", frozenset(COUNTER_SIDE), order=20, icon="list-check"),
        ],
    )
    navigation.define(app, staff_home="/counter")
