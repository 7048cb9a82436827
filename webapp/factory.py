"""Puts the rooms of webapp together. The upper houses are added by `wsgi.py`."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined

import webapp.accounts.room
import webapp.catalogue.room
import webapp.counter.room
import webapp.dossiers.room
import webapp.identity.room
import webapp.interop.room
import webapp.kiosk.room
import webapp.offices.room
import webapp.pwa.room
import webapp.transparency.room
import webapp.vault.room
from webapp.core import crypto, scan, throttle
from webapp.core.db import AWAY, Database
from webapp.core.settings import Settings
from webapp.core.storage import Storage
from webapp.shell import (
    access,
    appearance,
    assets,
    errors,
    filekeeping,
    formats,
    gallery,
    headers,
    health,
    htmx,
    i18n,
    info,
    installation,
    keeper,
    keeping,
    kiosk,
    logs,
    metrics,
    navigation,
    page_cache,
    pages,
    security,
    slots,
    unit_of_work,
)
from webapp.shell import cli as shell_cli
from webapp.shell.qr import qr_svg
from webapp.shell.services import Services, attach
from webapp.shell.templating import FoldingEnvironment, kept, still

HERE = Path(__file__).parent
# Lowest floor first.
ROOMS = (
    webapp.offices.room,
    webapp.pwa.room,
    webapp.accounts.room,
    webapp.catalogue.room,
    webapp.identity.room,
    webapp.vault.room,
    webapp.dossiers.room,
    webapp.counter.room,
    webapp.interop.room,
    webapp.kiosk.room,
    webapp.transparency.room,
)


class _App(Flask):
    """Flask; its worker knows threads only, so no view or hook is a coroutine, and none is asked whether it is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(settings: Settings) -> Flask:
    """The app of webapp alone: shell first, then each room's `register(app)`, lowest floor first."""
    app = _App("webapp", static_folder=None, template_folder=None)
    app.jinja_environment = FoldingEnvironment
    app.testing = settings.env == "test"
    crypto.configure(settings)
    throttle.configure(settings)
    scan.configure(settings)
    database = Database(settings.database_url)
    _promise(settings, database)
    attach(app, Services(settings, database, Storage(settings.storage_url)))
    htmx.register(app)
    _templates(app)
    # Whoever registers first sees the finished answer last: the log line and the headers come after the commit.
    logs.register(app)
    page_cache.register(app)
    headers.register(app, settings)
    unit_of_work.register(app)
    security.register(app, settings)
    errors.register(app)
    for part in (i18n, formats, slots, navigation, assets, appearance, keeper, kiosk, filekeeping, shell_cli):
        part.register(app)
    app.register_blueprint(health.bp)
    app.register_blueprint(info.bp)
    metrics.register(app)
    installation.register(app)
    keeping.register(app)
    gallery.register(app)
    app.jinja_env.globals.update(qr_svg=qr_svg, fills_in=access.fills_in, still=still, kept=kept)
    app.context_processor(
        lambda: {
            "actor": access.actor(),
            "flashes": pages.take_flashes(),
            "settings_env": settings.env,
            "help_phone": settings.help_phone,
            "inbound_number": settings.inbound_number,
            "errors": None,
        }
    )
    for room in ROOMS:
        room.register(app)
    return app


def _promise(settings: Settings, database: Database) -> None:
    """Production does not say "received" on a database that may forget it. One that is away is asked by /readyz."""
    if settings.env != "production":
        return
    try:
        weaknesses = database.weaknesses()
    except AWAY:
        return
    if weaknesses:
        raise RuntimeError(f"this database may lose what it has confirmed: {'; '.join(weaknesses)}")


def _templates(app: Flask) -> None:
    """Each room's templates under the room's name; the macros of the look under `ui/`."""
    folders = {room.name: room / "templates" for room in sorted(HERE.iterdir()) if (room / "templates").is_dir()}
    shell = HERE / "shell" / "templates"
    rooms = {name: FileSystemLoader(folder) for name, folder in folders.items() if name != "shell"}
    rooms["shell"] = FileSystemLoader(shell / "shell")
    rooms["ui"] = FileSystemLoader(shell / "ui")
    app.jinja_loader = ChoiceLoader([PrefixLoader(rooms)])  # type: ignore[assignment]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def add_templates(app: Flask, prefix: str, package: str) -> None:
    """An upper house brings its own templates."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(package)
    loader = app.jinja_loader
    assert isinstance(loader, ChoiceLoader)  # noqa: S101  (made above)
    folder = Path(spec.submodule_search_locations[0]) / "templates"
    loader.loaders = [*loader.loaders, PrefixLoader({prefix: FileSystemLoader(folder)})]
