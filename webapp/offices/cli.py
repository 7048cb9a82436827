"""`flask units`: provinces, communes and offices."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.offices.importing import NotUnits, import_units
from webapp.shell.services import services

SHOWN_REJECTS = 20
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

units_cli = AppGroup("units", help="Communes and offices.")


@units_cli.command("import")
@click.argument("file", type=FILE)
def import_command(file: Path) -> None:
    """Take in FILE, CSV in UTF-8 with a head. Can be run again: only what differs is changed.

    \b
    communes          province_code,commune_code,commune,type
    offices           code,name,level[,short_name,commune_code,phone,address,hours]
    former communes   old_code,old_commune,old_district,new_code,province_code,kind

    Hours are taken for a new office only. A row that cannot be taken is named with its line and its reason; the
    others are taken. Exit 1 if there was one.
    """
    with file.open("rb") as source:
        length = max(sum(1 for _line in source) - 1, 0)
    try:
        with (
            click.progressbar(length=length, label="Units", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
            services().database.transaction() as session,
        ):
            report = import_units(session, file, step=lambda: bar.update(1))
    except NotUnits as wrong:
        raise click.ClickException(str(wrong)) from None
    for line, reason in report.rejects[:SHOWN_REJECTS]:
        click.echo(f"line {line}\t{reason}")
    if len(report.rejects) > SHOWN_REJECTS:
        click.echo(f"… and {len(report.rejects) - SHOWN_REJECTS} more")
    click.echo(str(report))
    sys.exit(1 if report.rejects else 0)
