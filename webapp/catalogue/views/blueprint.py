"""The room's blueprint; `public` and `manage` put their pages on it."""

from flask import Blueprint

bp = Blueprint("catalogue", __name__)
