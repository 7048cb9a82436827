"""A draft: started from a procedure, answered page by page, kept on the server after every answer."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.catalogue import queries as catalogue
from webapp.catalogue.formspec import ProcedureSpec, papers
from webapp.catalogue.index import Off
from webapp.core import clock
from webapp.core.actor import Actor, Channel
from webapp.core.audit import audit
from webapp.core.errors import Conflict, NotAllowed
from webapp.core.fields import FieldSpec
from webapp.core.files import StoredFile, drop
from webapp.core.text import Text
from webapp.dossiers import prefill, queries
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile
from webapp.dossiers.states import State
from webapp.offices import queries as offices
from webapp.offices.models import Office
from webapp.vault import reuse

EMPTY: dict[str, Any] = {"values": {}, "raw": {}, "sources": {}}


def start_draft(session: Session, *, procedure_code: str, office: Office, by: Actor) -> Dossier:
    """A new draft for the actor's subject, prefilled with what is known. NotAllowed for counter-only procedures."""
    found = catalogue.get_procedure(session, procedure_code)
    if found is None or by.person_id is None or by.account_id is None:
        raise NotAllowed(Text("This procedure cannot be sent here. Ask at the counter."))
    spec = found.spec
    refuse_if_off(found.off)
    if spec.listing is not None or not spec.online and by.channel is not Channel.COUNTER:
        raise NotAllowed(Text("This procedure is done only at the counter. Bring the papers listed on its page."))
    person = session.get_one(Person, by.person_id)
    now = clock.now()
    dossier = Dossier(
        person_id=person.id,
        revision_id=found.revision_id,
        procedure_code=spec.code,
        office_id=office.id,
        state=State.DRAFT.value,
        channel=by.channel.value,
        started_by=by.account_id,
        mandate_id=by.mandate_id,
        created_at=now,
        updated_at=now,
    )
    dossier.answers = EMPTY
    session.add(dossier)
    session.flush()  # documents point at it
    items = reuse.offers(session, person.id, reuse_codes(spec))
    content = dossier.answers
    put_found(content, prefill.prefill(session, spec, person, items))
    _defaults(content, spec.fields)
    dossier.answers = content
    audit(session, by, "dossier:start", dossier.public_id, procedure=spec.code)
    return dossier


def begin_draft(
    session: Session, *, procedure_code: str, office: Office, by: Actor, beside: str = ""
) -> tuple[Dossier, bool]:
    """The draft of this procedure that is open already, or a new one; and whether it is new.

    One for each person and procedure: a button pressed twice, or in two tabs, begins one. `beside`: the open draft that
    the person has seen and wants another one beside (twins are two births).
    """
    # Whoever begins at the same moment waits here, and then finds the draft.
    session.scalar(select(Person.id).where(Person.id == by.person_id).with_for_update())
    found = queries.open_draft(session, by, procedure_code)
    if found is not None and found != beside:
        return session.scalars(select(Dossier).where(Dossier.public_id == found)).one(), False
    return start_draft(session, procedure_code=procedure_code, office=office, by=by), True


def refuse_if_off(off: Off | None) -> None:
    """An administrator has said that the procedure is not taken for a time; the draft stays as it is."""
    if off is not None and off.on(clock.today()):
        raise Conflict(
            Text("This procedure is not taken at present. %(reason)s Your draft is kept.", reason=off.reason)
        )


def reuse_codes(spec: ProcedureSpec) -> set[str]:
    """Result type codes that may stand for a paper of this procedure."""
    return {code for document in spec.documents for code in document.reuse_codes}


def put_found(content: dict[str, Any], found: prefill.Found) -> None:
    """Add prefilled answers where the person has not answered yet."""
    for key, (value, source) in found.items():
        if content["values"].get(key) in (None, "", []):
            content["values"][key] = value
            content["sources"][key] = source


def _defaults(content: dict[str, Any], fields: Iterable[FieldSpec]) -> None:
    for spec in fields:
        if spec.default and spec.key not in content["values"]:
            content["values"][spec.key] = spec.default
            content["sources"][spec.key] = {"kind": "default"}


