"""How this house joins the app."""

from flask import Flask

from notifications import (
    copying,
    counting,
    forgetting,
    handlers,
    identity_news,
    manage,
    new_devices,
    phone_news,
    queries,
    sending,
    views,
)
from notifications.permissions import SEE_TO_MESSAGES
from webapp.core.actor import Role
from webapp.core.settings import Settings
from webapp.core.text import N_
from webapp.factory import add_templates
from webapp.shell import metrics, navigation, slots
from webapp.shell.access import actor
from webapp.shell.templating import render
from webapp.shell.unit_of_work import db

COPIES = (copying,)  # importing it is what makes it known
# Importing them is what makes them listen.
LISTENERS = (forgetting, handlers, identity_news, new_devices, phone_news, sending)


def register(app: Flask) -> None:
    settings: Settings = app.extensions["motcua"].settings
    add_templates(app, "notifications", "notifications")
    sending.configure(settings)
    app.register_blueprint(views.bp)
    metrics.fact(app, "texts_last_hour", "SMS of the last hour", counting.texts_of_the_hour, ("state",))
    navigation.add(
        app,
        [
            navigation.NavItem(N_("Messages"), "/me/messages", frozenset({Role.CITIZEN}), order=40, icon="message"),
            navigation.NavItem(
                N_("Messages that did not arrive"), manage.PATH, SEE_TO_MESSAGES.roles, order=80, icon="message",
                note=N_("Send them again; people without a phone, to call or write to"),
            ),
        ],
    )  # fmt: skip
    slots.fill(app, "me_cards", _card)
    if settings.is_demo:
        app.register_blueprint(views.demo)
        # For whoever waits for a code; citizens find it on their messages, so that their menu stays short.
        for roles in (frozenset[Role](), frozenset({Role.HELPER})):
            navigation.add(app, [navigation.NavItem(N_("Trial phone"), "/demo/phone", roles, order=95, icon="phone")])


def _card() -> str:
    """On the person's own page: how many messages are new."""
    who = actor()
    if who is None or who.role is not Role.CITIZEN or who.person_id is None:
        return ""
    return render("notifications/_card.html", unread=queries.unread(db(), who.person_id))
