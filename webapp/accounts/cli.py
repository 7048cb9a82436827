"""`flask demo-people`: whom to be in the trial, and what to try; `make run` prints it last.

`flask limits`: how much of what all log-ins share is used up now.
"""

import sys

import click
from flask.cli import with_appcontext

from webapp.accounts import breakers, demo, limits
from webapp.core import throttle
from webapp.shell.services import services

TEXT = """
Một Cửa, trial version: {url}
Everybody and everything in it is invented.

Citizen     Nguyễn Thị Đào   phone 0912 000 001          {url}/login
            The 6-digit code arrives at {url}/demo/phone
            Try: start a birth registration, take a paper you already have, send it, keep the receipt.
Citizen     Vi Thị Nhàn, born 1954, has no phone; access card 7F2-Q8M, PIN 2468
            Try: log in as the helper and do it beside her.
"""
STAFF_LINE = "{title:<14}{name:<16}user name {username:<10} office {office}"
TITLES = {
    "helper": "Helper",
    "officer": "Reception",
    "case": "Casework",
    "manager": "Manager",
    "officer2": "Next door",
    "admin": "Administrator",
    "admin2": "Second one",
}


@click.command("demo-people")
@with_appcontext
def demo_people() -> None:
    """Print the address, the demo people, and what to try."""
    settings = services().settings
    if not settings.is_demo:
        click.echo("There are no demo people where MOTCUA_ENV=production.")
        return
    url = settings.base_url
    click.echo(TEXT.format(url=url))
    for username, name, _roles, office in demo.STAFF:
        click.echo(STAFF_LINE.format(title=TITLES[username], name=name, username=username, office=office or "all"))
    click.echo(
        f"            Password of all: {demo.STAFF_PASSWORD}; the code of this minute stands on {url}/staff/login"
    )
    click.echo("            Try: receive the dossier, ask for a better photo, settle it, hand the result over.\n")


@click.command("limits")
@with_appcontext
def limits_command() -> None:
    """Codes sent and typed in wrongly by all, and which breakers are open; exit 1 while one is."""
    with services().database.session(write=False) as session:
        for limit, words in ((limits.GLOBAL_MINUTE, "codes this minute"), (limits.GLOBAL_DAY, "codes this day")):
            used = throttle.seen(session, limit.name, "", limit.window)
            click.echo(f"{words}\t{used} of {limit.times}")
        wrong = breakers.wrong_lately(session)
        click.echo(f"wrong codes in ten minutes\t{wrong} of {limits.WRONG_EVERYWHERE}")
        open_now = [name for name in (breakers.GUESSING, breakers.PUMPING) if breakers.is_open(session, name)]
    click.echo(f"breakers open\t{', '.join(open_now) or 'none'}")
    if throttle.is_relaxed():
        click.echo("MOTCUA_LIMITS=relaxed: nothing is refused")
    sys.exit(1 if open_now else 0)
