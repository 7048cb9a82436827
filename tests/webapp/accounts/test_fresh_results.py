"""An unlocked phone on a table opens no result: a proof of ten minutes ago at the most, then back to the file."""

import pytest
from sqlalchemy import select

from tests.factories.states import Bringer
from tests.pages import code_sent_to, form_of, log_in, post_form
from tests.people import person
from tests.webapp.accounts import steps
from webapp.dossiers.models import Dossier
from webapp.dossiers.settle import settle_dossier

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def result_of_a_dossier(client, services):
    """Đào's dossier was granted with a file."""
    with services.database.transaction() as session:
        it = Bringer(session, services.storage, person(session))
        it.process()
        settle_dossier(
            session, services.storage, it.row,
            decision="granted", no_draft="phone", number="15/2026", file=(PDF, "ket-qua.pdf"), **it.by("case"),
        )  # fmt: skip
        public_id = session.scalar(select(Dossier.public_id).where(Dossier.id == it.row.id))
    return f"/dossiers/{public_id}/result"


def a_record(client, services):
    return steps.record_file(client)


def all_that_is_known(client, services):
    return "/me/data.json"


@pytest.mark.parametrize("file", [result_of_a_dossier, a_record, all_that_is_known])
def test_a_file_of_ones_own_needs_a_proof_of_ten_minutes_and_one_comes_back_to_it(later, client, services, file):
    log_in(client)
    wanted = file(client, services)
    later(minutes=9, seconds=59)
    assert client.get(wanted).status_code == 200
    later(minutes=1, seconds=1)
    asked = client.get(wanted)
    assert asked.status_code == 303
    assert asked.location.startswith("/login/again?next=")
    assert post_form(client, asked.location, action="/login/again/code").status_code == 303
    form = form_of(client, asked.location, "/login/again")
    data = {**form["hidden"], "code": code_sent_to(client, steps.OLD)}
    proved = client.post("/login/again", data=data)
    assert (proved.status_code, proved.location) == (303, wanted)
    got = client.get(wanted)
    assert got.status_code == 200
    assert got.headers["Content-Disposition"].startswith("attachment")
    data["csrf_token"] = steps.token(client)
    assert client.post("/login/again", data=data).location == wanted, "the page still stands there: pressed again"


def test_what_is_held_back_is_said_before_a_proof_is_asked_for(later, client):
    log_in(client)
    file = steps.record_file(client)
    steps.change_phone(client)
    later(minutes=11)
    assert client.get(file).status_code == 403
