"""My records: what one has, where it came from, who used it; the file is the person's alone."""

import re

import pytest

from tests import people
from tests.pages import text_of
from tests.webapp.vault.conftest import PAPER
from webapp.core import clock
from webapp.core.actor import Actor, Channel, Role
from webapp.core.files import store_file
from webapp.shell import access
from webapp.vault.carry import BIRTH
from webapp.vault.models import VaultItem
from webapp.vault.queries import records_of
from webapp.vault.records import keep_result
from webapp.vault.reuse import reuse_record

PRIVATE = ("12/2024", "038196001234", "038094005678", "Lê Văn Hùng")


@pytest.fixture
def english(client):
    client.set_cookie("lang", "en")
    return client


@pytest.fixture
def dao_logged_in(english, services):
    return people.log_in_citizen(english, services)


@pytest.fixture
def item(services, dao_logged_in):
    with services.database.session(write=False) as session:
        return records_of(session, dao_logged_in.id)[0]


def acts_as(app, actor):
    access.add_resolver(app, lambda: actor, first=True)


def helper_for(services, person_id):
    with services.database.session(write=False) as session:
        account = people.staff(session, "helper")
    return Actor(
        role=Role.HELPER, roles=frozenset({Role.HELPER}), channel=Channel.ASSISTED, account_id=account.id,
        account_public=account.public_id, person_id=person_id, person_public="p" * 22, mandate_id=1,
        mandate_public="m" * 22, name="Lò Văn Pha", subject_name="Nguyễn Thị Đào",
    )  # fmt: skip


def test_dao_sees_her_marriage_record_with_its_source_and_only_the_end_of_its_number(english, dao_logged_in):
    page = text_of(english.get("/me/records"))
    for words in ("My records", "Marriage certificate", "UBND xã Hoằng Lộc", "15/03/2024", "H56.38.12-240311-0007"):
        assert words in page
    assert "1••••24" in page
    assert "Nobody yet." in page
    assert [secret for secret in PRIVATE if secret in page] == []


def test_a_mother_of_two_sees_which_certificate_is_whose_and_her_helper_only_that_there_are_two(
    app, english, services, dao_logged_in
):
    with services.database.transaction() as session:
        for child in ("Lê Gia Hân", "Lê Minh An"):
            keep_result(
                session, person_id=dao_logged_in.id, result_code=BIRTH, title_vi="Giấy khai sinh",
                title_en="Birth certificate", number=None, issuer="UBND xã Hoằng Lộc", issued_on=clock.today(),
                valid_until=None, file=store_file(session, services.storage, PAPER, "giay.pdf"), source_dossier=None,
                source_code=None, data={"child_name": child},
            )  # fmt: skip
    page = text_of(english.get("/me/records"))
    assert "About whom Lê Gia Hân" in page and "About whom Lê Minh An" in page
    acts_as(app, helper_for(services, dao_logged_in.id))
    page = text_of(english.get("/me/records"))
    assert page.count("Birth certificate") == 2 and "Lê Gia Hân" not in page


def test_she_sees_when_it_was_used_and_by_whom(english, services, dao_logged_in, item):
    with services.database.transaction() as session:
        mine = session.get(VaultItem, item.id)
        me = people.as_citizen(session, people.person(session))
        reuse_record(session, item=mine, dossier_public="d" * 22, document_key="a", by=me)
        reuse_record(
            session, item=mine, dossier_public="e" * 22, document_key="a", by=helper_for(services, me.person_id)
        )
    page = english.get("/me/records")
    assert "Lò Văn Pha, who helped you" in text_of(page)
    assert ": you." in text_of(page)
    assert b'href="/dossiers/dddddddddddddddddddddd"' in page.data


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_records(
    english, services, dao_logged_in, count_queries
):
    with count_queries() as few:
        english.get("/me/records")
    with services.database.transaction() as session:
        for number in range(12):
            file = store_file(session, services.storage, PAPER, "a.pdf")
            keep_result(
                session, person_id=dao_logged_in.id, result_code="KQ.G15.000031", title_vi="Giấy khai sinh",
                title_en="Birth certificate", number=str(number), issuer="UBND xã Hoằng Lộc",
                issued_on=clock.today(), valid_until=None, file=file, source_dossier=None, source_code=None, data={},
            )  # fmt: skip
    with count_queries() as many:
        english.get("/me/records")
    assert len(many) == len(few) <= 4


