"""Whoever is logged in by phone links VNeID, sees where their data come from, and takes it away again."""

import pytest
from sqlalchemy import select

from tests import people as who
from tests.pages import log_in, log_out, post_form, text_of
from tests.webapp.identity import vneid
from webapp.accounts import people
from webapp.identity.models import NationalIdentity


def test_she_links_vneid_and_comes_in_with_it_the_next_time(client, services):
    log_in(client)
    assert "Từ VNeID" not in text_of(client.get("/me"))
    assert vneid.link(client, vneid.DAO).headers["Location"] == "/me/identity"
    assert "VNeID, mức 2" in text_of(client.get("/me/identity"))
    assert text_of(client.get("/me")).count("Từ VNeID") == 3
    log_out(client)
    assert vneid.log_in(client, vneid.DAO).headers["Location"] == "/me"
    assert "Nguyễn Thị Đào" in text_of(client.get("/me"))


def test_the_settings_lead_there(client):
    log_in(client)
    assert 'href="/me/identity"' in client.get("/me/settings").text


def test_she_takes_it_away_and_the_phone_still_opens_her_account(client, services):
    log_in(client)
    vneid.link(client, vneid.DAO)
    with services.database.session(write=False) as session:
        public_id = session.scalars(select(NationalIdentity.public_id)).one()
    assert post_form(client, "/me/identity", action=f"/me/identity/{public_id}/unlink").status_code == 303
    assert "VNeID, mức 2" not in text_of(client.get("/me/identity"))
    log_out(client)
    assert vneid.log_in(client, vneid.DAO).headers["Location"] == "/login/vneid/confirm"


def test_the_only_way_in_cannot_be_taken_away(client, services):
    vneid.log_in(client, vneid.TU)
    with services.database.session(write=False) as session:
        public_id = session.scalars(select(NationalIdentity.public_id)).one()
    answer = post_form(client, "/me/identity", action=f"/me/identity/{public_id}/unlink")
    assert answer.status_code == 409
    assert "lối vào duy nhất" in text_of(answer)


def test_nobody_takes_somebody_elses_vneid_away(app, client, services):
    vneid.log_in(client, vneid.TU)
    with services.database.session(write=False) as session:
        public_id = session.scalars(select(NationalIdentity.public_id)).one()
    other = app.test_client()
    log_in(other)
    hidden = vneid.read(other.get("/me/identity").text).forms[0]["hidden"]
    theirs = other.post(f"/me/identity/{public_id}/unlink", data=hidden)
    made_up = other.post(f"/me/identity/{'x' * 22}/unlink", data=hidden)
    assert (theirs.status_code, made_up.status_code) == (404, 404)


@pytest.mark.parametrize("person", [vneid.TU, vneid.NHAN, vneid.SEN])
def test_her_husbands_or_her_mothers_vneid_is_not_linked_to_her_account(client, services, person):
    """Families share phones and browsers; two people must never become one."""
    log_in(client)
    answer = vneid.link(client, person)
    assert answer.status_code == 409
    with services.database.session(write=False) as session:
        assert session.scalars(select(NationalIdentity)).all() == []
        assert who.person(session).full_name == "Nguyễn Thị Đào"


def test_a_slip_in_the_number_is_mended_by_vneid(client, services):
    with services.database.transaction() as session:
        made = who.citizen(session, "Hoàng văn Tú", "038090007787")
        person = session.get_one(people.Person, made.person_id)
        person.birth_date = "1990-03-02"
    who.log_in(client, services, made)
    assert vneid.link(client, vneid.TU).headers["Location"] == "/me/identity"
    assert "được sửa theo VNeID" in text_of(client.get("/me/identity"))
    with services.database.session(write=False) as session:
        mended = who.person(session, "038090007788")
        assert (mended.id, mended.full_name) == (made.person_id, "Hoàng văn Tú")
        assert people.find_by_citizen_id(session, "038090007787") is None


def test_a_number_that_an_office_saw_is_not_overruled(client, services):
    with services.database.transaction() as session:
        made = who.citizen(session, "Hoàng Văn Tú", "038090007787")
        person = session.get_one(people.Person, made.person_id)
        person.birth_date, person.assurance = "1990-03-02", "in_person"
    who.log_in(client, services, made)
    assert vneid.link(client, vneid.TU).status_code == 409


def test_an_answer_that_comes_after_the_log_out_links_nothing(client, services):
    log_in(client)
    callback = vneid.choose(client, vneid.leave(client, "/me/identity", "/me/identity/link"), vneid.DAO)
    form = vneid.form_of(client, callback)
    log_out(client)
    assert client.post("/login/vneid/callback", data=form["hidden"]).status_code in (403, 422)
    with services.database.session(write=False) as session:
        assert session.scalars(select(NationalIdentity)).all() == []


def test_a_helper_does_not_get_at_anybodys_identity(client, services):
    who.log_in_staff(client, services, "helper")
    assert client.get("/me/identity").status_code == 403
