"""The room's blueprint; each module of pages hangs its routes on it."""

from flask import Blueprint

bp = Blueprint("identity", __name__)
