"""A receipt says for ever what was received then; what became of a file later stands beside it; a change is found."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests import filling
from tests import people as who
from tests.factories import dossiers as factory
from tests.factories.states import as_staff
from tests.pages import log_in, post_form, read, text_of
from webapp.core.files import INFECTED, StoredFile, read_back
from webapp.dossiers import receipts
from webapp.dossiers.models import Dossier, DossierDocument, DossierFile, Receipt
from webapp.dossiers.receipts import prove
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.supplement import request_supplement
from webapp.dossiers.views import submit
from webapp.shell.services import Services

FINGERPRINT = re.compile(r"dấu vân tay tệp ([0-9a-f]{8})")
BLURRED = [{"kind": "document", "key": "birth_proof", "fault": "blurred", "words": "Mờ số seri"}]


@pytest.fixture
def sent(client: FlaskClient, services: Services) -> Dossier:
    """A dossier of Đào's with two papers, each with a photo; she is logged in."""
    log_in(client)
    with services.database.transaction() as session:
        return factory.sent(session, services.storage, who.person(session))


def receipt_of(client: FlaskClient, dossier: Dossier) -> str:
    return text_of(client.get(f"/dossiers/{dossier.public_id}/receipt"))


def on_paper(client: FlaskClient, dossier: Dossier, folder: Path) -> str:
    paper = folder / "receipt.pdf"
    paper.write_bytes(client.get(f"/dossiers/{dossier.public_id}/receipt.pdf").data)
    done = subprocess.run(["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True, check=True)
    received = re.search(r"Cơ quan đã nhận .*(?=Theo dõi)", " ".join(done.stdout.split()))
    assert received
    return received[0]


def counted(words: str) -> list[str]:
    return re.findall(r"\d+ trên \d+ giấy tờ(?: [^.]*?lúc [^.]*?20\d\d)?", words)


def photos_of(dossier: Dossier) -> object:
    ours = select(DossierFile.file_id).join(DossierDocument).where(DossierDocument.dossier_id == dossier.id)
    return StoredFile.id.in_(ours)


def changes(services: Services, dossier: Dossier, **values: object) -> None:
    with services.database.transaction() as session:
        session.execute(update(StoredFile).where(photos_of(dossier)).values(**values))


def asked(services: Services, dossier: Dossier) -> None:
    """The office wants a better photo of one paper."""
    with services.database.transaction() as session:
        row = session.get_one(Dossier, dossier.id)
        officer = as_staff(session, "officer")
        receive_dossier(session, row, by=officer, version=row.version)
        session.flush()
        request_supplement(session, row, by=officer, version=row.version, items=BLURRED)


def test_while_papers_are_read_back_everybody_else_may_write(
    client: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite lets one write at a time: here somebody does at each look into the store, and need not wait."""
    log_in(client)
    with services.database.transaction() as session:
        draft = factory.ready(session, services.storage, who.as_citizen(session, who.person(session)))
    looks = []

    def read_and_write(storage: Any, row: Any) -> bytes:
        with services.database.transaction() as session:
            session.execute(update(StoredFile).where(StoredFile.id == 0).values(state=INFECTED))
        looks.append(row.storage_key)
        return read_back(storage, row)

    monkeypatch.setattr(receipts, "read_back", read_and_write)
    page = read(client.get(f"/dossiers/{draft.public_id}/review").text)
    sent = {**page.forms[-1]["hidden"], "pledge": "yes", "consent": "yes"}
    assert client.post(f"/dossiers/{draft.public_id}/submit", data=sent).location.endswith("/receipt")
    assert len(looks) == len(set(looks)) == 2
    asked(services, draft)
    looks.clear()
    better = {"photos_birth_proof": (filling.photo("mới"), "moi.jpg")}
    path = f"/dossiers/{draft.public_id}/supplement"
    assert post_form(client, path, better, content_type="multipart/form-data").status_code == 303
    with services.database.look() as session:
        new = select(StoredFile.storage_key).where(photos_of(draft)).order_by(StoredFile.id.desc())
        assert looks[-1] == session.scalars(new).first(), "the new one was read back, too"
    assert len(looks) == len(set(looks)) == 2, "once each: the old one of this paper, and the new one"


@pytest.mark.parametrize("changed", [{"state": INFECTED}, {"sha256": "0" * 64}])
def test_what_became_of_a_photo_after_it_was_read_back_is_seen_when_it_is_counted(
    client: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str]
) -> None:
    """Papers are read back before the turn to write; a virus that is found in between is not received."""
    log_in(client)
    with services.database.transaction() as session:
        draft = factory.ready(session, services.storage, who.as_citizen(session, who.person(session)))
    page = read(client.get(f"/dossiers/{draft.public_id}/review").text)

    def prove_and_wait(*about: Any) -> Any:
        proved = prove(*about)
        assert len(proved) == 2
        changes(services, draft, **changed)
        return proved

    monkeypatch.setattr(submit, "prove", prove_and_wait)
    sent = {**page.forms[-1]["hidden"], "pledge": "yes", "consent": "yes"}
    assert client.post(f"/dossiers/{draft.public_id}/submit", data=sent).status_code == 422
    with services.database.transaction() as session:
        assert session.get_one(Dossier, draft.id).state == "draft"


def test_a_photo_that_does_not_open_is_not_proved(services: Services) -> None:
    with services.database.transaction() as session:
        draft = factory.ready(session, services.storage, who.as_citizen(session, who.person(session)))
    changes(services, draft, sha256="0" * 64)
    with services.database.look() as session:
        assert prove(session, services.storage, draft.id) == set()


def test_a_virus_that_is_found_later_changes_neither_the_number_nor_the_time(
    client: FlaskClient, services: Services, sent: Dossier, tmp_path: Path
) -> None:
    before, printed = receipt_of(client, sent), on_paper(client, sent, tmp_path)
    assert "2 trên 2 giấy tờ" in before and "2 trên 2 giấy tờ" in printed
    with services.database.transaction() as session:
        one = session.scalars(select(StoredFile.id).where(photos_of(sent))).first()
        session.execute(update(StoredFile).where(StoredFile.id == one).values(state=INFECTED))
    after = receipt_of(client, sent)
    assert counted(after) == counted(before) and "có vi-rút" in after
    assert on_paper(client, sent, tmp_path) == printed


def test_what_is_sent_later_has_its_own_number_and_time_on_the_receipt(
    client: FlaskClient, services: Services, sent: Dossier, tmp_path: Path
) -> None:
    before, printed = receipt_of(client, sent), on_paper(client, sent, tmp_path)
    fingerprint = FINGERPRINT.findall(before)
    asked(services, sent)
    form = {"photos_birth_proof": (filling.photo("mới"), "moi.jpg")}
    url = f"/dossiers/{sent.public_id}/supplement"
    assert post_form(client, url, form, content_type="multipart/form-data").status_code == 303
    client.get(f"/dossiers/{sent.public_id}")  # reads what is said once after sending
    first, _later, more = receipt_of(client, sent).partition("Gửi sau")
    assert counted(first) == counted(before)
    assert fingerprint and FINGERPRINT.findall(first) == fingerprint
    assert len(FINGERPRINT.findall(more)) == 1 and not set(FINGERPRINT.findall(more)) & set(fingerprint)
    assert "đã được thay bằng ảnh mới" in first
    assert "1 trên 1 giấy tờ" in more
    assert on_paper(client, sent, tmp_path) == printed


def test_a_receipt_that_was_changed_in_the_database_is_called_so_and_not_printed(
    client: FlaskClient, services: Services, sent: Dossier, app: Flask
) -> None:
    run = app.test_cli_runner()
    whole = run.invoke(args=["receipts", "verify", "--files"])
    assert (whole.exit_code, whole.output) == (0, "every receipt holds\n")
    with services.database.transaction() as session:
        receipt = session.scalars(select(Receipt).where(Receipt.dossier_id == sent.id)).one()
        receipt.manifest = {**receipt.manifest, "papers": receipt.manifest["papers"][:1]}
    assert "không khớp dấu niêm phong" in receipt_of(client, sent)
    assert client.get(f"/dossiers/{sent.public_id}/receipt.pdf").location == f"/dossiers/{sent.public_id}/receipt"
    found = run.invoke(args=["receipts", "verify"])
    assert found.exit_code == 1 and f"{sent.code}: the signature does not fit" in found.output


def test_a_file_that_is_no_longer_what_was_received_is_found(services: Services, sent: Dossier, app: Flask) -> None:
    with services.database.transaction() as session:
        lost = session.scalars(select(StoredFile).where(photos_of(sent))).first()
        assert lost is not None
        key = lost.storage_key
    services.storage.delete(key)
    run = app.test_cli_runner()
    assert run.invoke(args=["receipts", "verify"]).exit_code == 0, "without --files only the rows are read"
    found = run.invoke(args=["receipts", "verify", "--files"])
    assert found.exit_code == 1 and "is not in the store as it was received" in found.output
