"""Every procedure that can be sent is sent, by two people who answer differently, and the office receives it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import filling
from tests import people as who
from tests.pages import form_of, post_form, text_of
from webapp.accounts import staff
from webapp.catalogue.formspec import CHOICES, papers, visible_fields
from webapp.catalogue.load import files
from webapp.catalogue.reading import parse, read_file
from webapp.core.actor import Role
from webapp.dossiers.models import Dossier
from webapp.offices.models import Office
from webapp.shell.services import Services

SPECS = {path.stem: parse(read_file(path), path.name) for path in files()}
SENT = [code for code, spec in SPECS.items() if spec.online]
WALK_IN = "/counter/walk-in"
OFFICES = {"commune": "H56.38.12", "province": "H56.01"}


@pytest.fixture
def citizen(client: FlaskClient, services: Services) -> FlaskClient:
    who.log_in_citizen(client, services)
    return client


@pytest.fixture
def desk(app: Flask, services: Services) -> dict[str, FlaskClient]:
    """Reception of the commune, and somebody at the province's centre."""
    browsers = {level: app.test_client() for level in OFFICES}
    who.log_in_staff(browsers["commune"], services, "officer")
    with services.database.transaction() as session:
        centre = session.scalars(select(Office).where(Office.code == OFFICES["province"])).one()
        account = staff.create_staff(
            session, username="centre", name="Đỗ Thị Hạnh", roles=[Role.RECEPTION], office_id=centre.id
        )
    who.log_in(browsers["province"], services, account)
    return browsers


def stored(services: Services, dossier: str) -> Dossier:
    with services.database.session(write=False) as session:
        return session.scalars(select(Dossier).where(Dossier.public_id == dossier.rsplit("/", 1)[1])).one()


@pytest.mark.parametrize("yes", [True, False], ids=["yes to everything", "no to everything"])
@pytest.mark.parametrize("code", SENT)
def test_everybody_can_send_it_and_the_office_receives_it(
    citizen: FlaskClient, desk: dict[str, FlaskClient], services: Services, code: str, yes: bool
) -> None:
    spec = SPECS[code]
    dossier = filling.begin(citizen, code, OFFICES[spec.level])
    asked = filling.answer_whole(citizen, dossier, spec, yes=yes)
    given = filling.photograph_all(citizen, dossier)
    answers = stored(services, dossier).answers["values"]
    wanted = papers(spec, answers)
    assert set(given) == {paper.key for paper in wanted}, "a paper is asked that nobody sees, or the other way round"
    shown = [f for f in visible_fields(spec, answers) if f.where == "page" and (f.required or f.kind in CHOICES or yes)]
    assert {f.key for f in shown if not answers.get(f.key)} <= asked, "a question was never put"
    ticks = {field.key: "yes" for field in spec.review}
    sent = filling.submit(citizen, dossier, **ticks)
    assert sent.status_code == 303, text_of(sent)
    receipt = text_of(citizen.get(f"{dossier}/receipt"))
    if wanted:
        assert f"đã nhận đủ {len(wanted)} trên {len(wanted)} giấy tờ" in receipt
    else:
        assert "Giấy tờ cơ quan đã nhận Không cần giấy tờ nào" in receipt
    assert citizen.get(f"{dossier}/receipt.pdf").data.startswith(b"%PDF")
    page = f"/counter/{dossier.removeprefix('/')}"
    received = post_form(desk[spec.level], page, action=f"{page}/receive")
    assert received.status_code == 303, text_of(received)
    assert stored(services, dossier).state == "received"


@pytest.mark.parametrize("yes", [True, False], ids=["yes to everything", "no to everything"])
@pytest.mark.parametrize("code", sorted(set(SPECS) - set(SENT)))
def test_what_only_the_counter_does_is_sent_there_by_the_officer_and_received_with_it(
    desk: dict[str, FlaskClient], services: Services, code: str, yes: bool
) -> None:
    """By law the original is shown at the counter (Decree 23/2015); so the 24th is sent where it may be sent."""
    officer, spec = desk["commune"], SPECS[code]
    assert post_form(officer, WALK_IN, {"who": who.NHAN_ID}, action=WALK_IN).status_code == 303
    found = re.search(r'name="person" value="([^"]+)"', officer.get(WALK_IN).text)
    assert found
    given = {"person": found[1], "procedure": code, "seen": "yes"}
    begun = post_form(officer, WALK_IN, given, action=f"{WALK_IN}/begin")
    assert begun.status_code == 303, text_of(begun)
    dossier = begun.location.removesuffix("/edit")
    filling.answer_whole(officer, dossier, spec, yes=yes)
    filling.photograph_all(officer, dossier)
    sent = filling.submit(officer, dossier, **{field.key: "yes" for field in spec.review})
    assert sent.status_code == 303, text_of(sent)
    row = stored(services, dossier)
    assert (row.state, row.channel, row.procedure_code) == ("received", "counter", code)
    assert row.due_at is not None and row.code


