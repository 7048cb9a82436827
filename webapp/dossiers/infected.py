"""A virus was found in a file after it had come: no paper any more, and its person is told what to do."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.events import on
from webapp.core.files import FileInfected, StoredFile
from webapp.core.outbox import record
from webapp.dossiers.events import PaperInfected
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile


@on(FileInfected, name="dossiers.infected")
def tell_the_person(session: Session, event: FileInfected) -> None:
    """A draft says it on its own page; whoever has sent the dossier already would never look there again."""
    dossier = session.scalar(
        select(Dossier.public_id)
        .join(DossierDocument, DossierDocument.dossier_id == Dossier.id)
        .join(DossierFile, DossierFile.document_id == DossierDocument.id)
        .join(StoredFile, StoredFile.id == DossierFile.file_id)
        .where(StoredFile.public_id == event.file, DossierFile.submitted_at.is_not(None))
    )
    if dossier is not None:
        record(session, PaperInfected(dossier))
