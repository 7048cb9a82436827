"""`flask staff …`: the first administrator of a new installation, and help when nobody can log in any more."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts import invitations, staff_admin
from webapp.accounts.models import Account
from webapp.core.actor import SYSTEM, Role
from webapp.core.errors import DomainError
from webapp.shell.services import services

ROLES = [role.value for role in staff_admin.ALL_ROLES]
staff_cli = AppGroup("staff", help="Who works here: make, close, let in again.")


@contextmanager
def _acting() -> Iterator[Session]:
    """One transaction; what the domain refuses is said in its words."""
    try:
        with services().database.transaction() as session:
            yield session
    except DomainError as error:
        raise click.ClickException(str(error.text)) from error


def _named(session: Session, username: str) -> Account:
    account = session.scalar(select(Account).where(Account.kind == "staff", Account.username == username.lower()))
    if account is None:
        raise click.ClickException(f"nobody has the user name {username}")
    return account


def _print_link(token: str) -> None:
    click.echo("Let them open this link in their own browser; it is good once, for three days:")
    click.echo(f"{services().settings.base_url.rstrip('/')}/staff/enrol/{token}")


@staff_cli.command("create")
@click.argument("username")
@click.option("--name", required=True, help="As it stands on papers they sign.")
@click.option("--office", "office_code", default="", help="Code of the office; an administrator has none.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be given again.")
def create(username: str, name: str, office_code: str, roles: tuple[str, ...]) -> None:
    """Make an account and print the link by which its owner sets password and code app."""
    with _acting() as session:
        office = staff_admin.office_of_code(session, office_code)
        if office_code and office is None:
            raise click.ClickException(f"there is no office {office_code}")
        _made, token = staff_admin.create(
            session, username=username, name=name, roles=[Role(role) for role in roles], office=office, by=SYSTEM
        )
    _print_link(token)


@staff_cli.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Close an account; its owner is logged out at the next click."""
    with _acting() as session:
        staff_admin.disable(session, _named(session, username), by=SYSTEM)
    click.echo(f"{username} is closed")


@staff_cli.command("enable")
@click.argument("username")
def enable(username: str) -> None:
    """Open a closed account again and print a link for a new password and code app."""
    with _acting() as session:
        token = staff_admin.enable(session, _named(session, username), by=SYSTEM)
    _print_link(token)


@staff_cli.command("reset")
@click.argument("username")
@click.option("--password", is_flag=True, help="The password is gone, too.")
def reset(username: str, password: bool) -> None:
    """End the old ways in and print a new link."""
    with _acting() as session:
        kind = invitations.ALL if password else invitations.FACTOR
        token = staff_admin.reset(session, _named(session, username), kind, by=SYSTEM)
    _print_link(token)


@staff_cli.command("list")
def list_staff() -> None:
    """User name, state, tasks, office, name."""
    with services().database.session(write=False) as session:
        after = ""
        while rows := staff_admin.listed(session, SYSTEM, after=after, limit=200):
            for account, office in rows:
                facts = (account.username, staff_admin.state_of(account), ",".join(account.roles), office or "-")
                click.echo("\t".join((*facts, account.display_name or "")))
            after = rows[-1].Account.username
