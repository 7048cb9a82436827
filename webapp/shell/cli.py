"""`flask` commands of the ground: database, data, worker, outbox, audit, and the maps the program prints of itself."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from webapp.core import events, outbox, settings, worker
from webapp.core.permissions import Right
from webapp.shell import access, log_lines, migrations, seeding
from webapp.shell.keeping import show
from webapp.shell.services import services

db_cli = AppGroup("db", help="The database's shape.")
seed_cli = AppGroup("seed", help="First data.")
outbox_cli = AppGroup("outbox", help="What waits to be delivered.")
settings_cli = AppGroup("settings", help="Settings, masked, and new keys.")


@db_cli.command("upgrade")
@click.argument("target", default="head")
def db_upgrade(target: str) -> None:
    """Bring the database up to the code (or to TARGET)."""
    migrations.upgrade(services().database, target)
    click.echo(f"database is at {migrations.head() if target == 'head' else target}")


@db_cli.command("downgrade")
@click.argument("target")
def db_downgrade(target: str) -> None:
    """Take the database back to TARGET ("base" for nothing)."""
    migrations.downgrade(services().database, target)
    click.echo(f"database is at {target}")


@db_cli.command("check")
def db_check() -> None:
    """Do tables and models agree? Exit 1 if not."""
    found = migrations.differences(services().database)
    for difference in found:
        click.echo(difference)
    click.echo("database and models agree" if not found else f"{len(found)} differences")
    sys.exit(1 if found else 0)


def _seed(*, demo: bool) -> None:
    if demo and not services().settings.is_demo:
        raise click.ClickException("demo people are not loaded where MOTCUA_ENV=production")
    steps = seeding.seeds(current_app, demo=demo)
    for number, step in enumerate(steps, start=1):
        show("seed", number, len(steps))
        with services().database.transaction() as session:
            click.echo(f"{step.name}: {step.run(session)}")


@seed_cli.command("base")
def seed_base() -> None:
    """Provinces, communes, calendar, procedures."""
    _seed(demo=False)


@seed_cli.command("demo")
def seed_demo() -> None:
    """The same, and the demo office and people. Can be run again."""
    _seed(demo=True)


@click.command("worker")
@click.option("--once", is_flag=True, help="Deliver what is due now and stop.")
@with_appcontext
def worker_command(once: bool) -> None:
    """Deliver what the outbox holds, until stopped."""
    log_lines.configure()
    made = services()
    if once:
        click.echo(f"delivered {worker.drain(made.database)}")
        return
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    worker.run_forever(made.database, stop, made.settings.worker_poll_seconds)


@click.command("up")
@click.option("--port", default=8000, show_default=True, help="Where the pages are served.")
def up_command(port: int) -> None:
    """Web and worker together, for a laptop; Ctrl-C stops both."""
    environment = {**os.environ, "PORT": str(port), "FLASK_APP": "wsgi:create_app"}
    environment.setdefault("MOTCUA_BASE_URL", f"http://localhost:{port}")
    # Web processes and worker count into one folder, so that /metrics knows what both did.
    meters = environment["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="motcua-meters-")
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:webapp.shell.gunicorn_conf", "wsgi:create_app()"]
    flask = [sys.executable, "-m", "flask", "worker"]
    children = [subprocess.Popen(command, env=environment) for command in (gunicorn, flask)]  # noqa: S603  (ours)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        click.echo("one of web and worker stopped; stopping the other", err=True)
    except KeyboardInterrupt:
        click.echo("stopping")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=35)
        shutil.rmtree(meters, ignore_errors=True)


@outbox_cli.command("stuck")
def outbox_stuck() -> None:
    """Deliveries that failed and are not done; exit 1 if any is on the dead shelf."""
    with services().database.session(write=False) as session:
        rows = outbox.stuck(session)
    for row in rows:
        shelf = "dead" if row.dead_at else "waiting"
        click.echo(f"{row.id}\t{shelf}\t{row.type} → {row.handler}\ttries {row.attempts}\t{row.last_error}")
    click.echo(f"{len(rows)} stuck")
    sys.exit(1 if any(row.dead_at for row in rows) else 0)


@outbox_cli.command("retry")
def outbox_retry() -> None:
    """Bring everything on the dead shelf back."""
    with services().database.transaction() as session:
        click.echo(f"{outbox.retry(session)} brought back")


@settings_cli.command("show")
def settings_show() -> None:
    """Effective values, secrets hidden."""
    for name, value in services().settings.masked().items():
        click.echo(f"{name}={value}")


@settings_cli.command("new-key")
def settings_new_key() -> None:
    """A fresh entry for MOTCUA_DATA_KEYS."""
    click.echo(settings.new_data_key())


@click.command("doors")
@click.option("--json", "as_json", is_flag=True, help="For a program: name, method, path, right or reason, roles.")
@with_appcontext
def doors_command(as_json: bool) -> None:
    """Every route, and who may go through: the right it asks for, or why it is public."""
    found = access.doors(current_app)
    if as_json:
        click.echo(json.dumps([asdict(door) for door in found], ensure_ascii=False, indent=1))
        return
    for door in found:
        who = f"{door.right}: {', '.join(door.roles)}" if door.right else f"public: {door.reason}"
        click.echo(f"{door.method}\t{door.path}\t{who}{'; fresh proof' if door.fresh else ''}")


@click.command("rights")
def rights_command() -> None:
    """Who may what."""
    for right in sorted(Right.all.values(), key=lambda r: r.name):
        click.echo(f"{right.name}\t{', '.join(sorted(right.roles))}\t{right.says}")


@click.command("events")
def events_command() -> None:
    """Which event is heard by whom."""
    for name, sentence, listeners in events.catalogue():
        click.echo(f"{name}\t{sentence}\t{', '.join(listeners) or '—'}")


def register(app: Flask) -> None:
    for group in (db_cli, seed_cli, outbox_cli, settings_cli):
        app.cli.add_command(group)
    for command in (worker_command, up_command, doors_command, rights_command, events_command):
        app.cli.add_command(command)
