"""The first page: what do you need, and what waits for you."""

from webapp.catalogue import queries as catalogue
from webapp.catalogue.life_events import EVENTS
from webapp.dossiers import progress, queries
from webapp.dossiers.views.blueprint import bp
from webapp.shell.access import actor, public
from webapp.shell.navigation import path_for
from webapp.shell.page_cache import cacheable
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db

# The most wanted six, one tap each; what belongs to a life event is two, every other service at most three.
TILES = ("1.001193", "1.004194", "1.000894", "1.000656", "2.000635", "1.014027")


@bp.get("/")
@public("the front door: names of services only; one's own dossiers are added for who is logged in")
@cacheable
def home() -> str:
    found = catalogue.by_codes(db(), TILES)
    tiles = [
        {"label": found[code].spec.plain, "href": path_for("procedure", code=code), "icon": found[code].spec.icon}
        for code in TILES
        if code in found
    ]
    who = actor()
    mine = queries.my_dossiers(db(), who, limit=5) if who is not None and who.person_id is not None else []
    return page("dossiers/home.html", tiles=tiles, events=EVENTS.values(), mine=mine, progress=progress)
