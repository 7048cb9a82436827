"""Records of people and every use of them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.crypto import Sealed, SealedJSON
from webapp.core.db import Base, HasPublicId
from webapp.vault.carry import about


class VaultItem(HasPublicId, Base):
    """A result that stands for a paper, joined to what a procedure asks by its national type code (KQ.…)."""

    __tablename__ = "vault_items"
    __table_args__ = (Index("ix_vault_items_owner", "person_id", "result_code", "issued_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    result_code: Mapped[str] = mapped_column(String(40))
    title_vi: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    issuer: Mapped[str] = mapped_column(String(120))
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]  # None: no end
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_sha256: Mapped[str] = mapped_column(String(64))
    source_dossier: Mapped[str | None] = mapped_column(String(22))  # public id of the dossier it came from
    source_code: Mapped[str | None] = mapped_column(String(60))  # its code, for people
    data_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    number = Sealed()
    data = SealedJSON()  # answers it carries for later forms: mother_name, father_name …

    @property
    def about(self) -> str | None:
        """Whose paper it is where one person holds several of its type: a parent, the birth certificates of two."""
        return about(self.result_code, self.data)


class Reuse(Base):
    """One use of a record for one dossier, with the consent that allowed it."""

    __tablename__ = "vault_reuses"
    __table_args__ = (
        UniqueConstraint("item_id", "dossier", "document_key"),
        Index("ix_vault_reuses_dossier", "dossier"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("vault_items.id"))
    dossier: Mapped[str] = mapped_column(String(22))
    document_key: Mapped[str] = mapped_column(String(60))
    consent_text: Mapped[str] = mapped_column(String(20))
    consent_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(22))
    mandate: Mapped[str | None] = mapped_column(String(22))
