"""The keys of the desk: a button on every page of it, and the help, asked for when somebody wants to read it.

The script itself is `desk.js`.
"""

from flask import request

from webapp.core.permissions import COUNTER_SIDE
from webapp.core.text import N_
from webapp.counter.permissions import DESK
from webapp.counter.views import bp
from webapp.shell.access import actor, allow
from webapp.shell.templating import render, still

KEYS = (
    ("/", N_("To the box that finds everything")),
    ("j", N_("Next dossier of the list")),
    ("k", N_("Dossier before it")),
    ("Enter", N_("Open the dossier, or press the button that is marked")),
    ("1 … 9", N_("Mark a decision of this dossier")),
    ("c", N_("Counter")),
    ("w", N_("Worklist")),
    ("n", N_("A person with papers")),
    ("?", N_("This help")),
)


def keys_bar() -> str:
    """Nothing for others, and nothing outside the desk."""
    who = actor()
    if who is None or not request.path.startswith("/counter") or not ({who.role} | who.roles) & COUNTER_SIDE:
        return ""
    return still("counter/keys.html")


@bp.get("/counter/keys")
@allow(DESK)
def keys_help() -> str:
    return render("counter/_keys_help.html", keys=KEYS)
