"""A record stands for a paper: what can be offered, the owner's consent, the answers that come with it."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.core import clock, outbox
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.db import upsert
from webapp.core.errors import NotFound
from webapp.core.text import Text
from webapp.vault import queries
from webapp.vault.events import RecordReused
from webapp.vault.models import Reuse, VaultItem

# The words a person agrees to beside the button; a change of the words is a new version, kept with each use.
CONSENT_VERSION = "reuse-2026-11"
CONSENT = Text("I agree that the office uses this record in place of the paper, for this dossier only.")


def offers(session: Session, person_id: int, result_codes: Collection[str]) -> list[VaultItem]:
    """The newest valid record of each type, and of each child or dead it tells of; the newest of all first.

    The person's own only.
    """
    newest: dict[tuple[str, str | None], VaultItem] = {}
    for item in queries.valid_records(session, person_id, set(result_codes)) if result_codes else ():
        newest.setdefault((item.result_code, item.about), item)
    return list(newest.values())


def newest_of_each_type(items: Iterable[VaultItem]) -> list[VaultItem]:
    """Of what `offers` found: who fills in a form means one child, and never a mixture of two."""
    newest: dict[str, VaultItem] = {}
    for item in items:
        newest.setdefault(item.result_code, item)
    return list(newest.values())


def reuse_record(
    session: Session, *, item: VaultItem, dossier_public: str, document_key: str, by: Actor
) -> Reuse:
    """Let a record stand for one paper of a dossier; its owner agreed. Again gives the same row.

    Somebody else's record, a withdrawn or an ended one is answered like one that does not exist.
    """
    held = session.get(VaultItem, item.id, with_for_update=True, populate_existing=True)
    if held is None or by.person_id is None or held.person_id != by.person_id or not queries.is_valid(held):
        raise NotFound
    # One paper, one record: choosing another one takes the first one's place.
    _forget(session, dossier_public, document_key, Reuse.item_id != held.id)
    made = session.execute(
        upsert(session, Reuse)
        .values(
            item_id=held.id,
            dossier=dossier_public,
            document_key=document_key,
            consent_text=CONSENT_VERSION,
            consent_at=clock.now(),
            actor=by.account_public or by.role.value,
            mandate=by.mandate_public,
        )
        .on_conflict_do_nothing(index_elements=["item_id", "dossier", "document_key"])
    )
    if made.rowcount:  # type: ignore[attr-defined]
        audit(
            session,
            by,
            "vault:reuse",
            held.public_id,
            dossier=dossier_public,
            document=document_key,
            text=CONSENT_VERSION,
        )
        outbox.record(
            session, RecordReused(record=held.public_id, dossier=dossier_public, mandate=by.mandate_public)
        )
    return session.scalars(_uses(dossier_public, document_key).where(Reuse.item_id == held.id)).one()


def drop_reuse(session: Session, *, dossier_public: str, document_key: str, by: Actor) -> bool:
    """Take the consent back before the dossier is sent; was there one? Only of the owner's own records."""
    mine = select(VaultItem.id).where(VaultItem.person_id == (by.person_id or 0))
    dropped = _forget(session, dossier_public, document_key, Reuse.item_id.in_(mine))
    if dropped:
        audit(session, by, "vault:drop-reuse", dossier_public, document=document_key)
    return dropped > 0


def prefill_from(items: Iterable[VaultItem]) -> dict[str, tuple[Any, Text]]:
    """Field key → (value, where it comes from), of what valid records carry; the newest paper wins."""
    found: dict[str, tuple[Any, Text]] = {}
    for item in sorted(items, key=lambda i: (i.issued_on, i.id), reverse=True):
        if not queries.is_valid(item):
            continue
        source = source_text(item)
        answers = dict(item.data or {})
        if item.number:
            answers.setdefault("paper_ref", item.number)
        for key, value in answers.items():
            found.setdefault(key, (value, source))
    return found


def title_of(item: VaultItem) -> dict[str, str]:
    """The name of the paper in the languages it is kept in, for `t()`."""
    return {"vi": item.title_vi, "en": item.title_en}


def source_text(item: VaultItem) -> Text:
    """Shown beside an answer that nobody had to type."""
    return Text("From your records: %(title)s", title=title_of(item))


def _uses(dossier_public: str, document_key: str) -> Any:
    return select(Reuse).where(Reuse.dossier == dossier_public, Reuse.document_key == document_key)


def _forget(session: Session, dossier_public: str, document_key: str, which: Any) -> int:
    gone = session.execute(
        delete(Reuse).where(Reuse.dossier == dossier_public, Reuse.document_key == document_key, which)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
