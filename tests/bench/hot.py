"""How long each hot query takes, as the program asks it, without a page around it (goal 5).

Milliseconds of one call, the median; what is sealed is opened, since no list is of use without its names.
"""

import math
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import queries as messages
from tests import people as who
from tests.bench.goals import BOARD
from tests.bench.stands import Stand
from tests.factories import dossiers as make
from tests.factories import states
from webapp.accounts.models import LoginSession, Person
from webapp.accounts.sessions import LOGGED_IN
from webapp.core import clock, outbox
from webapp.core.db import AWAY
from webapp.dossiers import desk, lookup, queries, status, worklist
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import State
from webapp.dossiers.worklist import Filter
from webapp.interop import agency
from webapp.transparency import measuring
from webapp.transparency import queries as boards
from webapp.transparency.figures import last_months, periods

SECONDS, MOST = 0.3, 300
Asked = Callable[[Session], Any]


def questions(session: Session) -> dict[str, Asked]:
    """Name → what is asked, of the busy office and of the person of its newest dossier."""
    officer = states.as_staff(session, "officer")
    newest = select(Dossier).where(Dossier.office_id == officer.office_id, Dossier.state == State.PROCESSING.value)
    sent = session.scalars(newest.order_by(Dossier.id.desc()).limit(1)).one()
    person = session.get_one(Person, sent.person_id)
    citizen = who.as_citizen(session, person)
    code, number, name = sent.code or "", person.citizen_id or "", f"{person.full_name} {person.birth_date or ''}"[:-6]
    digest = session.scalars(select(LoginSession.token_digest).limit(1)).first() or ""
    now = clock.now()
    closed, times = Filter(state="closed"), periods(clock.today())
    behind = worklist.worklist(session, officer, filter=closed).next_key
    return {
        "who is logged in": lambda s: LOGGED_IN.first(s, token=digest, now=now),
        "status by QR": lambda s: status.found_by_digest(s, sent.qr_digest or ""),
        "lookup by code and second fact": lambda s: lookup.by_code(s, sent.lookup_code or "", number[-4:]),
        "own dossier": lambda s: queries.own_view(s, citizen, sent.public_id),
        "dossier at the counter": lambda s: queries.office_view(s, officer, sent.public_id),
        "my dossiers": lambda s: queries.my_dossiers(s, citizen),
        "my messages": lambda s: messages.inbox_of(s, person.id),
        "worklist, 50 rows": lambda s: worklist.worklist(s, officer),
        "worklist, overdue": lambda s: worklist.worklist(s, officer, filter=Filter(due="overdue")),
        "worklist, one state": lambda s: worklist.worklist(s, officer, filter=Filter(state="received")),
        "worklist, closed, second page": lambda s: worklist.worklist(s, officer, filter=closed, after=behind),
        "worklist, procedures to choose": lambda s: worklist.offered_procedures(s, officer),
        "figures of the desk": lambda s: worklist.desk_figures(s, officer),
        "counter: by code": lambda s: desk.find_at_counter(s, officer, code),
        "counter: by end of code": lambda s: desk.find_at_counter(s, officer, code[-4:]),
        "counter: by ID number": lambda s: desk.find_at_counter(s, officer, number),
        "counter: by name": lambda s: desk.find_at_counter(s, officer, name),
        "API: changed since a week": lambda s: agency.changed(
            s, officer, since=now - timedelta(days=7), after=None, until=now, limit=50
        ),
        "outbox: what is due": outbox.oldest_due,
        f"{BOARD}, 30 days": lambda s: boards.board(s, times["30-days"]),
        f"{BOARD}, this year": lambda s: boards.board(s, times["year"]),
        f"{BOARD} of one office": lambda s: (
            boards.unit(s, make.HOME),
            boards.by_procedure(s, officer.office_id or 0, times["year"]),
            boards.by_month(s, officer.office_id or 0, last_months(clock.today())),
        ),
        "usual time of a procedure": lambda s: measuring.usual(s, sent.procedure_code, officer.office_id or 0),
    }


def times(stand: Stand) -> dict[str, float]:
    """Name → milliseconds."""
    database = stand.services.database
    with stand.app.test_request_context():
        with database.session(write=False) as session:
            asked = questions(session)
        return {name: _timed(database.look, ask) for name, ask in asked.items()}


def _timed(session: Callable[[], Session], ask: Asked) -> float:
    """The median; infinite when the database breaks it off, since it took longer than a page may wait."""
    took: list[float] = []
    while len(took) < 3 or (sum(took) < SECONDS * 1000 and len(took) < MOST):
        with session() as opened:
            opened.connection()
            began = time.perf_counter()
            try:
                ask(opened)
            except AWAY:
                return math.inf
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)
