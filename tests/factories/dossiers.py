"""Dossiers that were really sent: drafted, answered, photographed and submitted by the verbs of the house."""

import io
import itertools
from functools import cache
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import people as who
from webapp.accounts import people
from webapp.accounts.models import Person
from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import FormField, ProcedureSpec, missing, papers
from webapp.core.actor import Actor
from webapp.core.ids import new_lookup_code, new_public_id
from webapp.core.storage import Storage
from webapp.dossiers import draft
from webapp.dossiers.deadlines import OFFICE, QUEUE, act_by
from webapp.dossiers.documents import add_photos
from webapp.dossiers.models import Dossier
from webapp.dossiers.names import write_words
from webapp.dossiers.states import State
from webapp.dossiers.submit import submit_dossier
from webapp.offices.models import Office
from webapp.offices.workdays import Calendar

BIRTH = "1.001193"
HOME, NEXT_DOOR = "H56.38.12", "H56.38.27"
SAMPLES: dict[str, Any] = {
    "bool": "yes",
    "checkbox": "yes",
    "date": "2026-11-02",
    "date_future": "2026-12-01",
    "date_partial": "1990-04-12",
    "id_number": "038190001111",
    "phone": "+84912000009",
    "email": "dao@example.vn",
    "name": "Nguyễn Văn Nam",
    "int": 1,
    "decimal": "120.5",
    "money": 25000,
    "time": "14:30",
    "address": {"province": "38", "commune": "Xã Hoằng Lộc", "line": "Thôn Đình Nam", "commune_code": "15961"},
    "commune": {"province": "38", "commune": "Xã Hoằng Lộc", "commune_code": "15961"},
    "date_and_text": {"date": "2023-08-16", "text": "Bộ Công an"},
}
_shade = itertools.count(1)
_numbers = itertools.count(5000)  # far from the ones the house gives


@cache
def _jpeg(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (shade % 200, 120, 90)).save(out, "JPEG")
    return out.getvalue()


def photo() -> bytes:
    """A small photo that differs from the one before."""
    return _jpeg(next(_shade))


def answer(field: FormField) -> Any:
    """Something that fits the question."""
    if field.kind == "table":
        return [{column.key: answer(column) for column in field.columns}]
    if field.options:
        return field.options[0][0]
    return SAMPLES.get(field.kind, "Như trên giấy")


def answered(spec: ProcedureSpec, given: dict[str, Any]) -> dict[str, Any]:
    """All answers that are needed, on top of what is given."""
    answers = dict(given)
    for _round in range(20):
        empty = missing(spec, answers, with_review=True)
        if not empty:
            return answers
        answers.update({field.key: answer(field) for field in empty})
    raise AssertionError(f"{spec.code} cannot be answered")


def citizen(session: Session, full_name: str, citizen_id: str, birth_date: str | None = None) -> Person:
    """Somebody with an account of their own."""
    found = people.find_by_citizen_id(session, citizen_id)
    if found is None:
        found = people.create_person(session, full_name=full_name, citizen_id=citizen_id, birth_date=birth_date)
        people.open_account(session, found)
    return found


def drafted(
    session: Session, by: Actor, *, procedure: str = BIRTH, office: str = HOME, answers: dict[str, Any] | None = None
) -> Dossier:
    """A draft with every answer, without papers."""
    where = session.scalars(select(Office).where(Office.code == office)).one()
    dossier = draft.start_draft(session, procedure_code=procedure, office=where, by=by)
    spec = catalogue.spec_by_revision(session, dossier.revision_id)
    content = dossier.answers
    content["values"] = answered(spec, {**content["values"], **(answers or {})})
    dossier.answers = content
    return dossier


def ready(session: Session, storage: Storage, by: Actor, **more: Any) -> Dossier:
    """A draft that lacks nothing: all answers, one photo of every paper."""
    dossier = drafted(session, by, **more)
    spec = catalogue.spec_by_revision(session, dossier.revision_id)
    for paper in papers(spec, dossier.answers["values"]):
        assert add_photos(session, storage, dossier, paper, [(photo(), "giay.jpg")]).refused == []
    return dossier


def sent(session: Session, storage: Storage, person: Person, *, by: Actor | None = None, **more: Any) -> Dossier:
    """A dossier of this person that the office has: all answers, one photo of every paper."""
    actor = by or who.as_citizen(session, person)
    dossier = ready(session, storage, actor, **more)
    spec = catalogue.spec_by_revision(session, dossier.revision_id)
    assert submit_dossier(session, storage, dossier, spec, by=actor, key=new_public_id())
    session.flush()
    return dossier


def copies(session: Session, sent: Dossier, count: int, **values: Any) -> None:
    """The same dossier again and again, with names of its own; only what lists read."""
    columns = {c.key: getattr(sent, c.key) for c in Dossier.__mapper__.column_attrs}
    state = State(values.get("state", sent.state))
    due, since = values.get("due_at", sent.due_at), values.get("updated_at", sent.updated_at)
    turn = {"queue": QUEUE.get(state, OFFICE), "act_by": act_by(state, due, since, Calendar({}))}
    made = []
    for _number in range(count):
        own = {
            "id": None, "public_id": new_public_id(), "lookup_code": new_lookup_code(), "qr_digest": None,
            "code": f"{sent.code[:-4]}{next(_numbers)}", "answers_sealed": None, "qr_token_sealed": None,
        }  # fmt: skip
        made.append(Dossier(**{**columns, **turn, **own, **values}))
    session.add_all(made)
    session.flush()
    if state is not State.DRAFT:
        write_words(session, Dossier.id.in_([dossier.id for dossier in made]))
