"""How this house joins the app."""

from flask import Flask

from notifications import handlers, sending
from webapp.factory import add_templates

LISTENERS = (handlers, sending)  # importing them is what makes them listen


def register(app: Flask) -> None:
    add_templates(app, "notifications", "notifications")
    sending.configure(app.extensions["motcua"].settings)
