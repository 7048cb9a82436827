"""Results become records of their owner, and are offered only to them."""

from datetime import date, timedelta

from sqlalchemy import func, select

from webapp.core import clock
from webapp.core.audit import AuditEntry, verify
from webapp.core.fields import FieldSpec
from webapp.core.files import StoredFile, read_file
from webapp.core.outbox import OutboxEvent
from webapp.core.text import Text
from webapp.dossiers.prefill import from_records
from webapp.vault.carry import BIRTH, MARRIAGE, carried
from webapp.vault.models import VaultItem
from webapp.vault.queries import is_valid, record_of, records_of
from webapp.vault.reuse import offers, prefill_from


def test_dao_has_the_marriage_record_of_the_demo_with_a_paper_that_says_it_is_a_demo(session, services, dao):
    (item,) = records_of(session, dao.person_id)
    assert (item.result_code, item.number, item.issued_on) == (MARRIAGE, "12/2024", date(2024, 3, 15))
    assert item.issuer == "UBND xã Hoằng Lộc"
    stored = session.get(StoredFile, item.file_id)
    paper = read_file(services.storage, stored)
    assert paper.startswith(b"%PDF-")
    assert stored.sha256 == item.file_sha256


def test_a_kept_result_is_sealed_in_the_table(session, dao, keep):
    item = keep(dao.person_id, number="77/2026", data={"mother_name": "Nguyễn Thị Đào"})
    session.expire_all()
    row = session.execute(select(VaultItem.number_sealed, VaultItem.data_sealed).where(VaultItem.id == item.id)).one()
    assert b"77/2026" not in row.number_sealed
    assert "Đào".encode() not in row.data_sealed
    assert (item.number, item.data) == ("77/2026", {"mother_name": "Nguyễn Thị Đào"})


def test_keeping_is_written_in_the_journal_and_told_without_a_word_about_the_person(session, dao, keep):
    item = keep(dao.person_id, number="77/2026", source_dossier="d" * 22)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.object == item.public_id)).one()
    assert (entry.action, entry.detail["result"]) == ("vault:keep", MARRIAGE)
    event = session.scalars(select(OutboxEvent).where(OutboxEvent.type == "RecordKept")).all()[-1]
    assert event.payload == {"record": item.public_id}
    assert "77/2026" not in str(entry.detail)
    assert verify(session)[1] == []


def test_settling_the_same_dossier_again_finds_the_record_that_is_there(session, dao, keep):
    first = keep(dao.person_id, source_dossier="d" * 22)
    again = keep(dao.person_id, source_dossier="d" * 22)
    assert again.id == first.id
    assert session.scalar(select(func.count()).where(VaultItem.source_dossier == "d" * 22)) == 1


def test_the_newest_record_of_each_type_is_offered_the_newest_of_all_first(session, dao, keep):
    keep(dao.person_id, number="old", issued_on=date(2020, 1, 1))
    newest = keep(dao.person_id, number="new", issued_on=date(2026, 1, 1))
    birth = keep(dao.person_id, result_code=BIRTH)
    assert offers(session, dao.person_id, [BIRTH, MARRIAGE, "KQ.G99.000001", BIRTH]) == [newest, birth]


def test_a_mother_of_two_is_offered_the_newest_certificate_of_each_child(session, dao, keep):
    keep(dao.person_id, result_code=BIRTH, issued_on=date(2020, 1, 1), data={"child_name": "Lê Gia Hân"})
    an = keep(dao.person_id, result_code=BIRTH, issued_on=date(2022, 1, 1), data={"child_name": "Lê Minh An"})
    han = keep(dao.person_id, result_code=BIRTH, issued_on=date(2024, 1, 1), data={"child_name": "Lê Gia Hân"})
    assert offers(session, dao.person_id, [BIRTH]) == [han, an]
    assert [item.about for item in (han, an)] == ["Lê Gia Hân", "Lê Minh An"]


