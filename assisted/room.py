"""How this house joins the app."""

from flask import Flask

from webapp.factory import add_templates


def register(app: Flask) -> None:
    add_templates(app, "assisted", "assisted")