def test_what_only_the_counter_does_cannot_be_begun_by_a_made_up_address(citizen: FlaskClient) -> None:
    assert [code for code in SPECS if code not in SENT] == ["2.000815"]
    page = text_of(citizen.get("/procedures/2.000815"))
    assert "Chỉ làm tại quầy" in page
    answer = post_form(citizen, "/dossiers/new/2.000815", {"office": OFFICES["commune"]})
    assert answer.status_code == 403
    assert "chỉ làm tại quầy" in text_of(answer).lower()


MEMBERS = {"name": "Lò Văn An", "dob": "2015", "sex": "nam", "id_no": "", "relation": "Con đẻ"}


def rows(*people: dict[str, str]) -> dict[str, list[str]]:
    return {f"members_{key}": [person[key] for person in people] for key in MEMBERS}


@pytest.fixture
def moving(citizen: FlaskClient) -> tuple[FlaskClient, str]:
    """A draft of 1.004194 and its page that asks who else moves in."""
    dossier = filling.begin(citizen, "1.004194")
    section = next(s for s in SPECS["1.004194"].sections if any(f.key == "members" for f in s.fields))
    for q in range(1, 20):
        url = f"{dossier}/sections/{section.key}?q={q}"
        if 'name="members_name"' in citizen.get(url).text:
            return citizen, url
    raise AssertionError("nobody asks who moves in")


def shown(client: FlaskClient, url: str) -> list[str]:
    return re.findall(r'name="members_name"[^>]*value="([^"]*)"', client.get(url).text)


def test_a_family_adds_one_member_after_the_other_and_takes_one_out_again(moving: tuple[FlaskClient, str]) -> None:
    client, url = moving
    assert shown(client, url) == [""]
    binh, chi = {**MEMBERS, "name": "Lò Thị Bình", "sex": "nu"}, {**MEMBERS, "name": "Lò Thị Chi", "sex": "nu"}
    one = post_form(client, url, {**rows(MEMBERS), "add_row": "members"})
    assert one.status_code == 303 and "more=members" in one.location
    assert shown(client, one.location) == ["Lò Văn An", ""]
    two = post_form(client, url, {**rows(MEMBERS, binh), "add_row": "members"})
    three = post_form(client, two.location, {**rows(MEMBERS, binh, chi), "add_row": "members"})
    assert shown(client, three.location) == ["Lò Văn An", "Lò Thị Bình", "Lò Thị Chi", ""]
    out = post_form(
        client, three.location, {**rows(MEMBERS, binh, chi, dict.fromkeys(MEMBERS, "")), "remove_row": "members:1"}
    )
    assert shown(client, out.location) == ["Lò Văn An", "Lò Thị Chi"]
    assert post_form(client, url, rows(MEMBERS, chi)).status_code == 303
    for _ in range(2):
        post_form(client, url, {**rows(MEMBERS), "remove_row": "members:0"})
    assert shown(client, url) == [""]


def test_a_row_with_a_mistake_is_explained_before_another_one_is_added(moving: tuple[FlaskClient, str]) -> None:
    client, url = moving
    answer = post_form(client, url, {**rows({**MEMBERS, "dob": "31/02/2015"}), "add_row": "members"})
    assert answer.status_code == 422
    assert "Không có ngày này" in text_of(answer)
    assert 'value="31/02/2015"' in answer.text


@pytest.mark.parametrize("pressed", ["members", "members:x", "members:99", "nobody:0", ":", "members:-1"])
def test_a_made_up_button_takes_nothing_away(moving: tuple[FlaskClient, str], pressed: str) -> None:
    client, url = moving
    answer = post_form(client, url, {**rows(MEMBERS), "remove_row": pressed})
    assert answer.status_code == 303
    assert shown(client, url) == ["Lò Văn An"]


def test_enter_in_a_row_goes_on_and_removes_nobody(moving: tuple[FlaskClient, str]) -> None:
    """A browser presses the first button of the form; that one has no name."""
    client, url = moving
    post_form(client, url, {**rows(MEMBERS), "add_row": "members"})
    main = client.get(url).text.split("<main", 1)[1]
    first = re.search(r"<button(?![^>]*type=.button)[^>]*>", main[main.index("data-autosave") :])
    assert first and "name=" not in first[0]


def test_rows_are_read_back_in_words_before_sending(citizen: FlaskClient) -> None:
    dossier = filling.begin(citizen, "1.004194")
    filling.answer_whole(citizen, dossier, SPECS["1.004194"], yes=True)
    filling.photograph_all(citizen, dossier)
    page = text_of(citizen.get(f"{dossier}/review"))
    assert "Lò Thị Mai Hương – 1990 – Nam – 038190001111 – Chủ hộ; Lò Thị Mai Hương" in page
    assert form_of(citizen, f"{dossier}/review", f"{dossier}/submit")
