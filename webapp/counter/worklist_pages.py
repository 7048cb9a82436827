"""The worklist's page: filters that stay in the address, pages to both sides."""

from urllib.parse import urlencode

from flask import request

from webapp.counter.lists import CHANNEL_WORDS, DUE_WORDS, STATE_WORDS, listed, own_calendar
from webapp.counter.permissions import DESK
from webapp.counter.views import bp
from webapp.dossiers import worklist as queue
from webapp.dossiers.worklist import Filter
from webapp.shell.access import allow, current_actor
from webapp.shell.page_cache import cacheable
from webapp.shell.pages import page
from webapp.shell.unit_of_work import db

ROWS = 50
HERE = "/counter/worklist"


def address(filter: Filter, **more: str | None) -> str:
    """The list as it is narrowed now, at this place."""
    query = urlencode({**filter.given(), **{name: value for name, value in more.items() if value}})
    return f"{HERE}?{query}" if query else HERE


@bp.get(HERE)
@allow(DESK)
@cacheable
def worklist() -> str:
    filter = Filter.read(request.args)
    after, before = request.args.get("after"), request.args.get("before")
    found = queue.worklist(db(), current_actor(), filter=filter, after=after, before=before, limit=ROWS)
    chips = {name: Filter(name, filter.due, filter.procedure, filter.channel) for name in STATE_WORDS}
    return page(
        "counter/worklist.html",
        rows=listed(found.rows, own_calendar()),
        next_href=address(filter, after=found.next_key) if found.next_key else None,
        previous_href=address(filter, before=found.previous_key) if found.previous_key else None,
        filter=filter,
        chips=[(STATE_WORDS[name], address(chip), name == filter.state) for name, chip in chips.items()],
        dues=DUE_WORDS,
        channels=CHANNEL_WORDS,
        procedures=queue.offered_procedures(db(), current_actor()),
    )
