"""D22: what somebody typed is shown as they typed it, and is never a part of the page that shows it."""

import re
import shutil
import subprocess
from html import escape
from html.parser import HTMLParser

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests import sms
from tests.browser.tour import LAN_PHONE
from tests.cases.everybody import by_path
from tests.cases.world import STARTS, World
from tests.days import ahead
from tests.pages import post_form
from webapp.accounts.models import Account, Person
from webapp.core.inspect import Refused, examine
from webapp.dossiers.models import Dossier, Outcome, SupplementRequest
from webapp.offices.models import Office
from webapp.vault.models import VaultItem

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("world")]

# One word that is a tag, an end of an attribute, of a script, of a comment, a template and a typst command at once.
POISON = (
    """"'><img src=x onerror=xss()><script>xss()</script><svg onload=xss()></textarea></title>--><b xss=1>"""
    """{{7*7}}${7*7}#eval("1")javascript:xss()"""
)
NAME = POISON[:110]


class Live(HTMLParser):
    """What of the poison a browser would take for more than words."""

    def __init__(self):
        super().__init__()
        self.wrong = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        alive = [name for name in given if name.startswith("on") or name == "xss"]
        alive += [n for n in ("href", "src", "action") if (given.get(n) or "").strip().lower().startswith("javascript")]
        if alive or given.get("src") == "x":
            self.wrong.append((tag, alive))

    def handle_data(self, data):
        if self.cdata_elem == "script" and "xss()" in data:
            self.wrong.append(("script", data[:60]))


def poisoned(value):
    """The same answer with its free text replaced; what has a form of its own (dates, codes, numbers) stays."""
    if isinstance(value, dict):
        return {key: poisoned(each) if key in {"line", "text"} else each for key, each in value.items()}
    if isinstance(value, list):
        return [{key: poisoned(each) for key, each in row.items()} for row in value]
    return POISON if isinstance(value, str) and (" " in value or value[:1].isupper()) else value


@pytest.fixture(scope="module")
def poisoned_world(tmp_path_factory, template_database):
    """An installation in which every free text is the poison: names, answers, reasons, requests, units."""
    folder = tmp_path_factory.mktemp("poisoned") / "var"
    shutil.copytree(template_database, folder)
    world = World(folder)
    ask_back(world)
    with world.tour.services.database.transaction() as session:
        for person in session.scalars(select(Person)):
            person.full_name = NAME
            person.profile = {**poisoned(person.profile or {}), "email": POISON}
        for account in session.scalars(select(Account).where(Account.display_name.is_not(None))):
            account.display_name = NAME
        for dossier in session.scalars(select(Dossier)):
            content = dossier.answers
            content["values"] = {key: poisoned(value) for key, value in content["values"].items()}
            content["raw"] = dict.fromkeys(list(content["values"])[:3], POISON)
            dossier.answers = content
        for asked in session.scalars(select(SupplementRequest)):
            asked.items = [{**item, "words": POISON} for item in asked.items]
        for outcome in session.scalars(select(Outcome)):
            outcome.number = NAME
        for record in session.scalars(select(VaultItem)):
            record.number, record.issuer = NAME, NAME
        for office in session.scalars(select(Office)):
            office.name = office.short_name = office.address = NAME
    ask_for_more(world)
    yield world
    world.close()


def ask_back(world):
    """A reason typed on a page, which is then written into the dossier's history for good."""
    lan = world.visitor("lan").client
    page = f"/dossiers/{world.tour.ids['received']}/withdraw"
    assert post_form(lan, page, {"reason": POISON}).status_code == 303


def ask_for_more(world):
    """The words of an officer to the person; what they lead to is told by SMS."""
    case = world.visitor("tour-case").client
    asked = {"ask_document_birth_proof": "yes", "fault_document_birth_proof": "blurred", "deadline_on": ahead()}
    page = f"/counter/dossiers/{world.tour.ids['processing']}/request-supplement"
    answer = post_form(case, page, {**asked, "words_document_birth_proof": POISON})
    assert answer.status_code == 303, answer.text


def alive_in(html):
    page = Live()
    page.feed(html)
    return page.wrong


def test_the_poison_would_be_found_where_it_is_not_escaped():
    assert len(alive_in(f"<p title=x>{POISON}</p>")) >= 3
    assert alive_in(f"<p>{escape(POISON)}</p>") == []


def printed(data):
    """The words of a PDF without the spaces between them; it must be one that we would take from anybody."""
    try:
        examine(data, "giay.pdf")
    except Refused as refused:
        return refused.code
    out = subprocess.run(["pdftotext", "-q", "-", "-"], input=data, capture_output=True, check=True).stdout
    return re.sub(r"\s+", "", out.decode())


@pytest.mark.parametrize("person", STARTS)
def test_no_page_takes_words_for_more_than_words(poisoned_world, person):
    knocks, wrong, shown, broken = poisoned_world.visitor(person), {}, 0, []
    for route, declared in by_path(poisoned_world.app).items():
        for path in poisoned_world.addresses(route)[:3] if "GET" in declared else ():
            answer = knocks.knock(path, "GET")
            if answer.status_code >= 500 or (
                path.endswith(".pdf") and answer.status_code == 200 and answer.data[:4] != b"%PDF"
            ):
                broken.append((path, answer.status_code))
            if answer.mimetype != "text/html":
                continue
            shown += "xss()" in answer.text
            if found := alive_in(answer.text):
                wrong[route] = found
    assert (wrong, broken) == ({}, [])
    assert shown >= {"tour-helper": 0, "anonymous": 0}.get(person, 2), "the poison must have been there to see"


