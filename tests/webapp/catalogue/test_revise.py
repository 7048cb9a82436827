"""An administrator gives a procedure another text, fee, time or form: looked at first, from a day on."""

import io
import re
from datetime import datetime, timedelta

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import filling
from tests import people as who
from tests.factories import dossiers
from tests.factories.states import as_staff
from tests.pages import form_of, post_form, text_of
from tests.webapp.catalogue.revising import BIRTH, HERE, day, publish, revise
from webapp.catalogue.importing import import_lines
from webapp.catalogue.models import Procedure, ProcedureRevision
from webapp.catalogue.national_list import Row, content_of
from webapp.catalogue.queries import spec_by_revision
from webapp.catalogue.reading import PROCEDURES, read_file
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.dossiers.deadlines import term_of
from webapp.dossiers.models import Dossier
from webapp.dossiers.receive import receive_dossier
from webapp.shell.services import Services


def acts(services: Services, action: str) -> list[AuditEntry]:
    with services.database.session(write=False) as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_new_text_is_looked_at_published_and_explained_and_open_dossiers_keep_theirs(
    admin: FlaskClient, citizen: FlaskClient, client: FlaskClient, services: Services
) -> None:
    dossier = filling.begin(citizen)
    preview = revise(admin, plain_vi="Khai sinh cho trẻ", fee_amount="5.000", due_days="2", due_unit="working_day")
    words = text_of(preview)
    assert preview.status_code == 200
    assert "Khai sinh cho con" in words and "Khai sinh cho trẻ" in words and "5.000 đ" in words
    assert "Khai sinh cho trẻ" not in client.get(f"/procedures/{BIRTH}").text, "a preview publishes nothing"
    assert publish(admin, preview).status_code == 303
    public = text_of(client.get(f"/procedures/{BIRTH}"))
    assert "Khai sinh cho trẻ" in public and "5.000 đ" in public
    assert "Khai sinh cho trẻ" in client.get("/procedures?q=khai+sinh").text
    history = text_of(admin.get(HERE))
    assert "Bản 2" in history and "Quyết định 163/QĐ-BTP" in history
    assert "Khai sinh cho con" in text_of(citizen.get(f"{dossier}/edit"))
    with services.database.session(write=False) as session:
        kept = session.scalars(select(Dossier).where(Dossier.public_id == dossier.rsplit("/", 1)[1])).one()
        assert session.get(ProcedureRevision, kept.revision_id).number == 1
    assert acts(services, "procedure:revise")[0].detail["revision"] == 2


def test_a_revised_time_limit_is_the_one_that_new_dossiers_are_due_by(
    app: Flask, client: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = datetime(2026, 11, 30, 9, tzinfo=clock.VIETNAM)
    monkeypatch.setattr(clock, "now", lambda: monday)
    admin = app.test_client()
    who.log_in_staff(admin, services, "admin")
    limit = {"due_days": "2", "due_unit": "working_day", "due_pause": "recompute"}
    preview = revise(admin, **limit)
    words = text_of(preview)
    assert "Trong 2 ngày làm việc" in words and "Tính lại từ đầu" in words
    with services.database.transaction() as session:
        before = taken_on(session, services)
    assert publish(admin, preview).status_code == 303
    assert "2 ngày làm việc" in text_of(client.get(f"/procedures/{BIRTH}"))
    with services.database.transaction() as session:
        after = taken_on(session, services)
        assert [clock.local(row.due_at).day for row in (before, after)] == [30, 2], "whoever was before keeps theirs"
        term = term_of(spec_by_revision(session, after.revision_id))
        assert (term.days, term.same_day, term.pause) == (2, False, "recompute")
    assert publish(admin, revise(admin, due_days="1", due_unit="same_day")).status_code == 303
    with services.database.transaction() as session:
        assert clock.local(taken_on(session, services).due_at).day == 30


def taken_on(session: Session, services: Services) -> Dossier:
    """A birth registration that the office has received now."""
    row = dossiers.sent(session, services.storage, who.person(session))
    receive_dossier(session, row, by=as_staff(session, "case"), version=row.version)
    return row


def test_a_text_for_a_later_day_comes_on_that_day(
    admin: FlaskClient, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(admin, revise(admin, plain_vi="Khai sinh từ tháng sau", valid_from=day(10)))
    assert "Khai sinh cho con" in client.get(f"/procedures/{BIRTH}").text
    assert "Khai sinh cho con" in client.get("/procedures?event=birth").text
    assert "Dự kiến" in text_of(admin.get(HERE))
    later = clock.today() + timedelta(days=10)
    monkeypatch.setattr(clock, "today", lambda: later)
    assert "Khai sinh từ tháng sau" in client.get(f"/procedures/{BIRTH}").text
    assert "Khai sinh từ tháng sau" in client.get("/procedures?event=birth").text


def test_a_plan_that_is_replaced_never_comes(admin: FlaskClient, client: FlaskClient, monkeypatch) -> None:
    publish(admin, revise(admin, plain_vi="Kế hoạch cũ", valid_from=day(10)))
    publish(admin, revise(admin, plain_vi="Kế hoạch mới", valid_from=day(5)))
    assert "Chưa từng áp dụng" in text_of(admin.get(HERE))
    later = clock.today() + timedelta(days=20)
    monkeypatch.setattr(clock, "today", lambda: later)
    assert "Kế hoạch mới" in client.get(f"/procedures/{BIRTH}").text


def test_whoever_was_slower_reads_the_others_text_first(admin: FlaskClient) -> None:
    slow = revise(admin, plain_vi="Của người chậm")
    assert publish(admin, revise(admin, plain_vi="Của người nhanh")).status_code == 303
    answer = publish(admin, slow)
    assert answer.status_code == 409
    assert "Của người nhanh" in text_of(admin.get(HERE))


def test_loading_the_projects_files_again_does_not_undo_an_administrators_text(
    app: Flask, admin: FlaskClient, client: FlaskClient
) -> None:
    publish(admin, revise(admin, plain_vi="Khai sinh tại Hoằng Lộc"))
    again = app.test_cli_runner().invoke(args=["catalogue", "load"])
    assert again.output.strip() == "24 unchanged"
    assert "Khai sinh tại Hoằng Lộc" in client.get(f"/procedures/{BIRTH}").text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"plain_vi": ""}, "còn trống"),
        ({"notes_vi": ""}, "notes"),
        ({"valid_from": day(-1)}, "không được là ngày đã qua"),
        ({"due_days": "nhiều"}, "số nguyên"),
        ({"due_days": "2"}, "settled the same day"),
        ({"due_days": "0", "due_unit": "working_day"}, "from 1 to 365"),
        ({"reason": ""}, "còn trống"),
    ],
)
def test_a_text_that_does_not_fit_is_explained(admin: FlaskClient, changes: dict[str, str], says: str) -> None:
    answer = revise(admin, **changes)
    if answer.status_code == 200:
        answer = publish(admin, answer)
    assert answer.status_code == 422
    assert says in text_of(answer)