def test_a_form_is_filled_in_from_one_childs_certificate_never_from_two(session, dao, keep):
    keep(dao.person_id, result_code=BIRTH, issued_on=date(2020, 1, 1),
         data={"child_name": "Lê Minh An", "child_sex": "nam"})  # fmt: skip
    keep(dao.person_id, result_code=BIRTH, issued_on=date(2024, 1, 1), data={"child_name": "Lê Gia Hân"})
    fields = [FieldSpec(key, "text", Text(key)) for key in ("child_name", "child_sex")]
    found = from_records(fields, offers(session, dao.person_id, [BIRTH]))
    assert {key: value for key, (value, _source) in found.items()} == {"child_name": "Lê Gia Hân"}


def test_two_papers_of_one_day_the_later_kept_one_counts(session, dao, keep):
    keep(dao.person_id, issued_on=date(2026, 1, 1))
    later = keep(dao.person_id, issued_on=date(2026, 1, 1))
    assert offers(session, dao.person_id, [MARRIAGE]) == [later]


def test_a_withdrawn_newer_paper_gives_way_to_the_older_one(session, dao, keep):
    newer = keep(dao.person_id, issued_on=date(2026, 1, 1))
    newer.revoked_at = clock.now()
    session.flush()
    assert [i.number for i in offers(session, dao.person_id, [MARRIAGE])] == ["12/2024"]


def test_a_paper_is_good_on_its_last_day_and_not_on_the_day_after(session, dao, keep):
    today = clock.today()
    last_day = keep(dao.person_id, result_code=BIRTH, valid_until=today)
    assert is_valid(last_day)
    assert offers(session, dao.person_id, [BIRTH]) == [last_day]
    last_day.valid_until = today - timedelta(days=1)
    session.flush()
    assert not is_valid(last_day)
    assert offers(session, dao.person_id, [BIRTH]) == []


def test_nobody_is_offered_or_shown_the_record_of_somebody_else(session, dao, stranger, keep):
    theirs = keep(stranger.person_id, result_code=BIRTH)
    assert offers(session, dao.person_id, [BIRTH]) == []
    assert record_of(session, dao.person_id, theirs.public_id) is None
    assert record_of(session, None, theirs.public_id) is None
    assert record_of(session, stranger.person_id, theirs.public_id) is theirs


def test_asking_for_no_type_asks_the_database_nothing(session, dao):
    assert offers(session, dao.person_id, []) == []


def test_the_marriage_record_answers_who_the_mother_and_the_father_are(session, dao):
    answers = prefill_from(offers(session, dao.person_id, [MARRIAGE]))
    assert answers["mother_name"][0] == "Nguyễn Thị Đào"
    assert answers["mother_dob"][0] == "1996-05-14"
    assert answers["mother_id_no"][0] == "038196001234"
    assert answers["father_name"][0] == "Lê Văn Hùng"
    assert answers["father_id_no"][0] == "038094005678"
    assert answers["mother_residence"][0] == {"province": "38", "commune": "Xã Hoằng Lộc", "line": "Thôn Đình Nam"}
    assert answers["paper_ref"][0] == "12/2024"
    source = answers["father_name"][1]
    assert source.params["title"] == {"vi": "Giấy chứng nhận kết hôn", "en": "Marriage certificate"}


def test_of_two_papers_the_newer_answers_and_an_ended_one_says_nothing(dao, keep):
    older = keep(dao.person_id, issued_on=date(2020, 1, 1), data={"child_name": "Lê Minh An", "child_sex": "nam"})
    newer = keep(dao.person_id, issued_on=date(2026, 1, 1), data={"child_name": "Lê Minh Anh"})
    ended = keep(dao.person_id, issued_on=date(2026, 2, 1), valid_until=date(2026, 3, 1), data={"child_name": "?"})
    answers = prefill_from([older, ended, newer])
    assert (answers["child_name"][0], answers["child_sex"][0]) == ("Lê Minh Anh", "nam")


def test_a_marriage_form_carries_wife_and_husband_as_mother_and_father_and_nothing_private():
    form = {
        "wife_name": "Lò Thị Hương", "husband_dob": "1990", "wife_id_no": "", "applicant_phone": "+84912000001",
        "wife_status": "doc_than", "pledge": "yes", "husband_residence": {},
    }  # fmt: skip
    assert carried(MARRIAGE, form) == {"mother_name": "Lò Thị Hương", "father_dob": "1990"}


def test_a_result_of_an_unknown_type_carries_nothing():
    assert carried("KQ.G99.000001", {"wife_name": "Lò Thị Hương"}) == {}
