"""`flask erase`: a person asked to be forgotten, two administrators stand for it, and the command carries it out.

A shell has no account, and two people are only two when both have a name: so whoever sits there says who they are, as
at the log-in. The first time the command files the request, with the counts of a trial run and without anybody's name;
when another administrator has agreed to it on their page, the same command does it. What was begun with two and waits
for a dossier to be closed goes on alone, and so does a copy that was put back (`shell/keeping.py`): both do again what
two have agreed to.
"""

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts import people, second_person, staff
from webapp.accounts.models import Person
from webapp.accounts.second_person import Wish
from webapp.core import clock, erasure
from webapp.core.actor import SYSTEM, Actor, Channel, Role
from webapp.core.erasure import Fate, Outcome
from webapp.core.errors import DomainError
from webapp.core.parsing import FieldError, citizen_id
from webapp.core.text import N_
from webapp.shell.keeping import show
from webapp.shell.services import services

TARGET = "flask erase"
COUNTED = {
    Fate.ERASED: N_("Records erased"),
    Fate.PSEUDONYMISED: N_("Records made nameless"),
    Fate.KEPT: N_("Records kept by law"),
}


@click.command("erase")
@click.argument("person", nargs=-1)
@click.option("--request", default="", help="Number under which the request for erasure is filed; else asked for.")
@click.option("--by", "username", default="", help="User name of the administrator who asks; else asked for.")
@click.option("--try", "only_try", is_flag=True, help="Show what would happen; change nothing, ask nobody.")
@click.option("--waiting", is_flag=True, help="Try those again whose dossiers were still open the last time.")
@with_appcontext
def erase_command(person: tuple[str, ...], request: str, username: str, only_try: bool, waiting: bool) -> None:
    """Erase what is held about PERSON (a public id; else asks, so that no ID number stands in a shell's history).

    Needs two administrators: give it, let another one agree, give it once more.
    """
    found = _waiting(request) if waiting else _named(person, request or click.prompt("Number of the request"))
    asker = SYSTEM if only_try or waiting else _asker(username or click.prompt("Your user name"))
    for number, (public_id, filed) in enumerate(found.items(), start=1):
        show("people", number, len(found))
        if only_try:
            _tell(_trial(public_id, filed))
        elif waiting:
            _tell(_erased(public_id, filed, by=asker))
        else:
            _with_two(public_id, filed, by=asker)


def _waiting(request: str) -> dict[str, str]:
    """Person → number of the request, of all that were begun, or of this request."""
    with services().database.session(write=False) as session:
        return {who: filed for who, filed in erasure.waiting(session).items() if request in ("", filed)}


def _named(asked: tuple[str, ...], request: str) -> dict[str, str]:
    with services().database.session(write=False) as session:
        return {_find(session, one): request for one in asked or (click.prompt("ID number or public id"),)}


def _find(session: Session, asked: str) -> str:
    """The public id of whom is meant. What was asked for is never said back: it may be a number."""
    try:
        known = people.find_by_citizen_id(session, citizen_id(asked))
    except FieldError:
        known = session.scalar(select(Person).where(Person.public_id == asked.strip()))
    if known is None:
        raise click.ClickException("nobody is known by what was given")
    return known.public_id


def _asker(username: str) -> Actor:
    """The administrator who sits at the shell, by password and code app."""
    password, otp = click.prompt("Password", hide_input=True), click.prompt("Code of the code app")
    account, refused = None, "only an administrator asks for an erasure"
    with services().database.transaction() as session:  # it ends well also when they are refused: wrong tries count
        try:
            account = staff.staff_log_in(session, username=username, password=password, otp=otp, address=TARGET)
        except DomainError as error:
            refused = str(error.text)
    if account is None or Role.ADMIN.value not in account.roles:
        raise click.ClickException(refused)
    return Actor(
        role=Role.ADMIN, channel=Channel.COUNTER, account_id=account.id, account_public=account.public_id,
        name=account.display_name or "",
    )  # fmt: skip


def _trial(public_id: str, request: str) -> list[Outcome]:
    """What would happen."""
    with services().database.session() as session, session.begin() as transaction:
        outcomes = erasure.erase(session, public_id, request=request, by=SYSTEM)
        transaction.rollback()
    return outcomes


def _with_two(public_id: str, request: str, *, by: Actor) -> None:
    """Do it if another administrator agreed to it; else ask for it."""
    wish = _wish(public_id, request, _trial(public_id, request))
    with services().database.transaction() as session:
        row, agreed = second_person.take(session, by, wish)
        outcomes = erasure.erase(session, public_id, request=request, by=by) if agreed else []
        state, page = second_person.state_of(row), second_person.page_of(row)
    if agreed:
        _write_down(public_id, request)
        _tell(outcomes)
        return
    click.echo(f"nothing was erased; the request is {state}: {services().settings.base_url.rstrip('/')}{page}")
    if state == second_person.WAITING:
        click.echo("another administrator agrees there; then give this command once more")


def _wish(public_id: str, request: str, tried: list[Outcome]) -> Wish:
    """What the other administrator decides by: counts and a number, never who it is."""
    counts = dict.fromkeys(COUNTED.values(), 0)
    for outcome in tried:
        counts[COUNTED[outcome.fate]] += outcome.count
    said = {**{words: str(count) for words, count in counts.items()}, N_("Number of the request"): request}
    return Wish(N_("Erase a person"), said, TARGET, [["person", public_id], ["request", request]])


def _erased(public_id: str, request: str, *, by: Actor) -> list[Outcome]:
    with services().database.transaction() as session:
        outcomes = erasure.erase(session, public_id, request=request, by=by)
    _write_down(public_id, request)
    return outcomes


def _write_down(public_id: str, request: str) -> None:
    """Outside the database, for a copy that is put back later."""
    erasure.append(Path(services().settings.erasure_list), public_id, clock.now(), request)


def _tell(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        until = f", until {outcome.until:%d/%m/%Y}" if outcome.until else ""
        ground = f" ({outcome.ground}{until})" if outcome.ground else ""
        click.echo(f"{outcome.fate}: {outcome.what}: {outcome.count}{ground}")
    if any(outcome.waits for outcome in outcomes):
        click.echo("not finished: do it again with --waiting when the dossier is closed")
