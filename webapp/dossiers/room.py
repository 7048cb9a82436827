"""How this room joins the app."""

from flask import Flask

from webapp.accounts import claiming
from webapp.core.actor import Role
from webapp.core.text import N_
from webapp.dossiers import copying, counting, forgetting, infected, names
from webapp.dossiers.answers import source_words
from webapp.dossiers.cli import receipts_cli
from webapp.dossiers.lookup import proves_owner
from webapp.dossiers.permissions import SEE_RATINGS
from webapp.dossiers.views import (
    calendar,
    documents,
    draft,
    draft_check,
    home,
    hours,
    lookup,
    money,
    papers,
    rate,
    start,
    submit,
    supplement,
    track,
)
from webapp.dossiers.views.blueprint import bp
from webapp.shell import metrics, navigation, typed

# Importing a module of listeners is enough; of pages, too: it puts its routes on the blueprint.
LISTENS = (infected, forgetting, names, copying)
PAGES = (
    calendar, hours, home, start, draft, documents, submit, track, supplement, money, draft_check, papers, rate, lookup,
)  # fmt: skip
CITIZEN = frozenset({Role.CITIZEN})


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    app.cli.add_command(receipts_cli)
    metrics.fact(app, "dossiers", "Dossiers that are not finished, by state", counting.by_state, ("state",))
    claiming.add_proof("dossier", proves_owner)
    typed.explain(app, "dossiers.section", draft.read_back)
    app.jinja_env.globals.update(source_words=source_words)
    navigation.define(
        app,
        start_dossier="/dossiers/new/{code}",
        track_dossier="/dossiers/{id}",
        dossier="/dossiers/{id}",
        lookup="/lookup",
        my_dossiers="/dossiers",
        office_hours="/manage/calendar/hours/{id}",
    )
    navigation.add(
        app,
        [
            navigation.NavItem(N_("Find a service"), "/procedures", frozenset(), order=10),
            navigation.NavItem(N_("Look up a dossier"), "/lookup", frozenset(), order=20),
            navigation.NavItem(N_("Find a service"), "/procedures", CITIZEN, order=10, icon="search"),
            navigation.NavItem(N_("My dossiers"), "/dossiers", CITIZEN, order=20, icon="files"),
            navigation.NavItem(
                N_("What people say"), "/manage/ratings", SEE_RATINGS.roles, order=75, icon="message",
                note=N_("How satisfied they are, and their own words without names"),
            ),
            navigation.NavItem(
                N_("Calendar"),
                "/manage/calendar",
                frozenset({Role.ADMIN}),
                order=40,
                icon="clock",
                note=N_("Days off and working Saturdays, and the due dates they move"),
            ),
        ],
    )
