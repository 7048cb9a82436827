"""People see and correct what is held about them, and take it along."""

import json

from sqlalchemy import select

from tests.pages import form_of, log_in, post_form, text_of
from webapp.accounts import people
from webapp.core.audit import AuditEntry

NEW = {
    "residence_province": "38",
    "residence_commune": "ba thuoc",
    "residence_line": "Phố Vận Tải",
    "email": "dao@example.vn",
    "sex": "nu",
    "ethnicity": "Mường",
}


def profile(services):
    with services.database.session(write=False) as session:
        return people.find_by_citizen_id(session, "038196001234").profile


def test_daos_page_shows_who_she_is_and_hides_the_middle_of_her_number(client):
    log_in(client)
    page = client.get("/me")
    assert "038196001234" not in page.text
    for shown in ("Nguyễn Thị Đào", "0381••••••34", "0912 000 001", "14/05/1996", "Thôn Đình Nam, Xã Hoằng Lộc"):
        assert shown in text_of(page)
    assert 'href="/me/records"' in page.text


def test_dao_moves_and_her_next_dossiers_know_it(client, services):
    log_in(client)
    shown = client.get("/me/settings").text
    assert 'value="Xã Hoằng Lộc"' in shown
    assert post_form(client, "/me/settings", NEW).location == "/me"
    held = profile(services)
    assert held["residence"] == {"province": "38", "commune": "Xã Bá Thước", "line": "Phố Vận Tải"}
    assert (held["email"], held["ethnicity"]) == ("dao@example.vn", "Mường")
    assert held["id_type"] == "can_cuoc", "what the form does not ask stays"
    with services.database.session(write=False) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "profile:change")).one()
        assert entry.detail == {"fields": ["residence", "email", "ethnicity"]}


def test_an_answer_that_cannot_be_is_named_and_nothing_is_changed(client, services):
    log_in(client)
    before = profile(services)
    answer = post_form(client, "/me/settings", {**NEW, "email": "not an address"})
    assert answer.status_code == 422
    assert 'value="not an address"' in answer.text
    assert profile(services) == before


def test_name_number_and_phone_cannot_be_slipped_in(client, services):
    log_in(client)
    post_form(client, "/me/settings", {**NEW, "full_name": "X", "citizen_id": "1", "id_type": "x", "nationality": "x"})
    assert profile(services)["id_type"] == "can_cuoc"
    assert "Nguyễn Thị Đào" in text_of(client.get("/me"))


def test_dao_takes_a_copy_of_her_data_along(client):
    log_in(client)
    shown = text_of(client.get("/me/data"))
    assert "038196001234" in shown, "her own number, on the page about her own data"
    answer = client.get("/me/data.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    copy = json.loads(answer.text)
    assert copy["person"]["full_name"] == "Nguyễn Thị Đào"
    assert copy["person"]["personal_number"] == "038196001234"
    assert [phone["number"] for phone in copy["phones"]["numbers"]] == ["+84912000001"]
    assert copy["person"]["profile"]["residence"]["commune"] == "Xã Hoằng Lộc"


def test_a_copied_form_of_another_log_in_is_refused_and_kept(client, app):
    log_in(client)
    fields = form_of(client, "/me/settings")["hidden"]
    other = app.test_client()
    log_in(other)
    answer = other.post("/me/settings", data={**fields, **NEW})
    assert answer.status_code == 403
    assert "Phố Vận Tải" in answer.text


def test_help_privacy_and_accessibility_are_for_everybody(client):
    for path in ("/help", "/privacy", "/accessibility"):
        for language in ("vi", "en"):
            client.set_cookie("lang", language)
            answer = client.get(path)
            assert answer.status_code == 200
            assert "<h1>" in answer.text
            assert "Set-Cookie" not in answer.headers, "reading leaves no trace"


def test_whoever_starts_the_demo_is_told_whom_to_be(app):
    result = app.test_cli_runner().invoke(args=["demo-people"])
    assert result.exit_code == 0, result.exception
    told = result.output
    for word in ("http://localhost", "0912 000 001", "/demo/phone", "7F2-Q8M", "officer2", "mot-cua-demo-2026"):
        assert word in told
