"""What a page about one dossier shows, as values; sealed parts open when they are looked at."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Row

from webapp.catalogue.formspec import DocumentSpec, ProcedureSpec
from webapp.core.crypto import keyring, unseal_text
from webapp.core.files import INFECTED, USABLE
from webapp.dossiers.states import State


def open_sealed(place: str, public_id: str | None, sealed: bytes | None) -> str | None:
    """Open one sealed column (`table.column`) of a row read without the ORM."""
    if sealed is None or public_id is None:
        return None
    return keyring().unseal(bytes(sealed), f"{place}.{public_id}").decode()


@dataclass(frozen=True)
class FileView:
    """One file of a paper, with its place in the ledger."""

    public_id: str
    name: str
    size: int
    sha256: str
    media_type: str
    stored_at: datetime
    submitted_at: datetime | None
    delivered_at: datetime | None
    replaced_at: datetime | None
    state: str = USABLE
    pages: int | None = None
    acknowledged_at: datetime | None = None

    @property
    def lost(self) -> bool:
        """It came, and a virus was found in it."""
        return self.state == INFECTED

    @property
    def usable(self) -> bool:
        return self.state == USABLE


@dataclass(frozen=True)
class RecordView:
    """A record that stands for a paper."""

    public_id: str
    title_vi: str
    title_en: str
    issuer: str
    issued_on: date
    source_code: str | None
    file_id: int
    sha256: str

    def get(self, language: str) -> str:
        return self.title_en if language == "en" else self.title_vi


@dataclass(frozen=True)
class Counted:
    """How many of one paper came on paper; None where nobody wrote it down."""

    originals: int | None = None
    certified: int | None = None
    plain: int | None = None


@dataclass(frozen=True)
class PaperView:
    """One paper as given: its spec, files (old ones too), or the record used instead."""

    spec: DocumentSpec
    files: tuple[FileView, ...]
    record: RecordView | None
    counted: Counted = Counted()

    @property
    def current(self) -> list[FileView]:
        """What counts: an infected file is shown with its reason, but it is no paper."""
        return [f for f in self.files if f.replaced_at is None and f.state != INFECTED]

    @property
    def given(self) -> bool:
        return self.record is not None or bool(self.current)

    @property
    def received(self) -> list[FileView]:
        """What a receipt has counted: a photo that was kept and not sent is not with the office."""
        return [f for f in self.current if f.submitted_at is not None]


@dataclass(frozen=True)
class MoveView:
    """One step of the history."""

    at: datetime
    verb: str
    from_state: State
    to_state: State
    party: str
    channel: str
    actor_name: str | None
    mandate: str | None
    reason: str | None


@dataclass(frozen=True)
class DossierView:
    """Everything a page about one dossier shows."""

    row: Row[Any]
    spec: ProcedureSpec
    moves: tuple[MoveView, ...]
    documents: tuple[PaperView, ...]

    @property
    def public_id(self) -> str:
        return str(self.row.public_id)

    @property
    def state(self) -> State:
        return State(self.row.state)

    @property
    def resume_to(self) -> State | None:
        """Where a supplement or a payment leads back to."""
        return State(self.row.resume_to) if self.row.resume_to else None

    @cached_property
    def content(self) -> dict[str, Any]:
        text = open_sealed("dossiers.answers", self.row.public_id, self.row.answers_sealed)
        found: dict[str, Any] = json.loads(text) if text else {"values": {}, "raw": {}, "sources": {}}
        return found

    @property
    def answers(self) -> dict[str, Any]:
        values: dict[str, Any] = self.content["values"]
        return values

    @property
    def sources(self) -> dict[str, Any]:
        found: dict[str, Any] = self.content["sources"]
        return found

    @cached_property
    def qr_token(self) -> str | None:
        return open_sealed("dossiers.qr_token", self.row.public_id, self.row.qr_token_sealed)

    @cached_property
    def applicant(self) -> str:
        return unseal_text("people", "full_name", self.row.person_public, self.row.full_name_sealed) or ""

    @cached_property
    def citizen_id(self) -> str | None:
        return unseal_text("people", "citizen_id", self.row.person_public, self.row.citizen_id_sealed)

    @cached_property
    def birth_date(self) -> str | None:
        return unseal_text("people", "birth_date", self.row.person_public, self.row.birth_date_sealed)

    @cached_property
    def supplement_items(self) -> list[dict[str, Any]]:
        text = open_sealed("supplement_requests.items", self.row.supplement_public, self.row.items_sealed)
        found: list[dict[str, Any]] = json.loads(text) if text else []
        return found

    @cached_property
    def owed_for(self) -> str | None:
        """What the money that is to be paid now is for."""
        return open_sealed("payment_requests.what_for", self.row.payment_public, self.row.what_for_sealed)

    @cached_property
    def outcome_number(self) -> str | None:
        return open_sealed("outcomes.number", self.row.outcome_public, self.row.number_sealed)

    @property
    def reused(self) -> list[PaperView]:
        return [p for p in self.documents if p.record is not None]

    @property
    def spared_answers(self) -> int:
        """Answers the person did not have to give: prefilled from what we know, and left as they were."""
        kept = {f.key for f in self.spec.fields if f.condition.holds(self.answers)}
        known = ("profile", "vneid", "record", "dossier")
        return sum(1 for k, s in self.sources.items() if k in kept and s["kind"] in known and self.answers.get(k))

    @property
    def received(self) -> list[PaperView]:
        """Papers that the office has, in whichever form."""
        return [paper for paper in self.documents if paper.record is not None or paper.received]

    def not_sent(self, key: str) -> list[FileView]:
        """Photos of this paper that came since it was asked for and wait to be sent with the rest."""
        files = paper.files if (paper := self.paper(key)) else ()
        ours = (f for f in files if f.replaced_at is None and f.submitted_at is None)
        return [f for f in ours if f.stored_at > self.row.asked_at]

    def paper(self, key: str) -> PaperView | None:
        return next((p for p in self.documents if p.spec.key == key), None)
