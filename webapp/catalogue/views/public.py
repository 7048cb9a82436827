"""Pages everybody may read: find a procedure, and what it needs, costs and gives."""

from typing import Any

from flask import abort, make_response, request, url_for
from werkzeug.wrappers import Response

from webapp.catalogue import queries
from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.index import Entry, Index
from webapp.catalogue.life_events import EVENTS
from webapp.catalogue.listing import LEVELS
from webapp.catalogue.memory import index
from webapp.catalogue.places import places_in
from webapp.catalogue.queries import Current
from webapp.catalogue.searching import Filters, nearest, page_of, search_entries
from webapp.catalogue.views.blueprint import bp
from webapp.core.text import N_, Text, one_line
from webapp.shell.access import actor, public
from webapp.shell.kiosk import kiosk
from webapp.shell.navigation import path_for
from webapp.shell.page_cache import cacheable
from webapp.shell.pages import page
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db

FOUND_SIZE = 20
LIST_SIZE = 150  # names only: some five kilobytes on the wire
LONGEST_QUESTION = 100
LEVEL_NAMES = {
    "commune": N_("In the commune"),
    "province": N_("In the province"),
    "ministry": N_("At a ministry"),
    "other": N_("At another agency"),
}


@bp.get("/procedures")
@public("what can be asked for, and on which conditions, is public")
def procedures() -> Response:
    q = one_line(request.args.get("q", "")[:LONGEST_QUESTION])
    known = index(db())
    filters = _filters(known)
    if q:
        return _readable(_found(known, q, filters))
    if filters != Filters():
        return _readable(_listed(known, filters))
    return _readable(page("catalogue/list.html", groups=queries.grouped(db()), parts=_parts(known), **_ways(known)))


@bp.get("/procedures/<code>")
@public("what a procedure needs, costs and gives is public")
@cacheable
def procedure(code: str) -> Response:
    found = queries.get_procedure(db(), code)
    if found is None:
        abort(404)
    if found.spec.listing:
        return _readable(page("catalogue/listed.html", found=found, spec=found.spec, **_back(found.spec)))
    return _readable(page("catalogue/procedure.html", found=found, **_facts(found), **_back(found.spec)))


def _filters(known: Index) -> Filters:
    """From the address; what does not exist is no list."""
    args: dict[str, Any] = {name: request.args.get(name, "") for name in ("field", "level", "event", "letter")}
    allowed: dict[str, Any] = {
        "field": known.fields,
        "level": LEVELS,
        "event": EVENTS,
        "letter": [*"abcdefghijklmnopqrstuvwxyz0"],
    }
    if any(value and value not in allowed[name] for name, value in args.items()):
        abort(404)
    return Filters(**args)


def _found(known: Index, q: str, filters: Filters) -> str:
    places = places_in(db(), q, settings().province_code)
    asked = places.rest if places is not None else q
    entries = search_entries(known, asked, filters.keeps) if asked else []
    if places is not None and not places.former and not entries:
        entries = search_entries(known, q, filters.keeps)  # a name that is a place and something else
    if places is not None and not entries:
        here = [e for e in known.entries if e.online and "commune" in e.levels and filters.keeps(e)]
        entries = here if not asked else entries
    part = page_of(entries, request.args.get("after"), FOUND_SIZE)
    close = [] if entries else nearest(known, q)
    return page(
        "catalogue/search.html",
        q=q,
        places=places,
        part=part,
        found=queries.lines(db(), part.entries),
        nearest=queries.lines(db(), close),
        filters=filters,
        next_href=_next(part.next_after),
        **_ways(known, entries),
    )


def _listed(known: Index, filters: Filters) -> str:
    part = page_of(_entries(known, filters), request.args.get("after"), LIST_SIZE)
    return page(
        "catalogue/browse.html",
        filters=filters,
        title=_title(known, filters),
        found=queries.lines(db(), part.entries),
        total=part.total,
        next_href=_next(part.next_after),
    )


def _entries(known: Index, filters: Filters) -> list[Entry]:
    """A list in its order."""
    entries = [entry for entry in known.entries if filters.keeps(entry)]
    return sorted(entries, key=queries.ours_first) if filters.event else entries


def _title(known: Index, filters: Filters) -> Any:
    if filters.event:
        return EVENTS[filters.event].title
    if filters.field:
        return known.fields[filters.field].name
    if filters.level:
        return Text(LEVEL_NAMES[filters.level])
    return Text("Names that begin with %(letter)s", letter=filters.letter.upper())


def _next(after: str | None) -> str | None:
    if after is None:
        return None
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if value and name != "after"}
    return url_for("catalogue.procedures", **kept, after=after)


def _ways(known: Index, entries: list[Entry] | None = None) -> dict[str, Any]:
    """The ways to every procedure: life events, fields of work, levels, letters; of `entries` or of all."""
    among = known.entries if entries is None else entries
    fields = {entry.field_key for entry in among}
    return {
        "events": EVENTS,
        "fields": [field for field in known.fields.values() if field.key in fields],
        "levels": [(level, Text(LEVEL_NAMES[level])) for level in LEVELS if any(level in e.levels for e in among)],
        "letters": sorted({entry.letter for entry in among}),
    }


def _parts(known: Index) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """kind of list → its key → where each page after the first one begins: (first name, code before it).

    So that no service of a long list is further away than one of a short list.
    """
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for kind, keys in (("event", EVENTS), ("field", known.fields), ("level", LEVELS)):
        found[kind] = {}
        for key in keys:
            entries = _entries(known, Filters(**{kind: key}))
            starts = range(LIST_SIZE, len(entries), LIST_SIZE)
            found[kind][key] = [(entries[at].title.vi, entries[at - 1].code) for at in starts]
    return found


def _back(spec: ProcedureSpec) -> dict[str, Any]:
    """Up to the list it stands in."""
    if spec.life_event in EVENTS:
        event = EVENTS[spec.life_event]
        return {"back_href": url_for("catalogue.procedures", event=event.key), "back_title": event.title}
    known = index(db()).by_code.get(spec.code)
    field = known.field_key if known else ""
    return {"back_href": url_for("catalogue.procedures", field=field or None), "back_title": spec.field}


def _facts(found: Current) -> dict[str, Any]:
    spec = found.spec
    parts = queries.by_codes(db(), spec.components) if spec.components else {}
    return {
        "spec": spec,
        "parts": [parts[c].spec for c in spec.components if c in parts],
        "needed": [d for d in spec.documents if d.given and d.required and not d.condition.alternatives],
        "start": _start(found),
        "phone_href": f"{settings().base_url.rstrip('/')}{request.path}" if kiosk() and found.sendable else None,
    }


def _start(found: Current) -> str | None:
    """Where a dossier is started: known by a room above; without it, and on a screen in a hall, there is no button."""
    if not found.sendable or kiosk() is not None:
        return None
    try:
        return path_for("start_dossier", code=found.spec.code)
    except KeyError:
        return None


def _readable(html: str) -> Response:
    """The service worker may keep the page for reading offline, as long as it is nobody's own."""
    response = make_response(html)
    if actor() is None:
        response.headers["X-Motcua-Public"] = "1"
        response.headers["Cache-Control"] = "no-cache"
    return response
