"""How this room joins the app."""

from flask import Flask

from webapp.core.actor import Role
from webapp.core.text import N_
from webapp.dossiers.answers import source_words
from webapp.dossiers.views import documents, draft, home, lookup, start, submit, supplement, track
from webapp.dossiers.views.blueprint import bp
from webapp.shell import navigation

# Importing a module of pages puts its routes on the blueprint.
PAGES = (home, start, draft, documents, submit, track, supplement, lookup)
CITIZEN = frozenset({Role.CITIZEN})


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(source_words=source_words)
    navigation.define(
        app,
        start_dossier="/dossiers/new/{code}",
        track_dossier="/dossiers/{id}",
        dossier="/dossiers/{id}",
        lookup="/lookup",
        my_dossiers="/dossiers",
    )
    navigation.add(
        app,
        [
            navigation.NavItem(N_("Find a service"), "/procedures", frozenset(), order=10),
            navigation.NavItem(N_("Look up a dossier"), "/lookup", frozenset(), order=20),
            navigation.NavItem(N_("Find a service"), "/procedures", CITIZEN, order=10, icon="search"),
            navigation.NavItem(N_("My dossiers"), "/dossiers", CITIZEN, order=20, icon="files"),
        ],
    )
