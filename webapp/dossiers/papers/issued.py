"""Which papers of a dossier exist, and the sheet of each."""

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
from webapp.dossiers.papers.facts import contact_of, demo_mark, head_of
from webapp.dossiers.papers.issue import issued
from webapp.dossiers.papers.models import IssuedPaper
from webapp.dossiers.papers.sheet import Sheet
from webapp.dossiers.view import DossierView
from webapp.shell.services import settings

WITH_PAPER = frozenset({"request_supplement", "decline", "extend", "stop", "accept_withdrawal"})


@dataclass(frozen=True)
class Link:
    """One paper that can be printed: `key` ends its address (`02`; the second of its kind `02-2`)."""

    key: str
    form: str
    title: Text
    at: datetime
    paper: IssuedPaper | None


def papers_of(session: Session, view: DossierView, *, citizen: bool = False) -> list[Link]:
    """In the order of the forms; those that concern the applicant, or all."""
    links = []
    if forms.was_accepted(view):
        links = [Link(form, form, Text(forms.TITLES[form]), view.row.received_at, None) for form in ("01", "06")]
    seen: dict[str, int] = {}
    acts = {move.verb for move in view.moves}  # most dossiers have none of these, and are not asked for
    for paper in issued(session, view.row.id) if acts & WITH_PAPER else []:
        seen[paper.form] = count = seen.get(paper.form, 0) + 1
        key = paper.form if count == 1 else f"{paper.form}-{count}"
        links.append(Link(key, paper.form, Text(forms.TITLES[paper.form]), paper.issued_at, paper))
    wanted = forms.FOR_THE_CITIZEN if citizen else forms.MAKERS
    return sorted((link for link in links if link.form in wanted), key=lambda link: (link.form, link.at))


def sheet_by_key(session: Session, view: DossierView, key: str, *, citizen: bool = False) -> Sheet | None:
    """The sheet of one paper; None if there is none of this key for this reader."""
    link = next((one for one in papers_of(session, view, citizen=citizen) if one.key == key), None)
    if link is None:
        return None
    at = link.paper.issued_at if link.paper else (view.row.received_at or clock.now())
    given = forms.Given(
        view=view,
        head=head_of(session, view.row.office_id, at),
        contact=contact_of(session, view.row.person_id),
        qr=qr_address(settings().base_url, view.qr_token or ""),
        demo=demo_mark(),
        paper=link.paper,
        steps=steps_of(session, view) if link.form == "06" else (),
        first_due=_first_due(session, view) if link.form == "01" else None,
    )
    return forms.sheet_of(link.form, given)


def _first_due(session: Session, view: DossierView) -> datetime | None:
    first = select(DueChange.due_after).where(DueChange.dossier_id == view.row.id).order_by(DueChange.id).limit(1)
    return session.scalar(first) or view.row.due_at
