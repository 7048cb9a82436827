"""Whoever asks for what is held about them gets all of it, and nothing of anybody else."""

import json
import re
from contextlib import contextmanager

import brotli
import pytest
from sqlalchemy import event, select, update

from assisted import cards, mine
from assisted.models import HelperSession
from notifications.models import Message
from tests import people
from tests.factories import dossiers
from tests.factories.states import as_staff, bring
from tests.operations.conftest import made
from webapp.accounts import mandates
from webapp.accounts.models import LoginSession, Mandate
from webapp.core import clock, own_copy, worker
from webapp.core.audit import AuditEntry
from webapp.core.db import Base
from webapp.core.files import INFECTED, StoredFile, store_file
from webapp.core.ids import new_public_id
from webapp.counter.models import CounterVisit
from webapp.dossiers.draft_check import send_draft
from webapp.dossiers.models import Dossier, DossierOpening
from webapp.dossiers.rate import rate_dossier
from webapp.identity.models import NationalIdentity
from webapp.vault.models import VaultItem
from webapp.vault.reuse import reuse_record

WORDS, OBJECTION, OFFICERS_OWN = "Nhanh và tử tế.", "Tôi không đồng ý nộp.", "Ghi riêng của cán bộ"
HUNG, HUNG_ID = "Lê Văn Hùng Khác", "038090007777"
SUBJECT = "b" * 64


def copy_of(app, citizen_id=people.DAO_ID, language="vi"):
    """As the button on the page brings it."""
    client = app.test_client()
    people.log_in_citizen(client, made(app), citizen_id)
    client.set_cookie("lang", language)
    answer = client.get("/me/data.json", buffered=True)
    assert answer.status_code == 200
    return json.loads(answer.get_data(as_text=True)), answer


