"""How this room joins the app."""

from flask import Flask

from webapp.pwa import views


def register(app: Flask) -> None:
    app.register_blueprint(views.bp)
