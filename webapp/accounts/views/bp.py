"""The room's one blueprint; each module of pages hangs its routes on it."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
