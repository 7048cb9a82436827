"""A screen in the hall: what it shows, what it refuses, and that the next person finds nothing of the one before."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from tests import people as who
from tests.pages import form_of, post_form, text_of
from tests.webapp.kiosk.conftest import PROOF, set_up
from webapp.accounts.models import LoginSession
from webapp.core import clock, retention
from webapp.core.audit import AuditEntry
from webapp.dossiers.views.lookup import PER_ADDRESS
from webapp.kiosk.models import Kiosk

DOORS_SHUT = (
    "/login", "/login/code", "/login/vneid", "/register", "/staff/login", "/dossiers", "/dossiers/new/1.001193", "/me",
    "/counter", "/counter/kiosks", "/lookup", "/offline", "/board", "/demo/phone", "/assisted", "/help",
)  # fmt: skip


def look_up(browser, **typed):
    return post_form(browser, "/kiosk/lookup", typed)


def rows(services):
    with services.database.session(write=False) as session:
        return session.scalars(select(Kiosk).order_by(Kiosk.id)).all()


# ------------------------------------------------------------------------------------------------- setting it up


def test_setting_up_a_screen_logs_the_officer_out_and_is_written_down(app, services):
    browser = app.test_client()
    officer = who.log_in_staff(browser, services, "officer")
    browser.set_cookie("device", "of-the-officer")
    answer = post_form(browser, "/counter/kiosks", {"name": "Sảnh tầng một"})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.get_cookie("motcua") is None and browser.get_cookie("device") is None
    cookie = browser.get_cookie("kiosk")
    assert cookie.http_only and cookie.same_site == "Lax"
    [row] = rows(services)
    assert (row.name, row.office_id, row.set_up_by) == ("Sảnh tầng một", officer.office_id, officer.id)
    assert cookie.value not in (row.token_digest, row.public_id) and len(row.token_digest) == 64
    with services.database.session(write=False) as session:
        assert session.scalars(select(LoginSession.ended_at).where(LoginSession.account_id == officer.id)).one()
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "kiosk:set-up")).all()
    assert (entry.actor, entry.object) == (officer.public_id, row.public_id)


def test_reception_and_manager_may_and_nobody_else(app, services):
    allowed = {}
    for name in ("officer", "manager", "case", "helper", "admin"):
        browser = app.test_client()
        who.log_in_staff(browser, services, name)
        allowed[name] = browser.get("/counter/kiosks").status_code
        assert ("/counter/kiosks" in browser.get("/counter").get_data(as_text=True)) == (allowed[name] == 200)
    assert allowed == {"officer": 200, "manager": 200, "case": 403, "helper": 403, "admin": 403}


def test_a_screen_needs_a_name_that_fits(app, services):
    browser = app.test_client()
    who.log_in_staff(browser, services, "officer")
    for name in ("", "ế" * 61):
        assert post_form(browser, "/counter/kiosks", {"name": name}).status_code == 422
    assert rows(services) == []


def test_the_desk_sees_its_own_screens_and_ends_them_once(app, services, screen):
    [row] = rows(services)
    officer, neighbour = app.test_client(), app.test_client()
    who.log_in_staff(officer, services, "manager")
    who.log_in_staff(neighbour, services, "officer2")
    assert "Sảnh tầng một" in text_of(officer.get("/counter/kiosks"))
    assert "Sảnh tầng một" not in text_of(neighbour.get("/counter/kiosks"))
    token = {"csrf_token": form_of(neighbour, "/counter/kiosks")["hidden"]["csrf_token"]}
    assert neighbour.post(f"/counter/kiosks/{row.public_id}/end", data=token).status_code == 404
    token = {"csrf_token": form_of(officer, "/counter/kiosks")["hidden"]["csrf_token"]}
    for _ in range(2):
        assert officer.post(f"/counter/kiosks/{row.public_id}/end", data=token).status_code == 303
    assert "Sảnh tầng một" not in text_of(officer.get("/counter/kiosks"))
    with services.database.session(write=False) as session:
        ends = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "kiosk:end")
        assert session.scalar(ends) == 1


def test_a_screen_that_was_ended_says_so_and_is_a_browser_like_any_other(app, services, screen):
    with services.database.transaction() as session:
        session.scalars(select(Kiosk)).one().ended_at = clock.now()
    answer = screen.get("/kiosk")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "This is no screen of an office" in page and 'href="/"' in page
    assert screen.get_cookie("kiosk") is None
    assert screen.get("/login").status_code == 200 and "data-kiosk" not in screen.get("/").get_data(as_text=True)


@pytest.mark.parametrize("held", [None, "made-up"])
def test_a_browser_that_is_no_screen_is_told_and_sees_nothing(client, stand, held):
    there = stand()
    if held:
        client.set_cookie("kiosk", held)
    client.set_cookie("lang", "en")
    assert "This is no screen of an office" in text_of(client.get("/kiosk"))
    token = form_of(client, "/login")["hidden"]["csrf_token"]
    for path in ("lookup", "dossier", "rate", "end"):
        assert client.get(f"/kiosk/{path}").location == "/kiosk"
    for path in ("lookup", "rate"):
        answer = client.post(f"/kiosk/{path}", data={"csrf_token": token, "code": there["code"], "proof": PROOF})
        assert answer.location == "/kiosk"
    assert client.get("/kiosk/stay").status_code == 204


def test_clearing_a_screen_logs_nobody_out_of_another_browser(client, services):
    who.log_in_citizen(client, services)
    client.get("/kiosk/end")
    client.get("/kiosk")
    assert client.get("/me").status_code == 200


def test_the_day_it_was_used_last_is_known_and_its_cookie_lives_on(services, screen):
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False):
        first, second = screen.get("/kiosk"), screen.get("/kiosk")
        assert rows(services)[0].seen_on == clock.today()
    cookies = [", ".join(answer.headers.getlist("Set-Cookie")) for answer in (first, second)]
    assert "kiosk=" in cookies[0] and "kiosk=" not in cookies[1]


def test_screens_that_were_ended_are_forgotten(app, services, screen):
    set_up(app, services, name="Cũ")
    set_up(app, services, name="Mới thôi")
    with services.database.transaction() as session:
        _first, old, new = session.scalars(select(Kiosk).order_by(Kiosk.id))
        old.ended_at, new.ended_at = clock.now() - timedelta(days=91), clock.now() - timedelta(days=89)
    retention.sweep(services.database)
    assert [row.name for row in rows(services)] == ["Sảnh tầng một", "Mới thôi"]
    with time_machine.travel(clock.now() + timedelta(days=366), tick=False):
        retention.sweep(services.database)
    assert rows(services) == []


# ------------------------------------------------------------------------------------------------- what is shut


@pytest.mark.parametrize("path", DOORS_SHUT)
def test_nobody_logs_in_registers_or_begins_a_dossier_there(screen, path):
    answer = screen.get(path)
    assert answer.status_code == 403 and "Not on this screen" in text_of(answer)


def test_the_front_door_leads_to_the_screens_own(screen):
    assert screen.get("/").location == "/kiosk"


def test_no_log_in_counts_on_a_screen(screen, services):
    who.log_in_staff(screen, services, "officer")
    assert screen.get("/counter").status_code == 403
    assert "Log out" not in screen.get("/procedures").get_data(as_text=True)


@pytest.mark.parametrize("path", ["/kiosk", "/kiosk/lookup", "/kiosk/rate", "/procedures", "/procedures/1.001193",
                                  "/procedures?q=khai+sinh", "/privacy", "/accessibility"])  # fmt: skip
def test_no_page_of_a_screen_offers_a_way_in_or_is_kept(screen, path):
    answer = screen.get(path)
    page = answer.get_data(as_text=True)
    links = re.findall(r'(?:href|action)="(/[^"]*)"', page)
    assert answer.status_code == 200
    assert not [link for link in links if re.match(r"/(login|register|staff|dossiers|me|counter|lookup|help)\b", link)]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Motcua-Public" not in answer.headers and "ETag" not in answer.headers
    assert "unsent" not in page and "manifest" not in page


def test_whoever_wants_to_begin_is_shown_the_way_to_the_own_phone(screen, client):
    page = screen.get("/procedures/1.001193").get_data(as_text=True)
    assert "Begin it on your own phone" in page and 'class="qr"' in page
    client.set_cookie("lang", "en")
    assert "Begin it on your own phone" not in client.get("/procedures/1.001193").get_data(as_text=True)


def test_the_worker_takes_itself_away(screen, client):
    assert "unregister" in screen.get("/sw.js").get_data(as_text=True)
    assert "unregister" not in client.get("/sw.js").get_data(as_text=True)


def test_pages_from_memory_are_never_those_of_a_screen_nor_the_reverse(app, services, screen):
    stranger, path = app.test_client(), "/procedures/1.001193"
    stranger.set_cookie("lang", "en")
    for _ in range(2):
        assert "data-kiosk" not in stranger.get(path).get_data(as_text=True)
        assert "data-kiosk" in screen.get(path).get_data(as_text=True)
    name = stranger.get(path).headers["ETag"]
    assert screen.get(path, headers={"If-None-Match": name}).status_code == 200
    with services.database.transaction() as session:
        session.scalars(select(Kiosk)).one().ended_at = clock.now()
    for _ in range(2):
        assert "data-kiosk" not in screen.get(path).get_data(as_text=True)


# ------------------------------------------------------------------------------------------------- where is it


def test_with_code_and_four_digits_a_person_sees_where_it_stands_and_not_who(screen, stand):
    there = stand("processing")
    answer = look_up(screen, code=there["code"], proof=PROOF)
    assert (answer.status_code, answer.location) == (303, "/kiosk/dossier")
    page = screen.get("/kiosk/dossier")
    assert "Being worked on" in text_of(page) and there["long"] in text_of(page)
    assert "Đào" not in text_of(page) and page.headers["Cache-Control"] == "no-store"


def test_a_wrong_digit_shows_nothing_and_what_was_typed_stays_for_the_next_try(screen, stand):
    there = stand()
    answer = look_up(screen, code=there["code"], proof="0000")
    assert answer.status_code == 422 and there["code"] in answer.get_data(as_text=True)
    assert screen.get("/kiosk/dossier").location == "/kiosk"
    assert look_up(screen, code=there["code"], proof="").status_code == 422


@pytest.mark.parametrize("how", ["HTTP://LOCALHOST/Q/{}", "http://localhost/q/{}", "https://một-cửa.vn/Q/{}/"])
def test_the_scanner_types_the_address_of_the_qr_and_only_the_stage_is_shown(screen, stand, how):
    there = stand("settled")
    answer = look_up(screen, code=how.format(there["token"]))
    assert answer.location == "/kiosk/dossier", answer.get_data(as_text=True)
    page = text_of(screen.get("/kiosk/dossier"))
    assert "Result is ready" in page and there["long"] not in page and there["code"] not in page


def test_the_qr_with_the_digits_proves_as_much_as_the_code(screen, stand):
    there = stand("settled")
    address = f"HTTP://LOCALHOST/Q/{there['token']}"
    assert look_up(screen, code=address, proof="0000").status_code == 422
    assert look_up(screen, code=address, proof=PROOF).location == "/kiosk/dossier"
    assert there["long"] in text_of(screen.get("/kiosk/dossier"))


def test_tries_are_counted_together_with_those_of_the_public_page(screen, client, stand):
    there = stand()
    for _ in range(3):
        assert look_up(screen, code=there["code"], proof="0000").status_code == 422
        post_form(client, "/lookup", {"code": there["code"], "proof": "0001"})
    assert look_up(screen, code=there["code"], proof=PROOF).status_code == 429
    scanned = look_up(screen, code=f"HTTP://LOCALHOST/Q/{there['token']}", proof=PROOF)
    assert scanned.status_code == 429, "the QR is no second way to try the same digits"


def test_from_one_place_one_cannot_guess_codes_but_right_ones_hold_nobody_up(screen, stand):
    there = stand()
    for number in range(PER_ADDRESS):
        assert look_up(screen, code=f"7K4-9{'2346789ABCDEFGHJKMNPQRTUVW'[number]}M", proof="0000").status_code == 422
    assert look_up(screen, code=there["code"], proof=PROOF).status_code == 429


# ------------------------------------------------------------------------------------------------- who comes next


def test_whoever_comes_next_finds_nothing(screen, stand):
    there = stand()
    look_up(screen, code=there["code"], proof=PROOF)
    screen.set_cookie("look", "3.dark")
    answer = screen.get("/kiosk/end")
    assert (answer.status_code, answer.location) == (303, "/kiosk")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    for name in ("motcua", "lang", "look"):
        assert screen.get_cookie(name) is None
    assert screen.get("/kiosk/dossier").location == "/kiosk"
    assert screen.get("/kiosk").headers["Clear-Site-Data"] == '"cache"'


def test_the_first_page_alone_clears_it_too(screen, stand):
    there = stand()
    look_up(screen, code=there["code"], proof=PROOF)
    screen.get("/kiosk")
    assert screen.get("/kiosk/dossier").location == "/kiosk"


def test_a_form_of_somebody_before_cannot_be_sent_again_and_is_not_shown_again(screen, stand):
    there = stand()
    typed = {**form_of(screen, "/kiosk/lookup")["hidden"], "code": there["code"], "proof": PROOF}
    assert screen.post("/kiosk/lookup", data=typed).location == "/kiosk/dossier"
    screen.get("/kiosk")
    again = screen.post("/kiosk/lookup", data=typed)
    assert (again.status_code, again.location) == (303, "/kiosk")
    assert there["code"] not in again.get_data(as_text=True)
    assert screen.get("/kiosk/dossier").location == "/kiosk"


def test_after_five_minutes_without_a_word_nothing_is_shown_any_more(screen, stand):
    there = stand()
    with time_machine.travel(clock.now(), tick=False) as time:
        look_up(screen, code=there["code"], proof=PROOF)
        time.shift(timedelta(minutes=4))
        assert screen.get("/kiosk/stay").status_code == 204
        time.shift(timedelta(minutes=4))
        assert screen.get("/kiosk/dossier").status_code == 200
        time.shift(timedelta(minutes=5))
        screen.get("/kiosk/stay")
        assert screen.get("/kiosk/dossier").location == "/kiosk"


def test_each_person_is_another_visit_in_the_pages(screen):
    seen = []
    for _ in range(2):
        screen.get("/kiosk")
        seen += re.findall(r'data-kiosk="([^"]+)"', screen.get("/procedures").get_data(as_text=True))
    assert len(set(seen)) == 2


def test_nothing_typed_is_offered_to_the_next_one(screen):
    assert 'autocomplete="off"' in screen.get("/kiosk/lookup").get_data(as_text=True)


def test_without_a_script_the_page_leaves_by_itself_and_can_be_held(screen, stand):
    there = stand()
    page = screen.get("/kiosk/lookup").get_data(as_text=True)
    assert '<noscript><meta http-equiv="refresh" content="120;url=/kiosk/end"></noscript>' in page
    assert "I need more time" in page
    longer = look_up(screen, code=there["code"], proof="00", more="1")
    assert longer.status_code == 200 and there["code"] in longer.get_data(as_text=True)
    assert 'http-equiv="refresh"' not in screen.get("/kiosk").get_data(as_text=True)
