"""`flask api-token`: give a system its token where nobody can log in yet."""

import click
from flask.cli import AppGroup

from webapp.accounts.staff_admin import office_of_code
from webapp.core.actor import SYSTEM
from webapp.interop import tokens
from webapp.shell.services import services

api_token = AppGroup("api-token", help="Tokens of offices' own systems.")


@api_token.command("new")
@click.argument("office")
@click.argument("label")
def new(office: str, label: str) -> None:
    """Make a token for the system LABEL of the office with the code OFFICE. It is printed once."""
    with services().database.transaction() as session:
        found = office_of_code(session, office)
        if found is None:
            raise click.ClickException(f"there is no office {office}")
        _token, secret = tokens.issue_token(session, found, label[:80], by=SYSTEM)
    click.echo(secret)
