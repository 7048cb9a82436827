"""Between looking at a new text and publishing it: kept for whoever wrote it, unchanged, and nobody else's."""

import re
from datetime import timedelta
from html import unescape

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests import filling
from tests import people as who
from tests.pages import form_of, text_of
from tests.webapp.catalogue.revising import BIRTH, HERE, back_from, day, filled, publish, revise
from webapp.accounts.models import Account
from webapp.catalogue.models import Proposal
from webapp.catalogue.reading import PROCEDURES, read_file
from webapp.core import clock, retention
from webapp.core.actor import Role
from webapp.shell.services import Services


def test_looking_at_a_text_again_or_loading_the_page_anew_shows_the_same(admin: FlaskClient) -> None:
    preview = revise(admin, plain_vi="Khai sinh cho trẻ")
    path = preview.request.path
    assert f"{HERE}/proposals/" in path
    assert text_of(admin.get(path)) == text_of(preview)
    assert "Quyết định 163/QĐ-BTP" in text_of(preview)


def test_going_back_to_the_text_finds_every_word_day_and_reason_as_they_were_typed(admin: FlaskClient) -> None:
    typed = {"plain_vi": "Khai sinh cho trẻ", "notes_en": "Bring <nothing> & wait.", "valid_from": day(3)}
    back = back_from(revise(admin, **typed, fee_amount="7.000", reason="Nghị quyết 5"))
    boxes = filled(admin.get(back).text)
    assert (boxes["plain_vi"], boxes["notes_en"]) == (typed["plain_vi"], typed["notes_en"])
    assert (boxes["fee_amount"], boxes["reason"], boxes["valid_from"]) == ("7000", "Nghị quyết 5", day(3))
    again = revise(admin, url=back, due_days="1", reason="Nghị quyết 5", valid_from=day(3))
    assert "Khai sinh cho trẻ" in text_of(again) and "7.000 đ" in text_of(again)
    assert publish(admin, again).status_code == 303


def test_a_mistake_made_on_the_way_back_keeps_what_was_typed_too(admin: FlaskClient) -> None:
    back = back_from(revise(admin, plain_vi="Khai sinh cho trẻ"))
    wrong = revise(admin, url=back, due_days="nhiều")
    assert wrong.status_code == 422
    assert filled(wrong.text)["plain_vi"] == "Khai sinh cho trẻ"
    assert filled(wrong.text)["from"] == back.rsplit("=", 1)[1]


def test_an_uploaded_form_need_not_be_uploaded_again_to_change_a_word(admin: FlaskClient, citizen: FlaskClient) -> None:
    file = (PROCEDURES / f"{BIRTH}.yaml").read_text(encoding="utf-8")
    first = revise(admin, file=file.replace("Con tên là gì?", "Cháu tên là gì?"))
    again = revise(admin, url=back_from(first), plain_vi="Khai sinh cho trẻ")
    assert "Cháu tên là gì?" in text_of(again) and "Khai sinh cho trẻ" in text_of(again)
    assert publish(admin, again).status_code == 303
    assert "Cháu tên là gì?" in text_of(citizen.get(f"{filling.begin(citizen)}/sections/child?q=1"))


def test_texts_typed_beside_a_refused_file_stay(admin: FlaskClient) -> None:
    wrong = revise(admin, file="- a", plain_vi="Khai sinh cho trẻ")
    assert wrong.status_code == 422
    assert filled(wrong.text)["plain_vi"] == "Khai sinh cho trẻ"


def test_the_whole_proposed_form_can_be_read_before_it_is_published(admin: FlaskClient) -> None:
    file = (PROCEDURES / f"{BIRTH}.yaml").read_text(encoding="utf-8")
    preview = revise(admin, file=file.replace("Con tên là gì?", "Cháu tên là gì?"))
    link = re.search(r'href="([^"]+/questions)"', preview.text)
    words = text_of(admin.get(link[1]))
    assert "Cháu tên là gì?" in words and "parents_married=no" in words


def test_each_tab_publishes_what_it_shows(admin: FlaskClient, client: FlaskClient) -> None:
    first = revise(admin, plain_vi="Của thẻ thứ nhất")
    revise(admin, plain_vi="Của thẻ thứ hai")
    assert publish(admin, first).status_code == 303
    assert "Của thẻ thứ nhất" in client.get(f"/procedures/{BIRTH}").text


def test_a_second_tap_publishes_nothing_more_and_says_the_same(admin: FlaskClient) -> None:
    preview = revise(admin, plain_vi="Khai sinh cho trẻ")
    answers = [publish(admin, preview), publish(admin, preview)]
    assert {a.status_code for a in answers} == {303}
    history = text_of(admin.get(HERE))
    assert "Bản 2" in history and "Bản 3" not in history
    assert admin.get(preview.request.path).status_code == 303, "Back after it was published"


def test_what_was_not_published_is_found_again_on_the_page_of_the_procedure(admin: FlaskClient) -> None:
    assert "Chưa công bố" not in text_of(admin.get(HERE))
    preview = revise(admin, plain_vi="Khai sinh cho trẻ")
    page = admin.get(HERE)
    assert "Chưa công bố" in text_of(page) and f'href="{preview.request.path}"' in page.text
    publish(admin, preview)
    assert "Chưa công bố" not in text_of(admin.get(HERE))


