"""D31: an infected file reaches nobody and its person is told; without its scanner a file waits and is not served."""

import re

import pytest
from pikepdf import Stream
from sqlalchemy import select

from tests import filling, sms
from tests.cases import scanners
from tests.cases.sending import Paper
from tests.factories import hostile
from tests.pages import post_form, text_of
from tests.people import log_in_citizen, log_in_staff
from webapp.core import scan, worker
from webapp.core.files import CHECKED, INFECTED, USABLE, StoredFile

DAO_PHONE = "+84912000001"


def infected():
    """A PDF that is none the worse for it but for what lies in one of its streams."""

    def change(made):
        made.Root.Extra = made.make_indirect(Stream(made, hostile.EICAR))

    return hostile.pdf(change, compress_streams=False)


@pytest.fixture(
    params=[
        "stand-in",
        pytest.param("clamd", marks=pytest.mark.skipif(scanners.CLAMD is None, reason="clamd is not installed")),
    ]
)
def running(request, tmp_path_factory):
    """host:port of a scanner."""
    made = scanners.stand_in() if request.param == "stand-in" else scanners.clamd(tmp_path_factory.mktemp("clamd"))
    with made as address:
        yield address


@pytest.fixture
def use(settings):
    """`use(address)`: the house has this scanner from now on ("" = none; nobody listens on port 9)."""
    yield lambda address: scan.configure(settings.model_copy(update={"clamd": address}))
    scan.configure(settings)


@pytest.fixture
def paper(client, services):
    return Paper(client, services)


def states(services):
    with services.database.session(write=False) as session:
        return list(session.scalars(select(StoredFile.state).order_by(StoredFile.id.desc()).limit(1)))


def test_an_infected_file_is_not_kept_and_its_sender_is_told_what_to_do(paper, running, use):
    use(running)
    answer = paper.send(infected(), "giay.pdf")
    assert answer.status_code == 422
    assert "Tệp này có mã độc nên không được lưu. Ông/bà chụp ảnh tờ giấy" in text_of(answer)
    assert paper.ids() == []
    assert paper.send(hostile.pdf(), "giay.pdf").status_code == 303
    assert paper.file().status_code == 200


def test_without_its_scanner_a_file_is_said_to_be_checked_is_not_served_and_is_looked_through_later(
    later, app, services, paper, running, use
):
    use("127.0.0.1:9")
    sent = hostile.pdf()
    assert paper.send(sent, "giay.pdf").status_code == 303
    assert "đang kiểm tra" in paper.page()
    assert (paper.file().status_code, paper.file(rest="/picture").status_code) == (409, 409)
    assert "đang được kiểm tra mã độc" in text_of(paper.file())
    later(minutes=1)
    worker.drain(services.database)
    assert states(services) == [CHECKED]
    use(running)
    later(minutes=5)
    worker.drain(services.database)
    assert states(services) == [USABLE]
    assert paper.file().data == sent


def test_a_virus_that_is_found_later_is_told_and_the_file_is_no_paper_any_more(later, paper, services, running, use):
    use("127.0.0.1:9")
    paper.send(infected(), "giay.pdf")
    use(running)
    later(minutes=5)
    worker.drain(services.database)
    assert states(services) == [INFECTED]
    page = paper.page()
    assert "Tệp có mã độc. Bỏ tệp này" in page
    assert paper.file().status_code == 409
    tasks = text_of(paper.client.get(f"{paper.dossier}/edit"))
    assert post_form(paper.client, paper.url, {}, content_type="multipart/form-data").status_code == 422, tasks
    post_form(paper.client, paper.url, {"remove": paper.ids()[0]})
    assert "mã độc" not in paper.page()


def test_whoever_has_sent_the_dossier_already_hears_of_it_and_the_office_cannot_open_it(
    later, app, client, services, running, use
):
    log_in_citizen(client, services)
    use("127.0.0.1:9")
    dossier = filling.begin(client)
    filling.answer_all(client, dossier, filling.birth_answers())
    Paper.of(client, dossier).send(infected(), "giay.pdf")
    marriage = f"{dossier}/documents/marriage_info"
    record = re.search(r'name="record" value="([^"]+)"', client.get(marriage).text)
    post_form(client, marriage, {"record": record[1]})
    assert filling.submit(client, dossier).status_code == 303
    sms.texts(app)
    use(running)
    later(minutes=5)
    (text,) = [found for found in sms.texts(app, DAO_PHONE) if "ma doc" in found]
    assert "Giu ban giay" in text
    officer = app.test_client()
    log_in_staff(officer, services, "officer")
    desk = "/counter" + dossier
    page = officer.get(desk).get_data(as_text=True)
    assert "có mã độc" in page
    file = next(part.split('"')[0] for part in page.split('href="') if "/files/" in part.split('"')[0])
    assert "Yêu cầu người nộp gửi lại" in text_of(officer.get(file))
    for rest in ("", "/small", "/pages/1"):
        assert officer.get(file.removesuffix("/preview") + rest).status_code == 409


def test_a_scanner_that_says_something_else_decides_nothing():
    with pytest.raises(scan.ScannerAway):
        scan.Clamd("127.0.0.1:9").finds(b"x")
