"""What an applicant does after sending: follow, mend, take back, look up without an account."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient

from tests import filling
from tests import people as who
from tests.browser.database import acting
from tests.factories import dossiers as factory
from tests.pages import form_of, log_in, post_form, text_of
from webapp.core.actor import Role
from webapp.dossiers.models import Dossier
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.settle import settle_dossier
from webapp.dossiers.supplement import request_supplement
from webapp.shell.services import Services

BLURRED = {"kind": "document", "key": "birth_proof", "fault": "blurred", "words": "Mờ số seri"}
WRONG_PLACE = {"kind": "field", "key": "child_birthplace", "fault": "wrong", "words": "Ghi tên bệnh viện"}


def sent(services: Services) -> Dossier:
    with services.database.transaction() as session:
        return factory.sent(session, services.storage, who.person(session))


def asked(services: Services, *items: dict[str, str]) -> Dossier:
    """A dossier of Đào's for which the office has asked."""
    with services.database.transaction() as session:
        dossier = factory.sent(session, services.storage, who.person(session))
        officer = acting(session, "officer", Role.RECEPTION)
        receive_dossier(session, dossier, by=officer, version=dossier.version)
        session.flush()
        request_supplement(session, dossier, by=officer, version=dossier.version, items=items or [BLURRED])
        session.flush()
        return dossier


def test_what_is_missing_is_said_in_the_officers_words_with_a_day(client: FlaskClient, services: Services) -> None:
    dossier = asked(services)
    log_in(client)
    words = text_of(client.get(f"/dossiers/{dossier.public_id}"))
    assert "Mờ số seri" in words
    assert re.search(r"hạn \d\d/\d\d/\d{4}", words)


def test_whoever_sends_a_better_photo_is_told_that_it_takes_the_place_of_all(
    client: FlaskClient, services: Services
) -> None:
    dossier = asked(services)
    log_in(client)
    assert "thay hết ảnh đã gửi trước" in text_of(client.get(f"/dossiers/{dossier.public_id}/supplement"))


def test_the_receipt_says_what_comes_next_only_as_long_as_it_comes(client: FlaskClient, services: Services) -> None:
    fresh, older = sent(services), asked(services)
    log_in(client)
    assert "trong 8 giờ làm việc" in text_of(client.get(f"/dossiers/{fresh.public_id}/receipt"))
    assert "trong 8 giờ làm việc" not in text_of(client.get(f"/dossiers/{older.public_id}/receipt"))


