"""How this room joins the app."""

from flask import Flask, request

from webapp.core.actor import Actor, Role
from webapp.core.text import N_
from webapp.interop import cli, manage, problems, tokens, views
from webapp.shell import access, errors, navigation
from webapp.shell.navigation import NavItem
from webapp.shell.unit_of_work import database

BEARER = "bearer "


def _resolve() -> Actor | None:
    """Whoever brings a token."""
    given = request.headers.get("Authorization", "")
    if not given.lower().startswith(BEARER):
        return None
    # A session of its own: the request is counted after this, and its own writing must not have begun by then.
    with database().session(write=False) as session:
        return tokens.actor_of(session, given[len(BEARER) :].strip()[:200])


def register(app: Flask) -> None:
    app.register_blueprint(views.bp)
    app.register_blueprint(manage.bp)
    app.cli.add_command(cli.api_token)
    # Also because a log-in would be looked up in this request's session, before which the request must be counted.
    access.know_only(app, f"{views.ROOT}/", _resolve)
    errors.shape_below(app, f"{views.ROOT}/", problems.of_page)
    item = NavItem(
        N_("Tokens of other systems"), "/manage/api-tokens", frozenset({Role.ADMIN}), order=80, icon="lock",
        note=N_("Which offices' own systems may read their dossiers"),
    )  # fmt: skip
    navigation.add(app, [item])
