"""How this room joins the app."""

from flask import Flask

from webapp.core.permissions import COUNTER_SIDE
from webapp.core.text import N_
from webapp.counter import decisions, money, papers, previews, refusals, results, worklist_pages
from webapp.counter.views import bp
from webapp.shell import navigation
from webapp.shell.navigation import NavItem

# Importing a module of pages puts its routes on the desk's one blueprint.
PAGES = (decisions, refusals, money, results, papers, worklist_pages, previews)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    navigation.add(
        app,
        [
            NavItem(N_("Counter"), "/counter", frozenset(COUNTER_SIDE), order=10, icon="qrcode"),
            NavItem(N_("Worklist"), "/counter/worklist", frozenset(COUNTER_SIDE), order=20, icon="list-check"),
        ],
    )
    navigation.define(app, staff_home="/counter")
