"""A log tells what the machine did, and nothing about anybody."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from tests import people
from tests.operations.conftest import made
from tests.pages import code_sent_to, post_form
from webapp.core import crypto
from webapp.shell import log_lines
from webapp.shell.logs import pseudonym

PHONE, NUMBER, NAME = "0912000001", "038196001234", "Nguyễn Thị Đào"


def requests(lines):
    return [line for line in lines() if line["event"] == "request"]


def test_each_request_is_one_line_with_route_answer_time_and_queries(client, lines):
    client.get("/procedures?q=khai+sinh")
    (line,) = requests(lines)
    assert (line["route"], line["method"], line["status"]) == ("catalogue.procedures", "GET", 200)
    assert line["queries"] >= 1 and line["ms"] > 0 and len(line["request_id"]) == 12


def test_who_it_was_is_a_pseudonym_and_a_role(client, services, lines):
    with services.database.session(write=False) as session:
        account = people.staff(session, "officer")
    people.log_in(client, services, account)
    client.get("/counter")
    line = requests(lines)[-1]
    assert (line["account"], line["role"]) == (pseudonym(account.public_id), "reception")
    assert account.public_id not in json.dumps(line)


def test_a_pseudonym_needs_our_key(services):
    before = pseudonym("a" * 22)
    crypto.configure(services.settings.model_copy(update={"index_key": type(services.settings.index_key)("other")}))
    assert pseudonym("a" * 22) != before
    crypto.configure(services.settings)


def test_nothing_that_a_person_types_reaches_the_log(client, app, lines):
    """Log-in, look-up, the counter's search box, wrong addresses: phones, numbers, names, codes, queries."""
    post_form(client, "/login", {"phone": PHONE})
    code = code_sent_to(client, PHONE)
    post_form(client, "/login/code", {"code": code})
    client.get(f"/lookup?code=7K4-92M&proof={NUMBER}")
    client.get(f"/procedures?q={NAME}")
    client.get(f"/{NUMBER}/{PHONE}", headers={"User-Agent": NAME, "Referer": f"http://x/{PHONE}"})
    people.log_in_staff(client, made(app), "officer")
    post_form(client, "/counter", {"q": NAME})
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines())
    assert len(requests(lines)) >= 7
    for secret in (PHONE, "912000001", NUMBER, NAME, "Đào", code, "7K4-92M", "khai sinh"):
        assert secret not in text


def test_an_error_keeps_its_way_and_loses_its_words(lines):
    try:
        try:
            raise ValueError(f"cannot read {PHONE}")
        except ValueError as inner:
            raise IntegrityError("INSERT INTO phones", {"n": NUMBER}, inner) from inner
    except IntegrityError:
        logging.getLogger("motcua.errors").exception("it broke")
    (line,) = lines()
    assert line["error"] == "IntegrityError < ValueError"
    assert any("test_logs.py" in place for place in line["stack"])
    assert PHONE not in json.dumps(line) and NUMBER not in json.dumps(line)


def test_a_line_break_in_what_is_logged_stays_inside_its_line(lines):
    logging.getLogger("motcua.x").warning("one\r\ntwo\u2028three", extra={"more": "a\nb"})
    (line,) = lines()
    assert line["event"] == "one\r\ntwo\u2028three"


def test_what_gunicorn_says_of_a_request_it_cannot_read_names_nobody(lines):
    log = logging.getLogger("gunicorn.error")
    log.error("Error handling request %s", f"/lookup?proof={NUMBER}")
    log.warning(f"Invalid request from ip=1.2.3.4: {PHONE}")
    told = [line["event"] for line in lines()]
    assert told == ["Error handling request /lookup", "request refused: it cannot be read"]


@pytest.mark.parametrize("path", ["/nothing-here", "/counter/dossiers/" + "x" * 22])
def test_an_error_page_says_the_number_that_the_log_has(client, app, services, lines, path):
    people.log_in_staff(client, services, "officer")
    answer = client.get(path)
    number = requests(lines)[-1]["request_id"]
    assert answer.status_code == 404
    assert number in answer.text
    assert answer.headers["X-Request-Id"] == number


def test_a_form_without_its_token_is_answered_with_a_number_too(client):
    answer = client.post("/login", data={"phone": PHONE})
    assert answer.headers["X-Request-Id"] and answer.status_code == 403


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [
        (1, "0123456789abcdef0123456789abcdef", True),
        (1, "short", False),
        (1, "a" * 65, False),
        (1, "<script>alert(1)</script>", False),
        (0, "0123456789abcdef0123456789abcdef", False),
    ],
)
def test_a_request_is_named_by_a_trusted_proxy_only_and_only_properly(client, services, proxies, given, taken):
    services.settings = services.settings.model_copy(update={"trusted_proxies": proxies})
    answer = client.get("/healthz", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is taken


def test_lines_of_many_threads_arrive_whole(tmp_path):
    log = logging.getLogger("motcua.test.whole")
    with (tmp_path / "log").open("w") as out:
        handler = log_lines.Whole(out)
        handler.setFormatter(log_lines.Line())
        log.addHandler(handler)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: log.warning("số %s", n, extra={"more": "x" * 2000}), range(400)))
        log.removeHandler(handler)
    events = {json.loads(line)["event"] for line in (tmp_path / "log").read_text().splitlines()}
    assert events == {f"số {n}" for n in range(400)}
