"""How this house joins the app."""

from flask import Flask

from assisted import copying, demo, forgetting, guard, handlers, models
from assisted.resolver import found, resolve_helper
from assisted.views import cards, counter, mine, start, today
from webapp.core.actor import Role
from webapp.core.permissions import COUNTER_SIDE
from webapp.core.text import N_
from webapp.factory import add_templates
from webapp.shell import access, navigation, seeding, slots
from webapp.shell.templating import render

TABLES = (models.AccessCard, models.HelperSession)
COPIES = (copying,)
HANDLERS = (handlers.close_what_ran_out, forgetting.erase_person)
DESK = frozenset(COUNTER_SIDE)
ENDING = 5  # minutes; the bar says so in another colour


def gold_bar() -> str:
    """Over every page while a helper acts for somebody: for whom, how long still, and the way out."""
    here = found()
    if here is None or not here.live:
        return ""
    return render("assisted/bar.html", helping=here, ending=here.minutes_left < ENDING)


def register(app: Flask) -> None:
    add_templates(app, "assisted", "assisted")
    access.add_resolver(app, resolve_helper, first=True)
    app.before_request(guard.watch)
    slots.fill(app, "top_bar", gold_bar)
    for views in (today, start, cards, counter, mine):
        app.register_blueprint(views.bp)
    navigation.add(
        app,
        [
            navigation.NavItem(N_("Help a person"), "/assisted", frozenset({Role.HELPER}), order=10, icon="users"),
            navigation.NavItem(N_("Access cards"), "/counter/cards/new", DESK, order=60, icon="id-badge"),
            navigation.NavItem(N_("Who helped me"), "/me/helpers", frozenset({Role.CITIZEN}), order=60, icon="users"),
        ],
    )
    navigation.define(app, assisted="/assisted", helpers="/me/helpers")
    seeding.add(app, "cards", demo.load_demo_card, demo_only=True)