@pytest.fixture
def colleague(app: Flask, services: Services) -> FlaskClient:
    """Another administrator."""
    with services.database.transaction() as session:
        session.scalars(select(Account).where(Account.username == "officer2")).one().roles = [Role.ADMIN]
    browser = app.test_client()
    who.log_in_staff(browser, services, "officer2")
    return browser


def test_an_administrator_cannot_see_go_on_with_or_publish_a_colleagues_text(
    admin: FlaskClient, colleague: FlaskClient
) -> None:
    preview = revise(admin, plain_vi="Chỉ Sâm đã đọc")
    path = preview.request.path
    assert colleague.get(HERE).status_code == 200 and "Chưa công bố" not in text_of(colleague.get(HERE))
    for closed in (path, f"{path}/questions", back_from(preview)):
        assert colleague.get(closed).status_code == 404
    csrf = form_of(colleague, f"{HERE}/revise")["hidden"]
    proposal = {"proposal": path.rsplit("/", 1)[1]}
    assert colleague.post(f"{HERE}/publish", data={**csrf, **proposal}).status_code == 404
    other = form_of(admin, "/manage/procedures/1.000894/revise")["hidden"]
    assert admin.post("/manage/procedures/1.000894/publish", data={**other, **proposal}).status_code == 404
    assert "Bản 2" not in text_of(admin.get(HERE))
    assert publish(admin, preview).status_code == 303


def test_whoever_was_slower_keeps_their_text_and_sees_what_is_different_from_the_others(
    admin: FlaskClient, colleague: FlaskClient, client: FlaskClient
) -> None:
    slow = revise(admin, plain_vi="Của người chậm")
    assert publish(colleague, revise(colleague, plain_vi="Của người nhanh", fee_amount="9.000")).status_code == 303
    assert publish(admin, slow).status_code == 409
    again = admin.get(slow.request.path)
    words = text_of(again)
    assert "đã có người sửa thủ tục này" in words and "Của người nhanh" in words and "/publish" not in again.text
    back = back_from(again)
    assert filled(admin.get(back).text)["plain_vi"] == "Của người chậm"
    mine = revise(admin, url=back, fee_amount="9.000")
    assert publish(admin, mine).status_code == 303
    public = text_of(client.get(f"/procedures/{BIRTH}"))
    assert "Của người chậm" in public and "9.000 đ" in public


def test_a_made_up_publication_publishes_nothing(admin: FlaskClient) -> None:
    data = {**form_of(admin, f"{HERE}/revise")["hidden"], "content": '{"code": "1.001193"}', "number": "1"}
    for made_up in ("", "x" * 22, "\x00", "ắ" * 300):
        assert admin.post(f"{HERE}/publish", data={**data, "proposal": made_up}).status_code == 404
        assert admin.post(f"{HERE}/preview", data={**data, "from": made_up or "y"}).status_code == 404
    assert "Bản 2" not in text_of(admin.get(HERE))


def test_what_was_looked_at_and_left_goes_after_two_weeks(
    admin: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = revise(admin, plain_vi="Khai sinh cho trẻ").request.path
    retention.sweep(services.database)
    assert admin.get(path).status_code == 200
    with services.database.transaction() as session:
        session.execute(update(Proposal).values(created_at=clock.now() - timedelta(days=15)))
    retention.sweep(services.database)
    assert admin.get(path).status_code == 404


def test_the_preview_of_every_procedure_is_light(admin: FlaskClient) -> None:
    for code in sorted(path.stem for path in PROCEDURES.glob("*.yaml")):
        preview = revise(admin, code, summary_vi="Một câu khác.")
        for path in (preview.request.path, f"{preview.request.path}/questions", back_from(preview)):
            answer = admin.get(path, headers={"Accept-Encoding": "br"})
            assert 500 < len(answer.data) <= 4 * 1024, f"{path}: {len(answer.data)}"


def test_the_preview_of_a_wholly_new_form_is_light_too(admin: FlaskClient, listed: str) -> None:
    for path in (PROCEDURES / f"{code}.yaml" for code in ("1.001193", "3.000333", "3.000722")):  # the longest ones
        content = {**read_file(path), "code": listed, "slug": "nuoi-ong"}
        preview = revise(admin, listed, file=yaml.safe_dump(content, allow_unicode=True))
        count = int(re.search(r"(\d+) chỗ", text_of(preview))[0].split()[0])
        read, next_page = 0, preview.request.path
        while next_page:
            assert 500 < len(admin.get(next_page, headers={"Accept-Encoding": "br"}).data) <= 4 * 1024, path.stem
            page = admin.get(next_page).text
            read += page.count("<div><dt>") - (0 if "after=" in next_page else 2)
            onward = re.search(r'href="([^"]+)" rel="next"', page)
            next_page = unescape(onward[1]) if onward else ""
        assert read == count > 10, path.stem
