"""Which papers of a dossier exist, and the sheet of each."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.text import Text
from webapp.dossiers.models import DueChange
from webapp.dossiers.numbers import qr_address
from webapp.dossiers.papers import forms
from webapp.dossiers.papers.control import steps_of
from webapp.dossiers.papers.facts import Sides, demo_mark, sides_now
from webapp.dossiers.papers.issue import DECLINE, EXTENSION, STOP, SUPPLEMENT, issued
from webapp.dossiers.papers.models import IssuedPaper
from webapp.dossiers.papers.sheet import Sheet
from webapp.dossiers.view import DossierView
from webapp.shell.services import settings

# Each of these acts issues one paper, in its own transaction: which papers there are stands in the history.
ISSUED_BY = {
    "request_supplement": SUPPLEMENT,
    "decline": DECLINE,
    "extend": EXTENSION,
    "stop": STOP,
    "accept_withdrawal": STOP,
}


@dataclass(frozen=True)
class Link:
    """One paper that can be printed: `key` ends its address (`02`; the second of its kind `02-2`)."""

    form: str
    at: datetime
    nth: int = 1

    @property
    def key(self) -> str:
        return self.form if self.nth == 1 else f"{self.form}-{self.nth}"

    @property
    def title(self) -> Text:
        return Text(forms.TITLES[self.form])


def papers_of(view: DossierView, *, citizen: bool = False) -> list[Link]:
    """In the order of the forms; those that concern the applicant, or all."""
    links = [Link(form, view.row.received_at) for form in ("01", "06")] if forms.was_accepted(view) else []
    seen: Counter[str] = Counter()
    for move in view.moves:
        form = ISSUED_BY.get(move.verb)
        if form is not None:
            seen[form] += 1
            links.append(Link(form, move.at, seen[form]))
    wanted = forms.FOR_THE_CITIZEN if citizen else forms.MAKERS
    return sorted((link for link in links if link.form in wanted), key=lambda link: (link.form, link.at))


def sheet_by_key(session: Session, view: DossierView, key: str, *, citizen: bool = False) -> Sheet | None:
    """The sheet of one paper; None if there is none of this key for this reader."""
    link = next((one for one in papers_of(view, citizen=citizen) if one.key == key), None)
    if link is None:
        return None
    paper = None
    if link.form in ISSUED_BY.values():
        paper = [one for one in issued(session, view.row.id) if one.form == link.form][link.nth - 1]
    at = paper.issued_at if paper else (view.row.received_at or clock.now())
    given = forms.Given(
        view=view,
        sides=_sides(session, view, paper),
        at=at,
        qr=qr_address(settings().base_url, view.qr_token or ""),
        demo=demo_mark(),
        guide=f"{settings().base_url}/procedures/{view.spec.code}",
        paper=paper,
        steps=steps_of(session, view) if link.form == "06" else (),
        first_due=_first_due(session, view) if link.form == "01" else None,
    )
    return forms.sheet_of(link.form, given)


def _sides(session: Session, view: DossierView, paper: IssuedPaper | None) -> Sides:
    """As the paper was issued; what is made anew at each look names both as they are."""
    kept = paper.body.get("sides") if paper else None
    return Sides.of(kept) if kept else sides_now(session, view.row.office_id, view.row.person_id)


def _first_due(session: Session, view: DossierView) -> datetime | None:
    first = select(DueChange.due_after).where(DueChange.dossier_id == view.row.id).order_by(DueChange.id).limit(1)
    return session.scalar(first) or view.row.due_at
