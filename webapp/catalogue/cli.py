"""`flask catalogue`: load the procedures of the project, take in the national list."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.catalogue.importing import BATCH, import_lines
from webapp.catalogue.load import files, load_procedures
from webapp.catalogue.national_list import read_lines
from webapp.catalogue.place import SpecError
from webapp.catalogue.reading import PROCEDURES
from webapp.shell.services import services

SHOWN_REJECTS = 20
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

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
    for what in ("added", "revised", "kept", "retired"):
        for code in getattr(report, what):
            click.echo(f"{what}\t{code}")
    click.echo(str(report))


@catalogue_cli.command("import")
@click.argument("file", type=FILE)
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write rejected lines here.")
@click.option("--absent", type=click.Path(dir_okay=False, path_type=Path), help="Write here what FILE lacks.")
@click.option("--batch", default=BATCH, show_default=True, help="Lines in one transaction.")
def import_command(file: Path, rejects: Path | None, absent: Path | None, batch: int) -> None:
    """Take in the national list of procedures from FILE: JSON lines, or its tab-separated index.

    Imported procedures can be found and read; they are sent at the counter. A line that cannot be taken is named
    with its reason. Can be run again, also after it was cut off: what is there already is left alone. What earlier
    lists had and FILE has not is counted and stays: FILE may be a part of the list.
    """
    with file.open("rb") as source:
        length = sum(1 for _line in source)
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=length, label="National list", file=sys.stderr, hidden=hidden) as bar:
        report = import_lines(
            services().database, read_lines(file), batch=max(1, batch), step=lambda line: bar.update(line - bar.pos)
        )
        bar.update(length - bar.pos)
    told = [f"line {r.line}\t{r.code or '-'}\t{r.reason}" for r in report.rejects]
    if rejects is not None:
        rejects.write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
    for line in told[:SHOWN_REJECTS]:
        click.echo(line)
    if len(told) > SHOWN_REJECTS:
        where = str(rejects) if rejects is not None else "the file given with --rejects"
        click.echo(f"… and {len(told) - SHOWN_REJECTS} more: see {where}")
    click.echo(str(report))
    if absent is not None:
        absent.write_text("".join(f"{code}\n" for code in report.absent), encoding="utf-8")
    if report.absent:
        click.echo(
            f"{len(report.absent)} of earlier lists are not in this file and stay (--absent FILE names them); "
            "what is really gone, an administrator switches off at /manage/procedures"
        )
