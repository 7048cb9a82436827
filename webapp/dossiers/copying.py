"""What this room puts into a person's copy of their own data: dossiers as their own pages show them, and drafts.

A dozen statements for each chunk of dossiers, however many there are in it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.models import ProcedureRevision
from webapp.core.own_copy import chunks, part
from webapp.core.text import N_
from webapp.dossiers import copied_parts as parts
from webapp.dossiers.answers import answer_words, source_words
from webapp.dossiers.models import Dossier, Outcome, Rating
from webapp.dossiers.progress import stage
from webapp.dossiers.states import State
from webapp.offices.models import Office
from webapp.shell.i18n import t

Found = Mapping[int, Sequence[Row[Any]]]


@part(
    "dossiers",
    N_(
        "Your dossiers: answers, papers with the address of each file, every step, money, drafts of results, "
        "who opened them, and what you said when they were over."
    ),
    order=30,
)
def dossiers(session: Session, person: int) -> Iterator[dict[str, Any]]:
    return _copied(session, select(Dossier.id).where(Dossier.person_id == person, Dossier.state != State.DRAFT.value))


@part("drafts", N_("What you began and have not sent: answers and papers."), order=32)
def drafts(session: Session, person: int) -> Iterator[dict[str, Any]]:
    return _copied(session, select(Dossier.id).where(Dossier.person_id == person, Dossier.state == State.DRAFT.value))


def _copied(session: Session, mine: Select[int]) -> Iterator[dict[str, Any]]:
    """`mine` asks whose they are; all that is read of a dossier is read by the keys that it found."""
    for some in chunks(session.scalars(mine.order_by(Dossier.id)).all()):
        rows = session.execute(
            select(Dossier, ProcedureRevision.content_hash, Office.name, Office.code, Outcome, Rating)
            .join(ProcedureRevision, ProcedureRevision.id == Dossier.revision_id)
            .join(Office, Office.id == Dossier.office_id)
            .outerjoin(Outcome, Outcome.dossier_id == Dossier.id)
            .outerjoin(Rating, Rating.dossier_id == Dossier.id)
            .where(Dossier.id.in_(some))
            .order_by(Dossier.id)
        ).all()
        specs = catalogue.specs_by_hash(session, {row.content_hash for row in rows})
        beside = {name: _by_dossier(session, query(some)) for name, query in parts.QUERIES.items()}
        yield from (_dossier(row, specs[row.content_hash], beside) for row in rows)


def _by_dossier(session: Session, query: Select[Any]) -> Found:
    """Each query names the dossier first."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(query):
        found[row[0]].append(row)
    return found


def _dossier(row: Row[Any], spec: ProcedureSpec, beside: Mapping[str, Found]) -> dict[str, Any]:
    dossier, _hash, office, office_code, outcome, rating = row
    state = State(dossier.state)

    def of(name: str, say: Callable[..., Any]) -> list[Any]:
        return [say(*each[1:]) for each in beside[name].get(dossier.id, ())]

    known = {
        "id": dossier.public_id, "page": parts.address(f"/dossiers/{dossier.public_id}"),
        "procedure": spec.code, "procedure_name": t(spec.name), "office": office, "office_code": office_code,
        "state": state.value, "state_words": t(stage(state, outcome.decision if outcome else None)),
        "way": dossier.channel, "begun_at": dossier.created_at, "changed_at": dossier.updated_at,
        **_answers(dossier.answers or {}, spec), "papers": parts.papers(dossier, spec, of("papers", lambda *one: one)),
    }  # fmt: skip
    if state is State.DRAFT:
        return known
    return {
        **known,
        "code": dossier.code, "lookup_code": dossier.lookup_code, "sent_at": dossier.submitted_at,
        "accepted_at": dossier.received_at, "due_at": dossier.due_at, "waits_since": dossier.paused_at,
        "settled_at": dossier.settled_at, "handed_over_at": dossier.handed_over_at,
        "steps": of("steps", parts.step),
        "receipts": of("receipts", parts.receipt),
        "asked_for": of("asked_for", parts.asked_for),
        "due_dates": of("due_dates", parts.due_date),
        "papers_from_the_office": _issued(dossier, of("issued", lambda paper: paper)),
        "drafts_of_the_result": parts.drafts(dossier, of("drafts", lambda draft: draft)),
        "money": of("money", parts.money),
        "result": parts.result(dossier, outcome, of("result", lambda file: file)),
        "opened_by": of("opened_by", parts.opening),
        "rating": parts.rating(rating),
    }  # fmt: skip


def _answers(content: Mapping[str, Any], spec: ProcedureSpec) -> dict[str, Any]:
    """Each answer as it is kept and as people read it, as the form asks them; and what is no answer yet."""
    sources, values = content.get("sources", {}), content.get("values", {})
    places = {key: place for place, key in enumerate(spec.by_key)}
    said = []
    for key in sorted(values, key=lambda key: places.get(key, len(places))):
        field, value = spec.by_key.get(key), values[key]
        words = t(answer_words(field, value)) if field else ""
        said.append(
            {
                "key": key, "question": t(field.name) if field else None, "answer": value, "words": words or None,
                "from": t(source_words(sources.get(key))) or None,
            }
        )  # fmt: skip
    return {"answers": said, "not_understood": content.get("raw", {})}


def _issued(dossier: Dossier, papers: list[Any]) -> list[dict[str, Any]]:
    """The second paper of one form has an address of its own."""
    seen: Counter[str] = Counter()
    found = []
    for paper in papers:
        seen[paper.form] += 1
        found.append(parts.issued(dossier, paper, seen[paper.form]))
    return found