def test_a_whole_form_is_taken_down_changed_and_brought_back(admin: FlaskClient, citizen: FlaskClient) -> None:
    file = admin.get(f"{HERE}/form.yaml")
    assert file.headers["Content-Disposition"].endswith(f'"{BIRTH}.yaml"')
    changed = file.text.replace("Con tên là gì?", "Cháu tên là gì?")
    assert yaml.safe_load(file.text) == read_file(PROCEDURES / f"{BIRTH}.yaml")
    preview = revise(admin, file=changed)
    assert "Cháu tên là gì?" in text_of(preview)
    assert publish(admin, preview).status_code == 303
    dossier = filling.begin(citizen)
    assert "Cháu tên là gì?" in text_of(citizen.get(f"{dossier}/sections/child?q=1"))


def broken(text: str, find: str, put: str) -> tuple[str, int]:
    """A file with one mistake, and the line it is in."""
    changed = text.replace(find, put, 1)
    assert changed != text
    return changed, changed[: changed.index(put)].count("\n") + 1


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ("kind: date\n  label_vi: Ngày sinh của con", "kind: ngày\n  label_vi: Ngày sinh của con"),
        ("when: parents_married=no", "when: parents_wed=no"),
        ("life_event: birth", "life_event: lottery"),
        ("slug: khai-sinh", "slug: [khai: sinh"),
        ("slug: khai-sinh", "slug: &a khai-sinh\nicon: *a"),
    ],
)
def test_a_mistake_in_an_uploaded_form_is_told_with_its_line(admin: FlaskClient, find: str, put: str) -> None:
    text = (PROCEDURES / f"{BIRTH}.yaml").read_text(encoding="utf-8")
    changed, line = broken(text, find, put)
    answer = revise(admin, file=changed)
    assert answer.status_code == 422
    told = re.search(r"line (\d+)", text_of(answer))
    assert told and abs(int(told[1]) - line) <= 1, text_of(answer)


@pytest.mark.parametrize(
    "data", [b"\x00\xff\xfe", b"", b"- a\n- b", b"code: '1.001193'", b"a: " + b"[" * 5000, b"x" * 400_000]
)
def test_a_file_that_is_no_form_is_refused_in_words(admin: FlaskClient, data: bytes) -> None:
    form = form_of(admin, f"{HERE}/revise")
    fields = {"reason": "Thử", "valid_from": day(0), "form": (io.BytesIO(data), "x.yaml")}
    answer = admin.post(form["action"], data={**form["hidden"], **fields}, content_type="multipart/form-data")
    assert answer.status_code == 422


def test_a_form_of_another_procedure_is_refused(admin: FlaskClient) -> None:
    answer = revise(admin, file=(PROCEDURES / "1.000894.yaml").read_text(encoding="utf-8"))
    assert answer.status_code == 422
    assert "1.000894" in text_of(answer)


def test_an_imported_procedure_gets_a_form_and_can_then_be_sent(
    admin: FlaskClient, citizen: FlaskClient, listed: str, services: Services
) -> None:
    assert "Chưa nộp được ở đây" in text_of(citizen.get(f"/procedures/{listed}"))
    content = {**read_file(PROCEDURES / f"{BIRTH}.yaml"), "code": listed, "slug": "nuoi-ong"}
    preview = revise(admin, listed, file=yaml.safe_dump(content, allow_unicode=True))
    assert publish(admin, preview).status_code == 303
    assert f'href="/dossiers/new/{listed}"' in citizen.get(f"/procedures/{listed}").text
    raw = {"code": listed, "name": "Khác", "field": "Chăn nuôi", "level": "Cấp xã"}
    report = import_lines(services.database, [Row(1, listed, content_of(raw), index=True)])
    assert (report.kept, report.changed) == (1, 0), "the list does not take a working form away"
    with services.database.session(write=False) as session:
        assert session.scalar(select(Procedure.origin).where(Procedure.code == listed)) == "form"


def test_an_imported_procedure_needs_a_file_to_become_one_of_ours(admin: FlaskClient, listed: str) -> None:
    url = f"/manage/procedures/{listed}/revise"
    answer = post_form(admin, url, {"reason": "Thử", "valid_from": day(0)}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert admin.get(f"/manage/procedures/{listed}/form.yaml").status_code == 404