@contextmanager
def statements(app):
    """What the database is asked meanwhile."""
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(made(app).database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(made(app).database.engine, "before_cursor_execute", note)


def a_helpers_visit(session, dao, dossier):
    """Pha helped her, and she said afterwards that it was not right; at the counter an officer typed for her."""
    for username, kind in (("helper", mandates.CARD_PIN), ("officer", mandates.AT_COUNTER)):
        by, now = as_staff(session, username), clock.now()
        mandate = mandates.grant_mandate(
            session, person_id=dao.id, helper=by, evidence_kind=kind, evidence_id=new_public_id(),
            text_version="2026-11",
        )  # fmt: skip
        log_in = LoginSession(
            token_digest=new_public_id(), account_id=by.account_id, assurance="none", created_at=now, expires_at=now
        )
        session.add(log_in)
        session.flush()
        times = {"person_id": dao.id, "mandate_id": mandate.id, "started_at": now, "expires_at": now, "ended_at": now}
        if kind == mandates.AT_COUNTER:
            visit = CounterVisit(officer_id=by.account_id, dossier_id=dossier.id, **times)
        else:
            visit = HelperSession(helper_id=by.account_id, **times)
        visit.login_session_id = log_in.id
        session.add(visit)
        session.flush()
        if kind == mandates.CARD_PIN:
            dossier.mandate_id = mandate.id
            mine.object_to(session, visit, OBJECTION, by=people.as_citizen(session, dao))
    cards.issue_card(session, dao, "2468", by=as_staff(session, "helper"))


def everything(app):
    """Đào has something of everything; Hùng has the same, so that his could be mistaken for hers."""
    services = made(app)
    with app.app_context(), services.database.transaction() as session:
        dao = people.person(session)
        hung = dossiers.citizen(session, HUNG, HUNG_ID)
        for who in (dao, hung):
            by = people.as_citizen(session, who)
            over = bring(session, services.storage, "handed over", who)
            rate_dossier(session, over, by=by, choice="satisfied", words=f"{WORDS} {who.full_name}")
            bring(session, services.storage, "to be paid in work", who)
            asked = bring(session, services.storage, "asked in work", who)
            opening = DossierOpening(
                dossier_id=asked.id, account_id=people.staff(session, "case").id, at=clock.now(), until=clock.now(),
                reason="complaint",
            )  # fmt: skip
            opening.words = OFFICERS_OWN
            session.add(opening)
            draft = dossiers.ready(session, services.storage, by)
            a_result_to_look_through(session, services, who)
            a_record(session, services, who, draft, by)
            a_helpers_visit(session, who, draft)
            an_identity(session, who)
    worker.drain(services.database)


def a_result_to_look_through(session, services, who):
    work = bring(session, services.storage, "processing", who)
    by = as_staff(session, "case")
    send_draft(session, services.storage, work, by=by, version=work.version, text=f"Con của {who.full_name}")


def a_record(session, services, who, draft, by):
    file = store_file(session, services.storage, dossiers.photo(), "giay.jpg")
    session.flush()
    item = VaultItem(
        person_id=who.id, result_code="KQ.G15.000031", title_vi="Giấy khai sinh", title_en="Birth certificate",
        issuer="UBND xã", issued_on=clock.today(), file_id=file.id, file_sha256=file.sha256, created_at=clock.now(),
    )  # fmt: skip
    item.number = f"77/{who.id}"
    session.add(item)
    session.flush()
    reuse_record(session, item=item, dossier_public=draft.public_id, document_key="birth_proof", by=by)


def an_identity(session, who):
    now = clock.now()
    row = NationalIdentity(
        person_id=who.id, issuer="https://vneid.example", subject_index=f"{who.id}{SUBJECT}"[:64], level=2,
        linked_at=now, used_at=now,
    )  # fmt: skip
    row.claims = {"citizen_id": who.citizen_id, "full_name": who.full_name, "sub": "geheim-sub"}
    session.add(row)


# ----------------------------------------------------------------------------------------------- all of it


def test_dao_finds_in_her_copy_all_that_is_held_about_her(either):
    everything(either)
    copy, answer = copy_of(either)
    assert (copy["format"], copy["version"], copy["language"]) == (own_copy.FORMAT, own_copy.VERSION, "vi")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="mot-cua-{clock.today():%Y-%m-%d}.json"'
    assert "Nguyễn Thị Đào" in answer.get_data(as_text=True), "as people read it, not as \\u1ec5"
    assert copy["person"]["personal_number"] == people.DAO_ID
    assert sorted(d["state"] for d in copy["dossiers"]) == [
        "handed_over", "payment_due", "processing", "supplement_requested"
    ]  # fmt: skip
    (draft,) = copy["drafts"]
    assert draft["answers"] and draft["papers"][0]["files"][0]["name"] == "giay.jpg"
    assert {r["number"] for r in copy["records"]} >= {"12/2024"}
    assert [use["dossier"] for record in copy["records"] for use in record["uses"]] == [draft["id"]]
    assert copy["identities"]["links"][0]["said"]["citizen_id"] == people.DAO_ID
    assert len(copy["consents"]) == 2 and copy["access_cards"] and copy["log_ins"]["log_ins"]
    assert {m["channel"] for m in copy["messages"]} == {"sms", "inbox"}


def test_a_dossier_comes_with_its_steps_its_money_what_was_asked_and_what_she_said_of_it(either):
    everything(either)
    by_state = {d["state"]: d for d in copy_of(either)[0]["dossiers"]}
    over = by_state["handed_over"]
    assert [s["step"] for s in over["steps"]] == ["submit", "receive", "process", "settle", "hand_over"]
    assert over["steps"][3]["reason"] == "Đã đăng ký nơi khác."
    assert over["rating"]["choice"] == "satisfied" and over["rating"]["your_words"].startswith(WORDS)
    assert over["receipts"][0]["received"]["papers"] and over["result"]["decision"] == "refused"
    assert {a["key"]: a["answer"] for a in over["answers"]}["child_name"] == "Nguyễn Văn Nam"
    assert by_state["payment_due"]["money"][0]["amount"] == 50_000
    assert by_state["supplement_requested"]["asked_for"][0]["items"][0]["words"] == "Chụp lại số seri."
    assert by_state["supplement_requested"]["papers_from_the_office"][0]["form"] == "02"
    assert by_state["processing"]["drafts_of_the_result"][0]["text"] == "Con của Nguyễn Thị Đào"
    assert by_state["supplement_requested"]["opened_by"][0]["officer"] == "Trần Quốc Việt", "as on her page"


def test_who_acted_for_her_is_named_with_what_they_did_and_what_she_said_about_it(either):
    everything(either)
    copy, _answer = copy_of(either)
    (visit,) = copy["helpers"]
    assert (visit["helper"], visit["your_words"]) == ("Lò Văn Pha", OBJECTION)
    assert [(one["dossier"], one["act"]) for one in visit["done"]] == [(copy["drafts"][0]["id"], "begin")]
    assert [one["officer"] for one in copy["counter_visits"]] == ["Lê Thị Mai"]


def test_each_file_can_be_fetched_from_the_address_beside_it_and_is_what_the_copy_says(either):
    everything(either)
    copy, _answer = copy_of(either)
    client = either.test_client()
    people.log_in_citizen(client, made(either))
    found = re.findall(r'"download": "http://localhost(/[^"]+)"', json.dumps(copy))
    assert {re.sub(r"/[\w-]{22}", "/…", path) for path in found} == {
        "/dossiers/…/files/…", "/dossiers/…/papers/02.pdf", "/me/records/…/file",
    }  # fmt: skip
    assert [path for path in found if client.get(path, buffered=True).status_code != 200] == []


def test_a_file_with_a_virus_is_named_and_has_no_address(either):
    everything(either)
    with made(either).database.transaction() as session:
        session.execute(update(StoredFile).values(state=INFECTED))
    (draft,) = copy_of(either)[0]["drafts"]
    assert [(f["state"], f["download"]) for f in draft["papers"][0]["files"]] == [(INFECTED, None)]


def test_who_reads_english_gets_the_words_in_english_under_the_same_keys(either):
    everything(either)
    copies = [copy_of(either, language=language)[0] for language in ("vi", "en")]
    vi, en = (copy["dossiers"][0] for copy in copies)
    assert vi.keys() == en.keys()
    assert (vi["steps"][0]["step"], en["steps"][0]["step"]) == ("submit", "submit")
    assert en["steps"][0]["words"].startswith("Sent") and not vi["steps"][0]["words"].startswith("Sent")


def test_a_slow_line_carries_it_packed_and_it_is_the_same(either):
    everything(either)
    copy, plain = copy_of(either)
    client = either.test_client()
    people.log_in_citizen(client, made(either))
    packed = client.get("/me/data.json", headers={"Accept-Encoding": "br"}, buffered=True)
    assert (packed.headers["Content-Encoding"], "Content-Encoding" in plain.headers) == ("br", False)
    assert len(packed.data) == packed.content_length < plain.content_length / 5
    again = json.loads(brotli.decompress(packed.data))
    assert again["dossiers"] == copy["dossiers"]


# ------------------------------------------------------------------------------------- nothing of others


def test_nothing_of_anybody_else_and_nothing_that_opens_a_door_is_in_it(either):
    everything(either)
    whole = copy_of(either)[1].get_data(as_text=True)
    with made(either).database.session(write=False) as session:
        theirs = people.person(session, HUNG_ID).id
        ids = session.scalars(select(Dossier.public_id).where(Dossier.person_id == theirs)).all()
        ids += session.scalars(select(VaultItem.public_id).where(VaultItem.person_id == theirs)).all()
        ids += session.scalars(select(Mandate.public_id).where(Mandate.person_id == theirs)).all()
        ids += filter(None, session.scalars(select(Dossier.code).where(Dossier.person_id == theirs)))
        secrets = [str(value) for value in door_openers(session)]
    assert len(ids) > 10 and len(secrets) > 10
    assert [word for word in (HUNG, HUNG_ID, *ids, *secrets, OFFICERS_OWN, "geheim-sub") if word in whole] == []


def door_openers(session):
    """Every digest, hash of a secret, token and blind index that stands in the tables."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if re.search(r"digest|_hash$|_index$|^token$|totp|alarm|evidence_id", column.key) and (
                table.name not in ("procedure_revisions", "audit_entries")
            ):
                yield from filter(None, session.scalars(select(column)))
    for dossier in session.scalars(select(Dossier).where(Dossier.qr_digest.is_not(None))):
        yield dossier.qr_token


def test_texts_that_bring_a_code_keep_it_to_themselves(either):
    with either.app_context(), made(either).database.transaction() as session:
        dao = people.person(session)
        for kind in ("new_device", "phone_changed", "answer", "submitted"):
            row = Message(
                dedupe_key=kind, person_id=dao.id, kind=kind, channel="sms", state="sent", created_at=clock.now()
            )
            row.to, row.body = "+84912000001", {"text": f"go ma 4711 {kind}"}
            session.add(row)
    said = {m["about"]: m["text"] for m in copy_of(either)[0]["messages"]}
    assert said == {"new_device": None, "phone_changed": None, "answer": None, "submitted": "go ma 4711 submitted"}


@pytest.mark.parametrize("username", ["helper", "officer", "manager", "admin"])
def test_nobody_of_the_staff_can_take_a_copy_of_anybody(either, username):
    client = either.test_client()
    people.log_in_staff(client, made(either), username)
    assert client.get("/me/data.json").status_code in (303, 403)
    assert client.get("/me/data.json").headers.get("Content-Disposition") is None


def test_that_it_was_taken_stands_in_the_journal(either):
    copy_of(either)
    with made(either).database.session(write=False) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person:copy")).one()
        assert (entry.object, entry.detail) == (people.person(session).public_id, {})


# ------------------------------------------------------------------------------- much, and nothing forgotten


def test_sixty_dossiers_are_asked_for_with_as_many_questions_as_three(either):
    def add(count):
        with either.app_context(), made(either).database.transaction() as session:
            dao = people.person(session)
            one = session.scalars(select(Dossier).where(Dossier.person_id == dao.id, Dossier.code.is_not(None)))
            dossiers.copies(session, one.first(), count)

    everything(either)
    copy_of(either)
    with statements(either) as few:
        copy_of(either)
    add(60)
    with statements(either) as many:
        copy, _answer = copy_of(either)
    assert (len(copy["dossiers"]), len(many)) == (64, len(few))


def test_more_than_one_chunk_is_all_there_in_order(either, monkeypatch):
    everything(either)
    before = copy_of(either)[0]
    monkeypatch.setattr(own_copy, "CHUNK", 2)
    after = copy_of(either)[0]
    for name in ("dossiers", "drafts", "messages", "consents", "records"):
        assert after[name] == before[name] and (name == "drafts" or len(after[name]) >= 2)


# Tables that say something of a person, an account or a dossier and are in no copy → why.
NOT_COPIED = {
    "api_tokens": "staff: which administrator gave it to which system",
    "approvals": "staff: what administrators do in their work",
    "calendar_changes": "staff",
    "oidc_attempts": "a way to VNeID that was begun: ten minutes, gone after a day; what came of it is in the copy",
    "kept_forms": "typed when a log-in had ended: for an hour, and given back to that very browser",
    "kiosks": "staff: who made a browser the screen of an office",
    "person_tokens": "keyed digests of the words of the name, which is in the copy",
    "recovery_codes": "staff",
    "staff_invitations": "staff",
}
# The same, by a public id instead of a key.
NOT_COPIED_EITHER = {
    "audit_entries": "the journal: a chain that shows it was not changed; each act stands with what was acted on",
    "code_challenges": "one-time codes, by the phone they went to: gone after a day",
    "counted_facts": "what the public boards count; it is counted from the history, which is in the copy",
    "demo_texts": "the trial's own phone",
    "dossier_words": "the beginnings of keyed digests of the words of the name",
    "erasures": "that somebody was forgotten: nobody is left to ask",
    "procedure_proposals": "staff: a text that an administrator works on",
    "work_times": "how long offices work, counted from the history",
}
PEOPLE = {"people", "accounts", "dossiers"}
NAMED = re.compile(
    r"(person|dossier|actor|mandate|account|owner|by|stored_by|helper)(_id|_public)?|(phone|number)_index"
)


def pointing(at):
    """Every table from which keys lead to one of these, over however many others."""
    found = set(at)
    while True:
        more = {
            table.name
            for table in Base.metadata.sorted_tables
            for key in table.foreign_keys
            if key.column.table.name in found
        }
        if more <= found:
            return found
        found |= more


def read_for_a_copy(app):
    """The tables that are looked into for somebody who has something of everything."""
    everything(app)
    copy_of(app)
    with app.app_context(), made(app).database.look() as session:
        who = people.person(session).id
        with app.test_request_context(), statements(app) as seen:
            b"".join(own_copy.written(session, who))
    return set(re.findall(r"(?:FROM|JOIN) (\w+)", " ".join(seen)))


def test_no_table_that_says_something_of_a_person_is_forgotten(app):
    """A new table is in somebody's copy, or stands above with the reason why not."""
    read = read_for_a_copy(app)
    by_key = pointing(PEOPLE)
    by_name = {t.name for t in Base.metadata.sorted_tables if any(NAMED.fullmatch(c.key) for c in t.columns)} - by_key
    assert by_key - read == set(NOT_COPIED) & by_key, "read it for the copy, or say above why it is not in it"
    assert by_name - read == set(NOT_COPIED_EITHER) & by_name
    assert (set(NOT_COPIED) - by_key, set(NOT_COPIED_EITHER) - by_name) == (set(), set()), "no such table any more"


def test_every_part_says_to_people_what_it_is(app, client):
    people.log_in_citizen(client, made(app))
    client.set_cookie("lang", "en")
    page = client.get("/me/data").get_data(as_text=True)
    assert [one.name for one in own_copy.parts() if one.says not in page] == []
    assert "Take along everything we hold about you" in page
