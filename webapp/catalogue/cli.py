"""`flask catalogue`: load the procedures."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.catalogue.load import files, load_procedures
from webapp.catalogue.reading import PROCEDURES, SpecError
from webapp.shell.services import services

catalogue_cli = AppGroup("catalogue", help="The procedures on offer.")


@catalogue_cli.command("load")
@click.argument("folder", default=PROCEDURES, type=click.Path(exists=True, file_okay=False, path_type=Path))
def load_command(folder: Path) -> None:
    """Load the procedure files of FOLDER (those of the project without it). Can be run again."""
    try:
        count = len(files(folder))
        hidden = not sys.stderr.isatty()
        with (
            click.progressbar(length=count, label="Procedures", file=sys.stderr, hidden=hidden) as bar,
            services().database.transaction() as session,
        ):
            report = load_procedures(session, folder, step=lambda _code: bar.update(1))
    except SpecError as wrong:
        raise click.ClickException(str(wrong)) from None
    for what in ("added", "revised", "retired"):
        for code in getattr(report, what):
            click.echo(f"{what}\t{code}")
    click.echo(str(report))
