"""How this room joins the app."""

from flask import Flask

from webapp.core.settings import Settings
from webapp.identity import copying, forgetting, issuers, models, queries
from webapp.identity.claims import Reader
from webapp.identity.views import bp, demo, log_in, own, person_card
from webapp.shell import headers, navigation, slots
from webapp.shell.access import actor
from webapp.shell.templating import render
from webapp.shell.unit_of_work import db

TABLES, FORGETS, COPIES = (models,), (forgetting,), (copying,)
PAGES = (log_in, own, person_card)  # imported so that their routes hang on the blueprint


def register(app: Flask) -> None:
    settings: Settings = app.extensions["motcua"].settings
    Reader.of(settings)  # a slip in the settings stops the start, not somebody's log-in
    if settings.oidc_issuer:
        issuers.load()  # now, so that all processes of a web server share it
    app.register_blueprint(bp.bp)
    if settings.is_demo:
        app.register_blueprint(demo.bp)
    headers.allow_forms_to(app, issuers.form_target)
    navigation.define(app, own_identity=own.HOME)
    slots.fill(app, "log_in_ways", _log_in_way)
    slots.fill(app, "settings_ways", _settings_way)
    slots.fill(app, "again_ways", _again_way)
    slots.fill(app, "own_source", _source)
    slots.fill(app, "person_aids", _person_aid)


def _log_in_way(**context: object) -> str:
    """On the log-in page: the other way in, where there is an issuer."""
    if not issuers.is_there():
        return ""
    return render("identity/_log_in.html", demo=issuers.is_demo(), next=context.get("next", "/me"))


def _settings_way(**_context: object) -> str:
    return render("identity/_settings.html") if issuers.is_there() else ""


def _again_way(**context: object) -> str:
    """Where a fresh proof is asked for: with VNeID, for whoever has linked it."""
    who = actor()
    linked = who is not None and who.person_id is not None and bool(queries.identities_of(db(), who.person_id))
    return render("identity/_again.html", next=context.get("next", "/")) if linked and issuers.is_there() else ""


def _person_aid(**context: object) -> str:
    """Where somebody new says who they are: the ID card's code fills it in."""
    return render("identity/_person_aid.html", error=context.get("error"))


def _source(**context: object) -> str:
    """Beside name, number and birth date on the person's own page: who said so."""
    confirmed = queries.confirmed(db(), context["person"])  # type: ignore[arg-type]
    return render("identity/_source.html").strip() if context["key"] in confirmed else ""
