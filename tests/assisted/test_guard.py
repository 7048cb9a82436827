"""What the guard does on pages that are nobody's, and with forms from elsewhere."""

from tests.assisted.steps import SESSION, end, forms, journal
from tests.people import log_in_staff


def test_looks_and_language_can_be_changed_in_a_session(beside_nhan):
    assert beside_nhan.post("/appearance", data={"size": "2"}).status_code == 303
    assert beside_nhan.post("/language/en", data={"next": "/"}).status_code == 303
    assert beside_nhan.get(SESSION).status_code == 200


def test_an_officer_cannot_smuggle_a_mandate_in(client, services, app):
    log_in_staff(client, services, "officer")
    [form] = [f for f in forms(client, "/counter/cards/new") if f["action"] is None]
    answer = client.post("/counter/cards/new", data={**form["hidden"], "mandate": "abcdefghijklmnopqrstuv"})
    assert answer.status_code == 409
    assert len(journal(app, "assisted:refused")) == 1


def test_a_form_copied_to_another_device_does_nothing_there(beside_nhan, citizen, app, services):
    form = forms(beside_nhan, "/assisted/cards/new")[0]["hidden"]
    end(beside_nhan)
    log_in_staff(citizen, services, "helper")
    token = forms(citizen, "/assisted/sessions/new")[0]["hidden"]["csrf_token"]
    data = {**form, "csrf_token": token, "pin": "7391", "pin_again": "7391"}
    assert citizen.post("/assisted/cards/new", data=data).status_code == 409
    assert len(journal(app, "assisted:issue-card")) == 1, "the demo's own"