def save_answers(session: Session, dossier: Dossier, spec: ProcedureSpec, form: Any) -> None:
    """Keep what one page said: good values, and the raw text of refused ones, so that nothing typed is lost.

    `form` is a read shell.forms.Form. An answer that differs from its prefill loses its source.
    """
    editable(dossier)
    content = dossier.answers
    ticks = {field.key for field in spec.review}  # asked anew at each reading: a refused one must not close the way
    for field in form.specs:
        key = field.key
        if key in form.wrong:
            if key not in ticks:
                content["raw"][key] = form.raw[key]
            continue
        content["raw"].pop(key, None)
        value = form.values.get(key)
        if value != content["values"].get(key):
            content["sources"].pop(key, None)
        content["values"][key] = value
    # Nothing is found beside the ticks of the review page: what was read there is what will be sent.
    if any(field.key not in ticks for field in form.specs):
        person = session.get_one(Person, dossier.person_id)
        put_found(content, prefill.for_section(session, spec, content["values"], person))
        _defaults(content, spec.fields)
    dossier.answers = content
    dossier.updated_at = clock.now()


def check_places(session: Session, form: Any) -> None:
    """A typed commune must exist in its province; its code is kept beside its name."""
    for field in form.specs:
        if field.kind not in ("address", "commune") or field.key not in form.values or not form.values[field.key]:
            continue
        value = form.values[field.key]
        found = offices.commune_named(session, value["province"], value["commune"])
        if found is None:
            form.refuse(field.key, _unknown_commune(session, value["province"], value["commune"]))
        else:
            form.values[field.key] = {**value, "commune": found.name, "commune_code": found.code}


def _unknown_commune(session: Session, province: str, name: str) -> Text:
    """A commune that was divided in July 2025 is known, but only the person knows on which side they live."""
    parts = [row.name for row in offices.successors(session, province, name)]
    if parts:
        return Text("This commune was divided on 01/07/2025. Write today's: %(names)s.", names=", ".join(parts[:6]))
    return Text("We do not find this commune in the province. Write its name since 01/07/2025: Xã Hoằng Lộc.")


def drop_hidden_papers(session: Session, dossier: Dossier, spec: ProcedureSpec) -> None:
    """An answer changed, so a paper is no longer asked for: its photos leave the draft."""
    wanted = {d.key for d in papers(spec, dossier.answers["values"])}
    rows = session.scalars(select(DossierDocument).where(DossierDocument.dossier_id == dossier.id))
    for row in rows:
        if row.key not in wanted:
            _drop_photos(session, row)
            session.delete(row)


def _drop_photos(session: Session, row: DossierDocument) -> None:
    photos = select(DossierFile.file_id).where(DossierFile.document_id == row.id)
    drop(session, StoredFile.id.in_(photos))
    session.execute(delete(DossierFile).where(DossierFile.document_id == row.id))


def delete_draft(session: Session, dossier: Dossier, *, by: Actor) -> None:
    """Throw a draft away at the person's wish."""
    editable(dossier)
    audit(session, by, "dossier:delete-draft", dossier.public_id)
    for row in session.scalars(select(DossierDocument).where(DossierDocument.dossier_id == dossier.id)):
        _drop_photos(session, row)
        session.delete(row)
    session.flush()
    session.delete(dossier)


def editable(dossier: Dossier) -> None:
    """Raises Conflict once a dossier was sent."""
    if dossier.state != State.DRAFT.value:
        raise Conflict(Text("This dossier was already sent. Open it to see its receipt."))


def offices_for(session: Session, spec: ProcedureSpec, person: Person) -> tuple[Sequence[Any], str | None]:
    """(offices that take this procedure, the code of the one where the person lives)."""
    choices = offices.offices(session, spec.level)
    home = ((person.profile or {}).get("residence") or {}).get("commune_code")
    near = next((o.code for o in choices if o.commune_code and o.commune_code == home), None)
    return choices, near or (choices[0].code if len(choices) == 1 else None)
