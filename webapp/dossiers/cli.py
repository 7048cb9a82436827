"""`flask receipts`: can what was said to people be proved?"""

import sys

import click
from flask.cli import AppGroup

from webapp.dossiers.receipts import unproved
from webapp.shell.keeping import SHOWN, show
from webapp.shell.services import services

receipts_cli = AppGroup("receipts", help="What the office said it has received.")


@receipts_cli.command("verify")
@click.option("--files", is_flag=True, help="Read every file back from the store, too.")
def verify(files: bool) -> None:
    """Walk all receipts: signature, files, hashes. Exit 1 if one does not hold."""
    made = services()
    with made.database.session(write=False) as session:
        found = list(unproved(session, made.storage if files else None, show))
    for trouble in found[:SHOWN]:
        click.echo(trouble)
    click.echo(f"{len(found)} problems" if found else "every receipt holds")
    sys.exit(1 if found else 0)
