"""Papers the office has issued, and the numbers they stand under."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import SealedJSON
from webapp.core.db import Base, HasPublicId


class IssuedPaper(HasPublicId, Base):
    """Form 02, 03, 04 or 05 of one dossier, with the words it was issued with; never changed."""

    __tablename__ = "issued_papers"
    __table_args__ = (
        UniqueConstraint("office_id", "form", "year", "number"),
        Index("ix_issued_papers_dossier", "dossier_id", "form", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    form: Mapped[str] = mapped_column(String(2))
    year: Mapped[int]
    number: Mapped[int]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    issuer_name: Mapped[str] = mapped_column(String(120))  # staff sign with their name
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)

    body = SealedJSON()


class PaperNumber(Base):
    """The last number of one form in one office's year; taken in the transaction of the act."""

    __tablename__ = "paper_numbers"
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    form: Mapped[str] = mapped_column(String(2), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(server_default=text("0"))
