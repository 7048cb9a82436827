"""A new revision of a procedure: from a day on; dossiers that are open keep theirs."""

import hashlib
import json
from datetime import date
from typing import Any

from sqlalchemy import case, or_, update
from sqlalchemy.orm import Session

from webapp.catalogue.formspec import ProcedureSpec
from webapp.catalogue.index import slug
from webapp.catalogue.matching import searchable
from webapp.catalogue.models import CatalogueVersion, Procedure, ProcedureRevision
from webapp.core import clock
from webapp.core.db import upsert
from webapp.core.ids import new_public_id


def content_hash(content: dict[str, Any]) -> str:
    """The same for the same content, however the file was laid out."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def facts_of(spec: ProcedureSpec) -> dict[str, Any]:
    """What lists and the search need, so that they never open a content."""
    return {
        "slug": spec.slug,
        "level": spec.level,
        "field": slug(spec.field.vi),
        "life_event": spec.life_event,
        "search_text": searchable(spec),
        "title": spec.plain.vi,
        "title_en": spec.plain.en,
        "field_vi": spec.field.vi,
        "field_en": spec.field.en,
        "levels": " ".join(spec.levels),
        "online": spec.online,
    }


def put_facts(row: Procedure, spec: ProcedureSpec) -> bool:
    """Beside the procedure; True if any of them is another now, be it that the way we search has changed."""
    changed = {name: value for name, value in facts_of(spec).items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def newest(session: Session, row: Procedure) -> ProcedureRevision | None:
    """The last one made, which may be for a day to come."""
    return session.get(ProcedureRevision, row.revision_id) if row.revision_id else None


def revise(
    session: Session,
    row: Procedure,
    spec: ProcedureSpec,
    content: dict[str, Any],
    *,
    number: int,
    origin: str,
    valid_from: date | None = None,
    reason: str | None = None,
) -> ProcedureRevision:
    """Add it; what was in force ends that day, what was planned for later never comes."""
    start = valid_from or clock.today()
    revisions = ProcedureRevision
    session.execute(
        update(revisions)
        .where(revisions.procedure_id == row.id, or_(revisions.valid_to.is_(None), revisions.valid_to > start))
        .values(valid_to=case((revisions.valid_from > start, revisions.valid_from), else_=start))
        .execution_options(synchronize_session=False)
    )
    made = ProcedureRevision(
        procedure_id=row.id,
        number=number,
        content=content,
        content_hash=content_hash(content),
        valid_from=start,
        valid_to=None,
        loaded_at=clock.now(),
        origin=origin,
        reason=reason,
    )
    session.add(made)
    session.flush()
    row.revision_id = made.id
    put_facts(row, spec)
    return made


def touch(session: Session) -> None:
    """Tell every process that what it keeps of the catalogue in memory is old, in the transaction of the change."""
    fresh = {"stamp": new_public_id(), "changed_at": clock.now()}
    statement = upsert(session, CatalogueVersion).values(id=1, **fresh)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=fresh))