@pytest.mark.parametrize(("person", "least"), [("lan", 2), ("tour-officer", 3)])
def test_paper_has_the_words_and_nothing_that_acts(poisoned_world, person, least):
    knocks, papers = poisoned_world.visitor(person), {}
    for route in by_path(poisoned_world.app):
        for path in poisoned_world.addresses(route)[:3] if ".pdf" in route else ():
            answer = knocks.knock(path, "GET")
            if answer.status_code == 200:
                papers[path] = printed(answer.data)
    assert {path: words for path, words in papers.items() if words.startswith("pdf-")} == {}
    assert sum("<script>xss()</script>" in words for words in papers.values()) >= least, papers.keys()
    assert sum('#eval("1")' in words or "#eval(“1”)" in words for words in papers.values()) >= 1


def test_whoever_scans_the_code_or_types_it_sees_words(poisoned_world):
    """Without an account: by the QR of the receipt, and by the code with a second fact."""
    nobody = poisoned_world.visitor("anonymous").client
    by_qr = nobody.get(poisoned_world.tour.path("/q/{token}"))
    by_code = post_form(nobody, "/lookup", {"code": poisoned_world.tour.facts["lookup"], "proof": "7777"})
    assert (by_qr.status_code, by_code.status_code) == (200, 200)
    assert [alive_in(page.text) for page in (by_qr, by_code)] == [[], []]
    assert "xss()" in by_code.text, "the name of the office is there to see"


def test_a_message_carries_none_of_it(poisoned_world):
    """An SMS says which office (or helper) it is, what happened, where to read more; what people typed stays here."""
    office = re.compile(r"^TTHC .{,80}?: (?:(?=[A-Z])|.{,80}? (?=(?:duoc lam|da giup) ))")
    texts = [office.sub("", text) for text in sms.texts(poisoned_world.app, LAN_PHONE)]
    assert any("bo sung" in text.lower() for text in texts), texts
    assert [text for text in texts if re.search(r"[<>{}]|xss|javascript", text)] == []
    shown = poisoned_world.visitor("anonymous").client.get("/demo/phone", query_string={"number": LAN_PHONE}).text
    assert alive_in(shown) == []


def typed_on(client, path, data):
    """The page that comes back with what was typed."""
    return post_form(client, path, data).get_data(as_text=True)


def test_what_was_typed_wrongly_comes_back_as_words(poisoned_world):
    nobody, officer = poisoned_world.visitor("anonymous").client, poisoned_world.visitor("tour-officer").client
    pages = [
        typed_on(nobody, "/login", {"phone": POISON}),
        typed_on(nobody, "/lookup", {"code": POISON, "proof": POISON}),
        typed_on(nobody, "/staff/login", {"username": POISON, "password": "x", "otp": "1"}),
        typed_on(officer, "/counter", {"q": POISON, "code": POISON}),
        nobody.get("/procedures", query_string={"q": POISON}).text,
        nobody.get("/demo/phone", query_string={"number": POISON}).text,
        nobody.get("/communes", query_string={"q": POISON, "province": POISON}).text,
    ]
    assert [alive_in(page) for page in pages] == [[]] * len(pages)
    assert sum("xss()" in page for page in pages) >= 4


WATCH = """
window.happened = [];
window.xss = () => window.happened.push("ran");
document.addEventListener("securitypolicyviolation", e => happened.push([e.violatedDirective, e.blockedURI]));
"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("person", "paths"),
    [
        ("lan", ["/", "/me", "/dossiers/{asked}", "/dossiers/{draft_full}/review", "/me/messages", "/me/records"]),
        ("tour-officer", ["/counter/worklist", "/counter/dossiers/{asked}", "/counter/dossiers/{received}"]),
        ("tour-admin", ["/manage/staff", "/manage/units"]),
        ("anonymous", ["/q/{token}", "/procedures"]),
    ],
)
def test_in_a_real_browser_nothing_runs_and_nothing_had_to_be_stopped(poisoned_world, browser, person, paths):
    """Chromium gets the very answers of the program, with their headers; only the wire between them is ours."""
    client = poisoned_world.visitor(person).client
    context = browser.new_context(base_url="http://localhost")

    def serve(route):
        answer = client.get(route.request.url.removeprefix("http://localhost"), buffered=True)
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    context.route("**/*", serve)
    context.add_init_script(WATCH)
    page, happened = context.new_page(), []
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    for path in paths:
        answer = page.goto(poisoned_world.tour.path(path))
        assert answer is not None and answer.status == 200, path
        expect(page.locator("h1").first).to_be_visible()
        happened += [(path, what) for what in page.evaluate("window.happened")]
        assert page.locator("[onerror], [onload], [xss], img[src=x]").all() == []
    context.close()
    assert happened == []