def test_a_withdrawn_and_an_ended_record_say_so(english, services, dao_logged_in, item):
    with services.database.transaction() as session:
        session.get(VaultItem, item.id).revoked_at = clock.now()
    assert "Withdrawn by the office" in text_of(english.get("/me/records"))
    with services.database.transaction() as session:
        mine = session.get(VaultItem, item.id)
        mine.revoked_at, mine.valid_until = None, clock.today().replace(year=2025)
    assert "Ended on" in text_of(english.get("/me/records"))


def test_somebody_without_records_is_told_how_they_come(english, services):
    with services.database.transaction() as session:
        account = people.citizen(session, "Hà Văn Nam", "038090001111")
    people.log_in(english, services, account)
    page = text_of(english.get("/me/records"))
    assert "There is no record yet" in page
    assert "its result is kept here by itself" in page


def test_in_vietnamese_the_page_is_called_giay_to_cua_toi(client, services):
    people.log_in_citizen(client, services)
    page = text_of(client.get("/me/records"))
    for words in (
        "Giấy tờ của tôi",
        "Giấy chứng nhận kết hôn",
        "Nơi cấp",
        "Dùng được, không có hạn",
        "Tải giấy này về",
    ):
        assert words in page


def test_dao_downloads_her_paper_and_the_browser_may_do_nothing_with_it(english, dao_logged_in, item):
    answer = english.get(f"/me/records/{item.public_id}/file")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=giay-chung-nhan-ket-hon.pdf"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_paper_that_was_changed_on_the_disk_is_not_handed_out(english, services, dao_logged_in, item):
    for path in services.storage.place.folder.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    answer = english.get(f"/me/records/{item.public_id}/file")
    assert answer.status_code == 503
    assert "cannot be opened at this moment" in text_of(answer)


def test_the_paper_of_somebody_else_is_answered_like_a_made_up_address(english, services, item):
    with services.database.transaction() as session:
        account = people.citizen(session, "Hà Văn Nam", "038090001111")
    people.log_in(english, services, account)
    theirs = english.get(f"/me/records/{item.public_id}/file")
    made_up = english.get("/me/records/AAAAAAAAAAAAAAAAAAAAAA/file")
    assert theirs.status_code == made_up.status_code == 404
    told = [re.sub(r"[0-9a-f]{12}", "", text_of(answer)) for answer in (theirs, made_up)]
    assert told[0] == told[1]


def test_whoever_is_not_logged_in_is_sent_to_the_log_in(client):
    for path in ("/me/records", "/me/records/AAAAAAAAAAAAAAAAAAAAAA/file"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/login?next=%2Fme%2Frecords")


def test_a_helper_in_a_session_sees_what_there_is_and_cannot_open_it(app, english, services):
    with services.database.session(write=False) as session:
        dao = people.person(session)
        record = records_of(session, dao.id)[0]
    acts_as(app, helper_for(services, dao.id))
    page = english.get("/me/records")
    assert "Marriage certificate" in text_of(page)
    assert b"Download the file" not in page.data
    assert b'href="/me"' not in page.data  # a page of the person alone
    assert "Only the person can open the file" in text_of(page)
    assert english.get(f"/me/records/{record.public_id}/file").status_code == 403


def test_a_helper_without_a_session_is_shown_the_way_to_begin_one(english, services):
    people.log_in_staff(english, services, "helper")
    answer = english.get("/me/records")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/assisted")


@pytest.mark.parametrize("username", ["officer", "case", "manager"])
def test_the_desk_has_no_way_into_peoples_records_here(english, services, username):
    people.log_in_staff(english, services, username)
    assert english.get("/me/records").status_code == 403
