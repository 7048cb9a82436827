"""What one running app owns: settings, database, storage, words, assets. Made once by the factory."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app

from webapp.core.db import Database
from webapp.core.settings import Settings
from webapp.core.storage import Storage


@dataclass
class Services:
    """Reached with `services()` inside a request or a command."""

    settings: Settings
    database: Database
    storage: Storage
    extra: dict[str, Any] = field(default_factory=dict)


def attach(app: Flask, made: Services) -> None:
    app.extensions["motcua"] = made


def services() -> Services:
    made: Services = current_app.extensions["motcua"]
    return made


def settings() -> Settings:
    return services().settings