def test_a_supplement_without_its_photo_is_not_sent(client: FlaskClient, services: Services) -> None:
    dossier = asked(services)
    log_in(client)
    answer = post_form(client, f"/dossiers/{dossier.public_id}/supplement", {}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "chưa có ảnh mới" in text_of(answer)
    assert "Gửi phần còn thiếu" in text_of(client.get(f"/dossiers/{dossier.public_id}"))


@time_machine.travel(datetime(2031, 11, 23, 3, 0, tzinfo=UTC))  # a Sunday: waiting takes no working time
def test_a_better_photo_and_a_mended_answer_go_together_and_the_old_ones_are_kept(
    client: FlaskClient, services: Services
) -> None:
    dossier = asked(services, BLURRED, WRONG_PLACE)
    log_in(client)
    url = f"/dossiers/{dossier.public_id}/supplement"
    form = {"photos_birth_proof": (filling.photo("mới"), "moi.jpg"), "child_birthplace": "Bệnh viện Phụ sản"}
    assert post_form(client, url, form, content_type="multipart/form-data").status_code == 303
    page = text_of(client.get(f"/dossiers/{dossier.public_id}"))
    assert "Ông/bà đã gửi bổ sung" in page and "đủ 1 trên 1 giấy tờ" in page
    with services.database.session(write=False) as session:
        now = session.get_one(Dossier, dossier.id)
        assert now.state == "processing", "after acceptance it goes on where it was"
        assert now.answers["values"]["child_birthplace"] == "Bệnh viện Phụ sản"
        assert now.due_at == dossier.due_at, "nobody works on a Sunday, so nothing was lost by waiting"


def test_sending_the_supplement_twice_is_one_supplement(client: FlaskClient, services: Services) -> None:
    dossier = asked(services)
    log_in(client)
    url = f"/dossiers/{dossier.public_id}/supplement"
    hidden = form_of(client, url)["hidden"]
    for _ in range(2):
        form = {**hidden, "photos_birth_proof": (filling.photo("mới"), "moi.jpg")}
        answer = client.post(url, data=form, content_type="multipart/form-data")
        assert (answer.status_code, answer.location) == (303, f"/dossiers/{dossier.public_id}")
    assert text_of(client.get(f"/dossiers/{dossier.public_id}")).count("Ông/bà đã gửi bổ sung") == 1


def test_a_bad_photo_in_a_supplement_is_refused_and_the_page_stays(client: FlaskClient, services: Services) -> None:
    dossier = asked(services)
    log_in(client)
    form = {"photos_birth_proof": (filling.io.BytesIO(b"GIF89a"), "anh.gif")}
    url = f"/dossiers/{dossier.public_id}/supplement"
    answer = post_form(client, url, form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "anh.gif" in text_of(answer)


def test_a_photo_that_arrived_by_itself_waits_for_the_rest_and_is_not_with_the_office_yet(
    client: FlaskClient, services: Services
) -> None:
    dossier = asked(services, BLURRED, WRONG_PLACE)
    log_in(client)
    url = f"/dossiers/{dossier.public_id}/supplement"
    hidden = form_of(client, url)["hidden"]
    better = filling.photo("mới").getvalue()
    one = {**hidden, "photos_birth_proof": (filling.io.BytesIO(better), "moi.jpg")}
    answer = client.post(f"{url}/birth_proof", data=one, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (303, url)
    assert "moi.jpg" in text_of(client.get(url)), "it is there"
    before = text_of(client.get(f"/dossiers/{dossier.public_id}"))
    assert "Ảnh mới đã giữ lại, nhưng cơ quan chưa nhận" in before, "and still to be sent"
    assert "1 ảnh" in before and "2 ảnh" not in before, "the office has received the old one, not this one"
    again = {**hidden, "photos_birth_proof": (filling.io.BytesIO(better), "moi.jpg")}
    client.post(f"{url}/birth_proof", data=again, content_type="multipart/form-data")
    assert "ảnh này đã có rồi" in text_of(client.get(url)), "a lost answer doubles nothing"
    assert client.post(url, data={**hidden, "child_birthplace": "Bệnh viện Phụ sản"}).status_code == 303
    after = text_of(client.get(f"/dossiers/{dossier.public_id}"))
    assert "đủ 1 trên 1 giấy tờ" in after and "Ảnh mới đã giữ lại" not in after
    assert client.post(f"{url}/birth_proof", data=hidden).location == f"/dossiers/{dossier.public_id}"


def test_a_photo_of_a_paper_that_nobody_asked_for_has_no_place(client: FlaskClient, services: Services) -> None:
    dossier = asked(services)
    log_in(client)
    url = f"/dossiers/{dossier.public_id}/supplement"
    hidden = form_of(client, url)["hidden"]
    for key in ("marriage_info", "nothing"):
        form = {**hidden, f"photos_{key}": (filling.photo("mới"), "moi.jpg")}
        assert client.post(f"{url}/{key}", data=form, content_type="multipart/form-data").status_code == 404
    assert client.post(f"{url}/birth_proof", data=hidden).status_code == 422, "and no photo is none"
    bad = {**hidden, "photos_birth_proof": (filling.io.BytesIO(b"GIF89a"), "anh.gif")}
    answer = client.post(f"{url}/birth_proof", data=bad, content_type="multipart/form-data")
    assert answer.status_code == 422 and "anh.gif" in text_of(answer)


def test_removing_a_photo_leaves_the_answer_that_was_typed(client: FlaskClient, services: Services) -> None:
    dossier = asked(services, BLURRED, WRONG_PLACE)
    log_in(client)
    url = f"/dossiers/{dossier.public_id}/supplement"
    hidden = form_of(client, url)["hidden"]
    one = {**hidden, "photos_birth_proof": (filling.photo("mới"), "moi.jpg")}
    client.post(f"{url}/birth_proof", data=one, content_type="multipart/form-data")
    file = re.search(r'value="(birth_proof:[^"]+)"', client.get(url).text)
    assert file is not None
    for _ in range(2):  # pressed twice, or loaded again
        page = client.post(url, data={**hidden, "remove": file[1], "child_birthplace": "Nhà bà ngoại"})
        assert page.status_code == 200 and "Nhà bà ngoại" in page.text and "moi.jpg" not in page.text


def test_nothing_can_be_supplemented_when_nothing_was_asked(client: FlaskClient, services: Services) -> None:
    dossier = sent(services)
    log_in(client)
    url = f"/dossiers/{dossier.public_id}"
    assert client.get(f"{url}/supplement").location == url
    hidden = form_of(client, f"{url}/withdraw")["hidden"]
    answer = client.post(f"{url}/supplement", data=hidden)
    assert answer.status_code == 409 and dossier.code in text_of(answer)  # and it shows where the dossier stands


def test_an_applicant_asks_for_a_dossier_back_and_only_once(client: FlaskClient, services: Services) -> None:
    dossier = sent(services)
    log_in(client)
    url = f"/dossiers/{dossier.public_id}"
    hidden = form_of(client, f"{url}/withdraw")["hidden"]
    for _ in range(2):
        assert client.post(f"{url}/withdraw", data={**hidden, "reason": "Nộp nhầm"}).location == url
    words = text_of(client.get(url))
    assert words.count("Ông/bà xin rút hồ sơ") == 1
    assert "Nộp nhầm" in words
    assert client.get(f"{url}/withdraw").location == url


def test_the_qr_shows_stage_and_dates_in_any_case_and_nothing_of_the_person(
    client: FlaskClient, services: Services
) -> None:
    dossier = sent(services)
    token = dossier.qr_token
    pages = [client.get(f"/q/{token}"), client.get(f"/Q/{token}"), client.get(f"/q/{token.lower()}")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    words = text_of(pages[2])
    assert "Cơ quan đã nhận" in words
    for private in ("Đào", dossier.code, dossier.lookup_code, "038196001234", "Giấy chứng sinh", "hai sinh"):
        assert str(private) not in words
    assert client.get("/q/ABCDEFGHIJKLMNOP").status_code == 404


@pytest.mark.parametrize("proof", ["1234", "1996"])
@pytest.mark.parametrize("spelled", [str, str.lower, lambda code: code.replace("-", " ")])
def test_a_code_opens_with_a_second_fact_however_it_is_spelled(
    client: FlaskClient, services: Services, proof: str, spelled: object
) -> None:
    dossier = sent(services)
    answer = post_form(client, "/lookup", {"code": spelled(dossier.lookup_code), "proof": proof})  # type: ignore[operator]
    assert answer.status_code == 200
    assert str(dossier.code) in text_of(answer)


def test_a_made_up_code_and_a_wrong_second_fact_are_answered_alike(client: FlaskClient, services: Services) -> None:
    dossier = sent(services)
    answers = [
        post_form(client, "/lookup", {"code": code, "proof": proof})
        for code, proof in ((dossier.lookup_code, "0000"), ("7K4-92M", "1996"))
    ]
    assert [a.status_code for a in answers] == [422, 422]
    shown = [re.search(r'class="errors".*?</ul>|Không thấy hồ sơ nào[^<]*', a.text, re.S) for a in answers]
    assert shown[0] and shown[1] and shown[0][0] == shown[1][0]


def test_guessing_the_second_fact_stops_after_a_few_tries(client: FlaskClient, services: Services) -> None:
    dossier = sent(services)
    answers = [post_form(client, "/lookup", {"code": dossier.lookup_code, "proof": f"{n:04d}"}) for n in range(7)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "300"
    assert "Chờ 5 phút" in text_of(answers[-1])
    assert post_form(client, "/lookup", {"code": dossier.lookup_code, "proof": "1996"}).status_code == 429


def test_an_empty_lookup_says_what_to_enter(client: FlaskClient) -> None:
    answer = post_form(client, "/lookup", {"code": "", "proof": ""})
    assert answer.status_code == 422
    assert text_of(answer).count("Chỗ này còn trống") == 4  # in the summary and beside the box


def test_a_refusal_is_shown_as_one_with_its_reason_and_only_to_its_owner(
    client: FlaskClient, services: Services
) -> None:
    with services.database.transaction() as session:
        dossier = factory.sent(session, services.storage, who.person(session))
        case = acting(session, "case", Role.CASE)
        receive_dossier(session, dossier, by=case, version=dossier.version)
        session.flush()
        how = {"version": dossier.version, "decision": "refused", "reason": "Sai nơi nộp"}
        settle_dossier(session, services.storage, dossier, by=case, **how)
        token = dossier.qr_token
    log_in(client)
    assert "Bị từ chối" in text_of(client.get("/dossiers"))
    page = text_of(client.get(f"/dossiers/{dossier.public_id}"))
    assert "Sai nơi nộp" in page
    assert client.get(f"/dossiers/{dossier.public_id}/result").status_code == 404
    stranger = text_of(client.get(f"/q/{token}"))
    assert "từ chối" not in stranger
    assert "Sai nơi nộp" not in stranger
