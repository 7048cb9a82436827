"""Form 07: the office's register of a period, as a table that runs over as many pages as it needs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person, Phone
from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.models import ProcedureRevision
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.text import Text
from webapp.dossiers.answers import place_words
from webapp.dossiers.models import Dossier, DossierMove
from webapp.dossiers.papers import forms
from webapp.dossiers.papers.facts import demo_mark, office_side
from webapp.dossiers.papers.sheet import Sheet, Sign, Table
from webapp.dossiers.states import State
from webapp.shell.formats import day, daytime, phone
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t

LONGEST = 31  # days of a period: a month is a book of its own
COLUMNS = (
    Text("No."), Text("Dossier code"), Text("Procedure"), Text("Sets"), Text("Applicant"), Text("Address"),
    Text("Phone"), Text("Office that settles"), Text("Received"), Text("Promised"), Text("Handed over"),
    Text("How the result was given"), Text("Signature"), Text("Note"),
)  # fmt: skip
WIDTHS = (1.3, 4.2, 4.6, 1.5, 3.6, 4.4, 2.9, 3.2, 3.1, 3.1, 3.1, 3.6, 2.4, 2.4)


@dataclass(frozen=True)
class Period:
    """Whole days, both ends in it."""

    start: date
    end: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        return clock.midnight(self.start), clock.midnight(self.end + timedelta(days=1))

    @property
    def words(self) -> str:
        return _("from %(start)s to %(end)s", start=day(self.start), end=day(self.end))


def count_rows(session: Session, actor: Actor, period: Period) -> int:
    """How many dossiers the office took on in the period."""
    return session.scalar(select(func.count()).select_from(Dossier).where(*_taken(actor, period))) or 0


def _taken(actor: Actor, period: Period) -> tuple[ColumnElement[bool], ...]:
    first, after = period.instants
    return (
        Dossier.office_id == actor.office_id,
        Dossier.state != State.DRAFT.value,
        Dossier.received_at >= first,
        Dossier.received_at < after,
    )


def register_rows(
    session: Session, actor: Actor, period: Period, office: str, skip: int, most: int | None
) -> list[tuple[str, ...]]:
    """Dossiers that the office took on in the period, oldest first, as the circular's columns want it."""
    taken = session.execute(
        select(Dossier, Person, ProcedureRevision.content_hash)
        .join(Person, Person.id == Dossier.person_id)
        .join(ProcedureRevision, ProcedureRevision.id == Dossier.revision_id)
        .where(*_taken(actor, period))
        .order_by(Dossier.received_at, Dossier.id)
        .offset(skip)
        .limit(most)
    ).all()
    beside = Beside(
        office,
        _hands(session, [row.Dossier.id for row in taken]),
        _phones(session, {row.Person.id for row in taken}),
        catalogue.specs_by_hash(session, (row.content_hash for row in taken)),
    )
    return [_row(n, row.Dossier, row.Person, row.content_hash, beside) for n, row in enumerate(taken, skip + 1)]


@dataclass(frozen=True)
class Beside:
    """What is read once for all rows."""

    office: str
    hands: dict[int, DossierMove]
    phones: dict[int, str]
    specs: dict[str, ProcedureSpec]


def _phones(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The newest number of each person."""
    known = select(Phone).where(Phone.person_id.in_(ids), Phone.replaced_at.is_(None)).order_by(Phone.id)
    return {row.person_id: phone(row.number) for row in session.scalars(known)}


def _hands(session: Session, ids: Sequence[int]) -> dict[int, DossierMove]:
    moves = session.scalars(select(DossierMove).where(DossierMove.dossier_id.in_(ids), DossierMove.verb == "hand_over"))
    return {move.dossier_id: move for move in moves}


def _row(number: int, dossier: Dossier, person: Person, content_hash: str, beside: Beside) -> tuple[str, ...]:
    home = (person.profile or {}).get("residence")
    handed = beside.hands.get(dossier.id)
    return (
        str(number),
        dossier.code or "",
        t(beside.specs[content_hash].plain),
        "1",
        person.full_name,
        place_words(home) if home else "",
        beside.phones.get(person.id, ""),
        beside.office,
        daytime(dossier.received_at),
        day(dossier.due_at),
        daytime(dossier.handed_over_at),
        (handed.reason or "") if handed else "",
        "",
        "",
    )


def register_sheet(
    session: Session, actor: Actor, period: Period, *, skip: int = 0, most: int | None = None
) -> tuple[Sheet, bool]:
    """The register, or so many rows of it for a screen; are there more behind them?"""
    now, title = clock.now(), forms.TITLES["07"]
    office = office_side(session, actor.office_id or 0)
    rows = register_rows(session, actor, period, office.name, skip, most + 1 if most else None)
    shown = rows[:most]
    sheet = Sheet(
        form="07",
        title=_(title),
        subtitle=_("(Form %(form)s of Circular 03/2025/TT-VPCP)", form="07"),
        number=period.words,
        head=office.head(now),
        blocks=(Table(tuple(t(column) for column in COLUMNS), WIDTHS, tuple(shown)),),
        signs=(Sign(_("Who keeps the register"), actor.name),),
        foot=_("Printed by Một Cửa at %(when)s.", when=daytime(now)),
        demo=demo_mark(),
        one_page=False,
        landscape=True,
    )
    return sheet, len(rows) > len(shown)
