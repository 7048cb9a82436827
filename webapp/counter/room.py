"""How this room joins the app."""

from flask import Flask

from webapp.core.permissions import COUNTER_SIDE
from webapp.core.text import N_
from webapp.counter import (
    copying,
    decisions,
    export,
    money,
    paper_counts,
    papers,
    previews,
    reasons,
    refusals,
    register_book,
    results,
    walk_in,
    worklist_pages,
)
from webapp.counter.keys import keys_bar
from webapp.counter.views import bp
from webapp.counter.visits import resolve_visit
from webapp.shell import access, navigation, slots
from webapp.shell.navigation import NavItem

# Importing a module of pages puts its routes on the desk's one blueprint.
PAGES = (
    decisions, reasons, export, walk_in, refusals, money, results, papers, paper_counts, register_book, worklist_pages,
    previews,
)  # fmt: skip
COPIES = (copying,)  # importing it is what makes it known


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    access.add_resolver(app, resolve_visit, first=True)
    slots.fill(app, "top_bar", walk_in.visit_bar)
    slots.fill(app, "top_bar", keys_bar)
    navigation.add(
        app,
        [
            NavItem(N_("Counter"), "/counter", frozenset(COUNTER_SIDE), order=10, icon="qrcode"),
            NavItem(N_("With papers"), "/counter/walk-in", frozenset(COUNTER_SIDE), order=15, icon="users"),
            NavItem(N_("Worklist"), "/counter/worklist", frozenset(COUNTER_SIDE), order=20, icon="list-check"),
        ],
    )
    navigation.define(
        app,
        staff_home="/counter",
        desk_dossier="/counter/dossiers/{id}",
        late_now="/counter/worklist?due=overdue",
    )
