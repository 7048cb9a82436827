"""At the counter, sending and receiving are one act of one officer, in one transaction, by the same two verbs."""

from dataclasses import replace

from sqlalchemy.orm import Session

from webapp.catalogue.formspec import ProcedureSpec
from webapp.core.actor import Actor, Channel
from webapp.core.storage import Storage
from webapp.dossiers.models import Dossier
from webapp.dossiers.receipts import Proved
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.submit import submit_dossier


def send_in(
    session: Session, storage: Storage, dossier: Dossier, spec: ProcedureSpec, *, by: Actor, key: str,
    proved: Proved = (),
) -> bool:  # fmt: skip
    """Send; what an officer sends for a person at the counter is received with it. False when it was done before."""
    if not submit_dossier(session, storage, dossier, spec, by=by, key=key, proved=proved):
        return False
    if by.channel is Channel.COUNTER:
        session.flush()  # the version that is received is the one that was just sent
        receive_dossier(session, dossier, by=as_officer(by), version=dossier.version)
    return True


def as_officer(by: Actor) -> Actor:
    """The same officer, on the office's side of the desk again."""
    return replace(by, person_id=None, person_public=None, mandate_id=None, mandate_public=None, subject_name="")
