"""An administrator looks after the procedures; a manager reads along; everybody is told what they need to know."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import filling
from tests import people as who
from tests.pages import post_form, text_of
from webapp.catalogue.importing import import_lines
from webapp.catalogue.national_list import Row, content_of
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.text import nfc
from webapp.shell.services import Services

BIRTH = "1.001193"
HERE = f"/manage/procedures/{BIRTH}"


def day(offset: int) -> str:
    return f"{clock.today() + timedelta(days=offset):%d/%m/%Y}"


def switch_off(
    browser: FlaskClient, reason: str = "Phần mềm hộ tịch bảo trì.", since: int = 0, until: int | None = None
):
    data = {"reason": reason, "since": day(since), "until": day(until) if until else ""}
    return post_form(browser, HERE, data, action=f"{HERE}/off")


def acts(services: Services, action: str) -> list[AuditEntry]:
    with services.database.session(write=False) as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_the_list_is_found_from_the_index_of_things_to_manage(admin: FlaskClient) -> None:
    assert 'href="/manage/procedures"' in admin.get("/manage").text
    page = admin.get("/manage/procedures?q=khaisinh")
    assert f'href="{HERE}"' in page.text
    assert "24 thủ tục" in text_of(admin.get("/manage/procedures"))


def test_the_list_is_narrowed_by_state_and_goes_on_page_by_page(admin: FlaskClient, services: Services) -> None:
    raw = {"field": "Chăn nuôi", "level": "Cấp xã"}
    rows = [
        Row(i, f"9.{i:06d}", content_of({**raw, "code": f"9.{i:06d}", "name": f"Nuôi ong loại {i}"}), index=True)
        for i in range(1, 61)
    ]
    import_lines(services.database, rows)
    seen: list[str] = []
    url: str | None = "/manage/procedures?state=counter"
    while url:
        page = admin.get(url).text
        seen += re.findall(r'href="/manage/procedures/([0-9.]+)"', page)
        more = re.search(r'href="([^"]+)" rel="next"', page)
        url = unescape(more[1]) if more else None
    assert len(seen) == len(set(seen)) == 61


def test_everybody_reads_that_it_is_switched_off_and_why(
    admin: FlaskClient, citizen: FlaskClient, client: FlaskClient, services: Services
) -> None:
    draft = filling.begin(citizen)
    assert switch_off(admin, until=3).status_code == 303
    page = text_of(client.get(f"/procedures/{BIRTH}"))
    assert "Phần mềm hộ tịch bảo trì." in page and day(3) in page
    assert "/dossiers/new/" not in client.get(f"/procedures/{BIRTH}").text
    assert "Tạm ngừng nhận" in text_of(client.get("/procedures?q=khai+sinh"))
    begun = post_form(citizen, f"/dossiers/new/{BIRTH}", {"office": "H56.38.12"})
    assert begun.status_code == 409
    assert "Phần mềm hộ tịch bảo trì." in text_of(begun)
    assert citizen.get(f"{draft}/edit").status_code == 200, "drafts are kept"
    entry = acts(services, "procedure:switch_off")[0]
    assert (entry.object, entry.detail["reason"]) == (BIRTH, "Phần mềm hộ tịch bảo trì.")


def test_what_is_ready_is_not_sent_while_it_is_off_and_is_sent_afterwards(
    admin: FlaskClient, citizen: FlaskClient, services: Services
) -> None:
    dossier = filling.begin(citizen)
    filling.answer_all(citizen, dossier, filling.birth_answers())
    filling.photograph_all(citizen, dossier)
    switch_off(admin)
    refused = filling.submit(citizen, dossier)
    assert refused.status_code == 409
    assert "Bản nháp vẫn được giữ" in text_of(refused)
    on = post_form(admin, HERE, {"reason": "Xong bảo trì"}, action=f"{HERE}/on")
    assert on.status_code == 303
    assert filling.submit(citizen, dossier).status_code == 303
    assert len(acts(services, "procedure:switch_on")) == 1


def test_it_can_be_announced_before_the_day(admin: FlaskClient, client: FlaskClient, citizen: FlaskClient) -> None:
    switch_off(admin, since=2, until=4)
    assert day(2) in text_of(client.get(f"/procedures/{BIRTH}"))
    assert filling.begin(citizen)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"reason": "", "since": day(0)}, "còn trống"),
        ({"reason": "Bảo trì", "since": day(-1)}, "không được là ngày đã qua"),
        ({"reason": "Bảo trì", "since": day(2), "until": day(1)}, "phải sau ngày"),
    ],
)
def test_a_switch_without_sense_is_explained_and_keeps_what_was_typed(
    admin: FlaskClient, client: FlaskClient, data: dict[str, str], says: str
) -> None:
    answer = post_form(admin, HERE, data, action=f"{HERE}/off")
    assert answer.status_code == 422
    assert says in text_of(answer)
    assert "/dossiers/new/" in client.get(f"/procedures/{BIRTH}").text


# ---------------------------------------------------------------------------------------------------- who may


def test_a_manager_reads_and_cannot_change(app: Flask, services: Services) -> None:
    manager = app.test_client()
    who.log_in_staff(manager, services, "manager")
    page = manager.get(HERE)
    assert page.status_code == 200
    assert "/off" not in page.text and "/revise" not in page.text
    assert manager.get(f"{HERE}/revise").status_code == 403


@pytest.mark.parametrize("role", ["officer", "case", "helper"])
def test_others_see_nothing_of_it(app: Flask, services: Services, role: str) -> None:
    browser = app.test_client()
    who.log_in_staff(browser, services, role)
    assert browser.get("/manage/procedures").status_code == 403


def test_a_made_up_code_is_no_procedure(admin: FlaskClient) -> None:
    for path in ("", "/revise", "/form.yaml"):
        assert admin.get(f"/manage/procedures/9.999999{path}").status_code == 404


def test_words_of_a_reason_are_kept_in_one_form(admin: FlaskClient, client: FlaskClient) -> None:
    switch_off(admin, reason="Ba\u0309o tri\u0300 he\u0323\u0302 tho\u0302\u0301ng")
    assert nfc("Bảo trì hệ thống") in client.get(f"/procedures/{BIRTH}").text
