"""Composition root: the one place that knows the three houses."""

from flask import Flask

import assisted.room
import notifications.room
from webapp import factory
from webapp.core.settings import Settings
from webapp.shell import access


def create_app(settings: Settings | None = None) -> Flask:
    """The whole program. `flask` finds it here; gunicorn runs `wsgi:create_app()`."""
    app = factory.create_app(settings or Settings.from_env())
    assisted.room.register(app)
    notifications.room.register(app)
    access.check_declared(app)
    return app
