"""D30: a PDF that acts, carries or hides something is refused with its own reason; a signed one stays as it is."""

import hashlib
import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from sqlalchemy import select

from tests.cases.sending import Paper
from tests.factories import hostile
from tests.filling import sent_birth
from tests.pages import text_of
from tests.people import log_in_citizen, log_in_staff
from webapp.core.audit import AuditEntry
from webapp.core.inspect import REASONS
from webapp.shell.i18n import t

REFUSED = {name: hostile.NO_PAPER[name] for name in (*hostile.ACTING, "locked PDF", "PDF locked for changes")}


@pytest.fixture
def paper(client, services):
    return Paper(client, services)


def test_a_pdf_that_acts_is_refused_with_its_reason_and_a_way_on(app, paper):
    for name, family in REFUSED.items():
        answer = paper.send(family.make(), family.name)
        assert answer.status_code == 422, name
        with app.test_request_context():
            reason = t(REASONS[family.code])
        assert reason in text_of(answer), name
        assert "gửi ảnh" in reason or "PDF thường" in reason, name
    assert paper.ids() == []


def signed():
    """A PDF with a signature over its bytes, as a signing program adds it: a revision appended to the file."""

    def change(made):
        signature = made.make_indirect(
            Dictionary(
                Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), SubFilter=Name("/ETSI.CAdES.detached"),
                ByteRange=Array([0, 100, 200, 100]), Contents=String("0" * 512), M=String("D:20261122095800+07'00'"),
            )
        )  # fmt: skip
        field = made.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("so"), V=signature, Rect=[0] * 4)
        )
        made.pages[0].Annots = Array([field])
        made.Root.AcroForm = Dictionary(Fields=Array([field]), SigFlags=3)

    return hostile.pdf(change) + b"\n% appended by the signer\n%%EOF\n"


def test_a_signed_pdf_comes_back_byte_for_byte(paper):
    data = signed()
    assert pikepdf.open(io.BytesIO(data)).Root.AcroForm.SigFlags == 3
    assert paper.send(data, "ban sao co chu ky.pdf").status_code == 303
    given = paper.file()
    assert given.mimetype == "application/pdf"
    assert given.data == data


def test_an_officer_looks_at_pages_with_the_officers_mark_and_the_journal_says_who_looked(
    app, client, services, audit_rows
):
    log_in_citizen(client, services)
    dossier = sent_birth(client)
    officer = app.test_client()
    log_in_staff(officer, services, "officer")
    desk = "/counter" + dossier
    page = officer.get(desk).get_data(as_text=True)
    file = next(part.split('"')[0] for part in page.split('href="') if "/files/" in part.split('"')[0])
    assert file.endswith("/preview")
    shown = officer.get(file)
    assert "Mở tệp gốc" in text_of(shown)
    picture = officer.get(file.removesuffix("/preview") + "/pages/1")
    assert picture.mimetype == "image/webp"
    assert "no-store" in picture.headers["Cache-Control"]
    original = officer.get(file.removesuffix("/preview"))
    assert original.headers["Content-Disposition"].startswith("attachment")
    assert hashlib.sha256(original.data).hexdigest()[:16] in page
    assert picture.data != original.data
    assert audit_rows("file:") == ["file:preview", "file:open"]
    assert officer.get(file.removesuffix("/preview") + "/pages/2").status_code == 404
    assert officer.get(file + "?page=2").status_code == 404


@pytest.fixture
def audit_rows(services):
    """Acts of this kind in the journal, in order."""

    def rows(prefix):
        with services.database.session(write=False) as session:
            acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
        return [act for act in acts if act.startswith(prefix)]

    return rows
