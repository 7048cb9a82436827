"""Our app for tools that send the cookie they were given to the end: a log-in may rest as long as it may last."""

from flask import Flask

import wsgi
from webapp.accounts import limits


def create_app() -> Flask:
    """What is scanned."""
    limits.SESSIONS.update({kind: (whole, whole) for kind, (_idle, whole) in limits.SESSIONS.items()})
    return wsgi.create_app()
