"""The register of a period (form 07): names, addresses and phones of everybody whom the office served in it.

So it opens only for somebody who has proved a short time ago who they are, a long one only when a colleague agreed to
it (`taking.py`), a period long over only with a reason, and each opening is written down with its period and how many
rows it showed. An opening is good for half an hour.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import request
from flask import session as browser
from werkzeug.wrappers import Response

from webapp.accounts.fresh import require_fresh
from webapp.core import clock
from webapp.core.audit import audit
from webapp.core.fields import FieldSpec
from webapp.core.text import N_, Text
from webapp.counter.permissions import REGISTER
from webapp.counter.taking import agreed_rows
from webapp.counter.views import bp
from webapp.dossiers.openings import OPEN_FOR
from webapp.dossiers.papers.register import LONGEST, Period, count_rows, register_sheet
from webapp.dossiers.papers.sheet import Sheet
from webapp.dossiers.views.papers import pdf_answer
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import speaking
from webapp.shell.pages import page, see
from webapp.shell.unit_of_work import db

HERE = "/counter/register"
OPENED = "register"  # in this browser: who opened which period until when
ROWS = 50
AFTER = timedelta(days=30)  # last month's book is still being written and reported
FIELDS = [
    FieldSpec("start", "date", Text("From")),
    FieldSpec("end", "date", Text("Until")),
    FieldSpec(
        "reason",
        "select",
        Text("Why is it read?"),
        hint=Text("Needed when the period ended more than %(n)s days ago.", n=AFTER.days),
        options=(
            ("complaint", Text("A complaint or an inspection")),
            ("mistake", Text("A mistake must be put right")),
            ("report", Text("A report for the authorities")),
            ("archive", Text("Work in the archive")),
        ),
        required=False,
    ),
]


@dataclass(frozen=True)
class Opening:
    """What this officer has opened in this browser."""

    period: Period
    by: str
    until: datetime

    def keep(self) -> None:
        """In the signed cookie: nothing of a person."""
        times = (self.period.start, self.period.end, self.until)
        browser[OPENED] = [self.by, *(time.isoformat() for time in times)]

    @classmethod
    def current(cls) -> "Opening | None":
        """The one that is still open, if it is this officer's."""
        if OPENED not in browser:
            return None
        by, start, end, until = browser[OPENED]
        found = cls(Period(date.fromisoformat(start), date.fromisoformat(end)), by, datetime.fromisoformat(until))
        return found if found.until > clock.now() and by == current_actor().account_public else None


@bp.get(HERE)
@allow(REGISTER)
def register_book() -> str:
    opening = Opening.current()
    if opening is None:
        today = clock.today()
        return book_page(Form.show(FIELDS, {"start": today.replace(day=1).isoformat(), "end": today.isoformat()}))
    require_fresh()
    skip = place()
    sheet, more = register_sheet(db(), current_actor(), opening.period, skip=skip, most=ROWS)
    period = opening.period
    return book_page(
        Form.show(FIELDS, {"start": period.start.isoformat(), "end": period.end.isoformat()}),
        sheet=sheet,
        next_href=f"{HERE}?after={skip + ROWS}" if more else None,
        previous_href=f"{HERE}?after={max(0, skip - ROWS)}" if skip else None,
    )


@bp.post(HERE)
@allow(REGISTER)
def open_register() -> Response | tuple[str, int]:
    require_fresh()
    form, period = read_period()
    if period is None:
        return book_page(form), 422
    who = current_actor()
    rows = count_rows(db(), who, period)
    agreed_rows(N_("Open the register"), period.words, rows)
    Opening(period, who.account_public or "", clock.now() + OPEN_FOR).keep()
    said = {"reason": form.values["reason"]} if form.values.get("reason") else {}
    audit(db(), who, "counter:register", None, start=f"{period.start}", end=f"{period.end}", rows=rows, **said)
    return see("counter.register_book")


@bp.get(f"{HERE}.pdf")
@allow(REGISTER)
def register_file() -> Response:
    opening = Opening.current()
    if opening is None:
        return see("counter.register_book")
    require_fresh()
    period = opening.period
    with speaking("vi"):
        sheet, _more = register_sheet(db(), current_actor(), period)
        return pdf_answer(sheet, f"M07-{period.start:%Y%m%d}-{period.end:%Y%m%d}")


def book_page(
    form: Form, sheet: Sheet | None = None, next_href: str | None = None, previous_href: str | None = None
) -> str:
    return page(
        "counter/register.html", form=form, errors=form.errors or None, sheet=sheet, pdf=f"{HERE}.pdf",
        next_href=next_href, previous_href=previous_href,
    )  # fmt: skip


def read_period() -> tuple[Form, Period | None]:
    """What was asked for; None when it makes no sense, or is long over and nobody says why."""
    form = Form.read(FIELDS, request.form)
    if not form.ok:
        return form, None
    start, end = (date.fromisoformat(form.values[key]) for key in ("start", "end"))
    if end < start:
        form.refuse("end", Text("The last day must not be before the first."))
    elif end - start >= timedelta(days=LONGEST):
        form.refuse("end", Text("Choose at most %(n)s days.", n=LONGEST))
    elif end < clock.today() - AFTER and not form.values.get("reason"):
        form.refuse("reason", Text("Choose why you open this period."))
    return form, Period(start, end) if form.ok else None


def place() -> int:
    """How many rows stand on the pages before."""
    after = request.args.get("after", "")
    return int(after) if after.isdecimal() and len(after) < 7 else 0
