"""How this room joins the app."""

from flask import Flask

from webapp.kiosk import desk, device, forgetting, guard, hall
from webapp.kiosk.blueprint import bp
from webapp.shell import kiosk, slots

# Importing a module of pages puts its routes on the blueprint; a module of rules its rules.
PAGES = (hall, desk, forgetting)


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    kiosk.know(app, device.find)
    guard.register(app)
    slots.fill(app, "counter_end", desk.desk_link)
