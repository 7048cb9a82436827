"""Before something important: VNeID shows once more who is there, for whoever has linked it."""

import pytest
from sqlalchemy import select

from tests.pages import log_in
from tests.webapp.identity import vneid
from webapp.accounts.models import LoginSession


@pytest.fixture
def linked(later, client):
    """Logged in by phone, with VNeID linked."""
    log_in(client)
    vneid.link(client, vneid.DAO)
    return client


def prove(client, person, target="/me/identity"):
    page = f"/login/again?next={target}"
    return vneid.come_back(client, vneid.choose(client, vneid.leave(client, page, "/login/vneid/again"), person))


def last_proof(services):
    with services.database.session(write=False) as session:
        return session.scalars(select(LoginSession.fresh_at).order_by(LoginSession.id.desc())).first()


def test_vneid_is_a_fresh_proof_and_leads_back(linked, services, later):
    before = last_proof(services)
    later(minutes=11)
    assert prove(linked, vneid.DAO, "/dossiers").headers["Location"] == "/dossiers"
    assert last_proof(services) > before


def test_somebody_elses_vneid_proves_nothing(linked, services, later):
    before = last_proof(services)
    later(minutes=11)
    assert prove(linked, vneid.TU).status_code == 403
    assert last_proof(services) == before


def test_who_has_not_linked_it_is_not_offered_it(client):
    log_in(client)
    assert "/login/vneid/again" not in client.get("/login/again").text


def test_taking_vneid_away_needs_a_fresh_proof(linked, later):
    later(minutes=11)
    forms = [f["action"] or "" for f in vneid.read(linked.get("/me/identity").text).forms]
    [unlink] = [action for action in forms if action.endswith("/unlink")]
    hidden = vneid.form_of(linked, "/me/identity", unlink)["hidden"]
    assert linked.post(unlink, data=hidden).headers["Location"].startswith("/login/again")
    assert "mức 2" in linked.get("/me/identity").text


def test_an_account_without_a_phone_can_prove_itself_too(later, client):
    vneid.log_in(client, vneid.TU)
    later(minutes=11)
    assert prove(client, vneid.TU).headers["Location"] == "/me/identity"
