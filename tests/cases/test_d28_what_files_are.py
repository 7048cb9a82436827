"""D28: what only pretends to be a photo or a PDF is refused; what hides in a photo does not get in or out."""

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from tests.cases.sending import Paper
from tests.factories import hostile
from tests.pages import text_of
from webapp.core.files import StoredFile
from webapp.core.inspect import REASONS
from webapp.dossiers import documents
from webapp.shell.i18n import t

PRETENDING = {name: f for name, f in hostile.NO_PAPER.items() if name not in hostile.ACTING}


@pytest.fixture
def paper(client, services):
    return Paper(client, services)


def said(app, code):
    """The reason as people read it."""
    with app.test_request_context():
        return t(REASONS[code])


def rows(services):
    with services.database.session(write=False) as session:
        return session.scalar(select(func.count()).select_from(StoredFile))


def test_what_is_no_paper_is_refused_in_words_and_nothing_of_it_is_kept(app, services, settings, paper):
    folder, before = Path(settings.storage_url), rows(services)
    bytes_before = sorted(folder.rglob("*"))
    for name, family in PRETENDING.items():
        answer = paper.send(family.make(), family.name)
        assert answer.status_code == 422, name
        assert any(said(app, code) in text_of(answer) for code in family.code.split()), name
    assert (paper.ids(), rows(services), sorted(folder.rglob("*"))) == ([], before, bytes_before)


def test_an_odd_photo_comes_out_as_nothing_but_a_picture(paper, monkeypatch):
    monkeypatch.setattr(documents, "_no_room", lambda *_: None)
    for name, family in hostile.CLEANED.items():
        before = paper.ids()
        answer = paper.send(family.make(), family.name)
        assert answer.status_code == 303, name
        for new in set(paper.ids()) - set(before):  # some of them are the same white picture in the end
            given = paper.file(new)
            assert given.mimetype == "image/jpeg", name
            assert dict(Image.open(io.BytesIO(given.data)).getexif()) == {}, name
            assert not [h for h in (b"<script", b"GPS", b"Phone of", b"PK\x03\x04") if h in given.data], name
    assert len(paper.ids()) > 3


def test_a_file_is_given_out_to_be_kept_and_never_as_a_page_of_ours(paper):
    paper.send(hostile.pdf(), "giấy chứng sinh.pdf")
    for given in (paper.file(), paper.file(rest="/picture")):
        assert given.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert given.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in given.headers["Cache-Control"]
        assert given.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert paper.file().headers["Content-Disposition"] == "attachment; filename=giay-chung-sinh.pdf"
    assert (paper.file(rest="/picture").mimetype, paper.file(rest="/picture").data[:4]) == ("image/webp", b"RIFF")
