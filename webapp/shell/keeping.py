"""`flask` commands that keep what was promised: copies and putting them back, keys, the journal, what is thrown away.

Exit codes: 1 something is wrong and was told; 3 another key; 4 not a whole copy; 5 the place is not empty.
"""

import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from webapp.core import audit, backup, erasure, restored, retention, rotation
from webapp.core.actor import SYSTEM
from webapp.core.crypto import keyring
from webapp.shell import migrations
from webapp.shell.services import services

audit_cli = AppGroup("audit", help="The chained journal of acts.")
keys_cli = AppGroup("keys", help="The ring of data keys.")
EXIT = {backup.WrongKey: 3, backup.NotACopy: 4, backup.NotEmpty: 5}
SHOWN = 20  # problems are printed one by one up to here


class Stopped(click.ClickException):
    """A command that cannot go on, with an exit code that a script can tell apart."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code


def show(stage: str, done: int, total: int) -> None:
    """Progress, to whoever sits before it; silent in a script."""
    if sys.stderr.isatty() and (done == total or done % max(1, total // 100) == 0):
        click.echo(f"\r{stage}: {done} of {total}  ", nl=done == total, err=True)


# ------------------------------------------------------------------------------------------------- copies


@click.command("backup")
@click.argument("destination", type=click.Path(path_type=Path))
@click.option("--base", type=click.Path(exists=True, path_type=Path), help="An older copy on the same disk: unchanged "
              "files are shared with it instead of written again.")  # fmt: skip
@with_appcontext
def backup_command(destination: Path, base: Path | None) -> None:
    """Copy everything to the new folder DESTINATION, sealed, while people work."""
    made = services()
    try:
        manifest = backup.make(made.database, made.storage, destination, base, show)
    except tuple(EXIT) as wrong:
        raise Stopped(str(wrong), EXIT[type(wrong)]) from wrong
    rows = sum(manifest.tables.values())
    click.echo(
        f"{destination}: {rows} rows, {manifest.files} files ({manifest.bytes} bytes), schema {manifest.revision}"
    )
    click.echo(f"journal ends at row {manifest.audit_seq}, {manifest.audit_digest}")
    if manifest.missing:
        click.echo(f"{len(manifest.missing)} files were not in the store: taken out meanwhile, or lost")


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Read the copy through; put it nowhere.")
@with_appcontext
def restore_command(source: Path, only_check: bool) -> None:
    """Put the copy SOURCE into the empty database and the empty place for files of the settings.

    Can be run again after it was broken off: it begins anew with what that run left, and with nothing else.
    """
    made = services()
    try:
        manifest = backup.read_manifest(source)
        again = not only_check and backup.is_unfinished(made.database, manifest)
        if not only_check and not again:
            backup.require_empty(made.database, made.storage)
        backup.check(source, manifest, show)
    except tuple(EXIT) as wrong:
        raise Stopped(str(wrong), EXIT[type(wrong)]) from wrong
    click.echo(f"copy of {manifest.made_at}: whole, {sum(manifest.tables.values())} rows, {manifest.files} files")
    if only_check:
        return
    if again:
        click.echo("a restore of this copy was broken off here: it begins anew")
        migrations.downgrade(made.database, "base")
    else:
        backup.begin(made.database, manifest)
    backup.restore_files(source, manifest, made.storage, show)
    migrations.upgrade(made.database, manifest.revision)
    backup.restore_tables(source, manifest, made.database, show)
    migrations.upgrade(made.database)
    problems = _after(manifest)
    backup.finish(made.database)  # last: until here log-ins may be open and the erased may be back
    for problem in problems[:SHOWN]:
        click.echo(problem)
    click.echo("restored; everybody must log in again" if not problems else f"restored, {len(problems)} problems")
    sys.exit(1 if problems else 0)


def _after(manifest: backup.Manifest) -> list[str]:
    """What was true then and must not be true again; and whether what was promised is there."""
    made = services()
    with made.database.session(write=False) as session:
        _seen, problems = audit.verify(session, {manifest.audit_seq: manifest.audit_digest})
        gone = erasure.listed(session, Path(made.settings.erasure_list))
    with made.database.transaction() as session:
        for person, request in gone.items():
            erasure.erase(session, person, request=request, by=SYSTEM)
        for says, count in restored.run(session):
            click.echo(f"{says}: {count}")
    click.echo(f"people erased again: {len(gone)}")
    problems += [f"file {key} was not in the store when the copy was made" for key in manifest.missing]
    return problems + [
        f"file {name} is not what it was" for name in restored.broken_files(made.database, made.storage, show)
    ]


# --------------------------------------------------------------------------------------------------- keys


@keys_cli.command("status")
@click.option("--files", is_flag=True, help="Look at the files too, which takes longer.")
def keys_status(files: bool) -> None:
    """Which key has sealed how much; a key that sealed nothing may leave the ring."""
    made = services()
    with made.database.session(write=False) as session:
        values = rotation.values_by_key(session)
    stored = rotation.files_by_key(made.database, made.storage, show) if files else {}
    for key_id in [*keyring().ids, *sorted({*values, *stored} - set(keyring().ids))]:
        role = "current" if key_id == keyring().current else "old" if key_id in keyring().ids else "NOT IN THE RING"
        count = f"{sum(values.get(key_id, {}).values())} values"
        click.echo(f"{key_id}\t{role}\t{count}" + (f", {stored.get(key_id, 0)} files" if files else ""))
        for label, number in sorted(values.get(key_id, {}).items()):
            if key_id != keyring().current:
                click.echo(f"\t\t{label}: {number}")


@keys_cli.command("rotate")
def keys_rotate() -> None:
    """Seal everything again with the first key of MOTCUA_DATA_KEYS; can be broken off and started again."""
    made = services()
    done = rotation.turn(made.database, made.storage, show)
    click.echo(f"{done.values} values and {done.files} files are now sealed by {keyring().current}")
    if done.broken:
        raise Stopped(f"{done.broken} values or files could not be opened: is a key missing in the ring?", 1)
    click.echo("`flask keys status --files` tells when an old key may leave the ring; copies made before still need it")


# ------------------------------------------------------------------------------------------------ journal


@audit_cli.command("verify")
@click.option(
    "--anchors", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What `audit anchor` wrote."
)
def audit_verify(anchors: Path | None) -> None:
    """Walk the chain; exit 1 when a row was changed or is missing. With anchors also when its end was cut off."""
    try:
        known = audit.read_anchors(anchors) if anchors else {}
    except ValueError as wrong:
        raise Stopped(str(wrong), 1) from wrong
    with services().database.session(write=False) as session:
        total, walked = audit.size(session), 0

        def progress(rows: int) -> None:
            nonlocal walked
            walked += rows
            show("journal", walked, total)

        seen, problems = audit.verify(session, known, progress)
    for problem in problems:
        click.echo(problem)
    click.echo(f"{seen} rows, {'whole' if not problems else f'{len(problems)} problems'}")
    sys.exit(1 if problems else 0)


@audit_cli.command("head")
def audit_head() -> None:
    """Print where the chain ends: its number and digest, to be published or printed."""
    with services().database.session(write=False) as session:
        end = audit.head(session)
    click.echo(f"{end.seq} {end.digest}")


@audit_cli.command("anchor")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def audit_anchor(file: Path) -> None:
    """Append where the chain ends to FILE, which is kept elsewhere. Once a day."""
    with services().database.session(write=False) as session:
        end = audit.head(session)
    audit.append_anchor(file, end)
    click.echo(f"{file}: row {end.seq}")


@click.command("retention")
@click.option("--now", is_flag=True, help="Do it now instead of waiting for the worker.")
@with_appcontext
def retention_command(now: bool) -> None:
    """What is thrown away after how long."""
    if not now:
        for rule in retention.rules():
            click.echo(f"{rule.name}\t{rule.keep.total_seconds() / 86400:g} days\t{rule.says}")
        return
    for name, count in retention.sweep(services().database).items():
        click.echo(f"{name}: {count}")


def register(app: Flask) -> None:
    for group in (audit_cli, keys_cli):
        app.cli.add_command(group)
    for command in (backup_command, restore_command, retention_command):
        app.cli.add_command(command)
