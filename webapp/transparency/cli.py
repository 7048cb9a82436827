"""`flask board`: are the public figures what the history of the dossiers says?"""

import sys

import click
from flask.cli import AppGroup

from webapp.shell.keeping import show
from webapp.shell.services import services
from webapp.transparency.recount import recount

board_cli = AppGroup("board", help="The public figures of the offices.")


@board_cli.command("recompute")
def recompute() -> None:
    """Count all of them again from the history of the dossiers, while people work. Once after an upgrade; can be
    broken off and run again."""
    facts, sums = recount(services().database, show)
    click.echo(f"{facts} facts and {sums} sums were put right")


@board_cli.command("check")
def check() -> None:
    """Say how many figures differ from the history; exit 1 if one does. What happened a few seconds ago may not be
    counted yet."""
    facts, sums = recount(services().database, show, mend=False)
    click.echo(f"{facts} facts and {sums} sums differ" if facts or sums else "every figure is as the history says")
    sys.exit(1 if facts or sums else 0)
