"""The national list is taken in as it is: messy, long, cut off in the middle, and again next month."""

import os
import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests import filling
from tests import people as who
from tests.pages import text_of
from tests.webapp.catalogue.national import INDEX_HEADER, entry, write
from webapp.catalogue import cleaning
from webapp.catalogue.importing import import_lines
from webapp.catalogue.models import CatalogueVersion, Procedure, ProcedureRevision
from webapp.catalogue.national_list import Reject, Rejected, content_of, read_lines
from webapp.catalogue.queries import get_procedure
from webapp.core import clock
from webapp.core.text import nfc
from webapp.shell.services import Services

CODE = "9.000001"


@pytest.fixture
def take(app: Flask):
    """Run the command; its words."""

    def run(*args: object) -> str:
        result = app.test_cli_runner().invoke(args=["catalogue", "import", *map(str, args)])
        assert result.exit_code == 0, result.output
        return result.output

    return run


def stored(services: Services) -> tuple[int, int, str | None]:
    with services.database.session(write=False) as session:
        count = session.scalar(select(func.count()).select_from(Procedure)) or 0
        revisions = session.scalar(select(func.count()).select_from(ProcedureRevision)) or 0
        return count, revisions, session.scalar(select(CatalogueVersion.stamp))


def test_what_is_imported_can_be_found_and_read_and_is_never_offered_for_sending(
    take, client: FlaskClient, services: Services, tmp_path: Path
) -> None:
    assert take(write(tmp_path / "l.jsonl", entry())).strip().endswith("1 new, 0 changed, 0 unchanged, 0 rejected")
    assert f'href="/procedures/{CODE}"' in client.get("/procedures?q=nuoi+ong").text
    answer = client.get(f"/procedures/{CODE}")
    page = text_of(answer)
    for words in (
        "Chưa nộp được ở đây", "7.000 đ", "3 ngày làm việc", "Miễn phí",
        "thời gian: “5” (danh mục không ghi đơn vị)", "Phí không ghi · thời gian không ghi",
        "Tờ khai (Mẫu CT01).", "Mẫu để trống: 1.MuCT01banhnh.doc", "1 bản chính", "2 bản sao", "68/2020/QH14",
        "Cơ quan tra được thì không phải nộp.", "Bộ Nông nghiệp và Môi trường", "Bước 1: Chuẩn bị hồ sơ.",
    ):  # fmt: skip
        assert words in page, words
    assert "/dossiers/new/" not in answer.text
    assert answer.headers["X-Motcua-Public"] == "1"
    citizen = client
    who.log_in_citizen(citizen, services)
    form = filling.form_of(citizen, "/dossiers/new/1.001193")
    begun = citizen.post(f"/dossiers/new/{CODE}", data={**form["hidden"], "office": "H56.38.12"})
    assert begun.status_code == 403


def test_what_a_newer_list_no_longer_has_is_named_and_stays(take, client: FlaskClient, tmp_path: Path) -> None:
    take(write(tmp_path / "old.jsonl", entry(), entry("9.000002", name="Cấp phép đào giếng")))
    newer, names = write(tmp_path / "new.jsonl", entry()), tmp_path / "absent"
    told = take(newer, "--absent", names)
    assert "0 new, 0 changed, 1 unchanged" in told and "1 of earlier lists are not in this file and stay" in told
    assert names.read_text(encoding="utf-8") == "9.000002\n"
    assert client.get("/procedures/9.000002").status_code == 200, "a file may be a part of the list"


def test_an_index_row_is_shown_with_what_is_known(take, client: FlaskClient, tmp_path: Path) -> None:
    rows = f"{INDEX_HEADER}\n{CODE}\tCấp phép đào giếng\tTài nguyên nước\tCấp xã\t1/QĐ\tCông dân Việt Nam\tbo-la\t12\n"
    (tmp_path / "i.tsv").write_text(rows, encoding="utf-8")
    assert "1 new" in take(tmp_path / "i.tsv")
    page = text_of(client.get(f"/procedures/{CODE}"))
    assert "Tài nguyên nước (bo-la)" in page and "Chưa nộp được ở đây" in page
    assert "Phí và thời gian" not in page


def test_the_second_run_changes_nothing_not_even_the_memory_of_other_processes(
    take, services: Services, tmp_path: Path
) -> None:
    file = write(tmp_path / "l.jsonl", *(entry(f"9.{i:06d}") for i in range(1, 8)))
    take(file)
    before = stored(services)
    assert "0 new, 0 changed, 7 unchanged" in take(file)
    assert "0 new, 0 changed, 7 unchanged" in take(
        write(file, *(entry(f"9.{i:06d}", crawled="x") for i in range(1, 8)))
    )
    assert stored(services) == before


def test_a_changed_text_is_a_new_revision_from_today_and_the_old_one_stays(
    take, client: FlaskClient, services: Services, tmp_path: Path
) -> None:
    take(write(tmp_path / "l.jsonl", entry(), entry("9.000002")))
    assert "0 new, 1 changed, 1 unchanged" in take(
        write(tmp_path / "l.jsonl", entry(name="Nuôi ong mật"), entry("9.000002"))
    )
    with services.database.session(write=False) as session:
        found = get_procedure(session, CODE)
        assert (found.number, found.spec.plain.vi) == (2, "Nuôi ong mật")
        first = session.scalars(select(ProcedureRevision).where(ProcedureRevision.number == 1).order_by(
            ProcedureRevision.id.desc()).limit(2)).all()  # fmt: skip
        assert clock.today() in {one.valid_to for one in first}
    assert "Nuôi ong mật" in client.get("/procedures?q=nuoi+ong+mat").text


def test_the_index_does_not_take_away_what_the_whole_text_says(take, client: FlaskClient, tmp_path: Path) -> None:
    take(write(tmp_path / "l.jsonl", entry()))
    one = entry()
    row = "\t".join(
        [one["code"], one["name"], one["field"], one["level"], one["decision"], one["subjects"], one["ministry"], "9"]
    )
    (tmp_path / "i.tsv").write_text(f"{INDEX_HEADER}\n{row}\n", encoding="utf-8")
    assert "0 new, 0 changed, 1 unchanged" in take(tmp_path / "i.tsv")
    assert "Tờ khai (Mẫu CT01)." in text_of(client.get(f"/procedures/{CODE}"))


def test_a_procedure_with_a_form_of_its_own_keeps_it(take, client: FlaskClient, tmp_path: Path) -> None:
    said = take(write(tmp_path / "l.jsonl", entry("1.001193", name="Thủ tục khác")))
    assert "0 new, 0 changed, 0 unchanged, 1 with a form of their own here left alone" in said
    assert "Khai sinh cho con" in client.get("/procedures/1.001193").text


def test_loading_the_projects_own_files_does_not_take_imported_ones_away(
    app: Flask, take, client: FlaskClient, tmp_path: Path
) -> None:
    take(write(tmp_path / "l.jsonl", entry()))
    assert app.test_cli_runner().invoke(args=["catalogue", "load"]).output.strip() == "24 unchanged"
    assert client.get(f"/procedures/{CODE}").status_code == 200


BAD = [
    ("{not json", "not JSON"),
    ("[1, 2]", "not one procedure"),
    (entry(code="abc"), "the code is 'abc'"),
    (entry(name="   "), "the name is missing"),
    (entry(name=7), "the name is missing"),
    (entry(name="x" * 3000), "longer than 2,000"),
    (entry(level="Cấp trời"), "the level 'Cấp trời' is not known"),
    (entry(level=None), "the level is missing"),
    (entry(field=""), "the field of work is missing"),
    (entry(documents="viele"), "documents is not a list"),
    (entry(documents=[1]), "documents is not a list"),
    (entry(channels=[{"channel": "fax"}]), "the way 'fax' is not known"),
    (entry(name="Gia h\ufffdn"), "letters cannot be read"),
    ("[" * 100_000, "not JSON"),
]


def test_every_line_that_cannot_be_taken_is_named_with_its_reason_and_the_rest_is_taken(
    take, services: Services, tmp_path: Path
) -> None:
    file = write(tmp_path / "l.jsonl", entry(), *(bad for bad, _ in BAD), "", entry("9.000002"), entry())
    said = take(file, "--rejects", tmp_path / "rejects.txt", "--batch", "2")
    assert f"2 new, 0 changed, 0 unchanged, {len(BAD) + 1} rejected" in said
    told = (tmp_path / "rejects.txt").read_text(encoding="utf-8").splitlines()
    assert len(told) == len(BAD) + 1
    for number, (_line, reason) in enumerate(BAD, start=2):
        assert any(line.startswith(f"line {number}\t") and reason in line for line in told), (number, reason)
    assert told[-1] == f"line {len(BAD) + 4}\t{CODE}\tthe code stood in line 1 already"
    assert stored(services)[0] == 26


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mã\ttên\n", "the first line must name the columns"),
        (f"{INDEX_HEADER}\n{CODE}\tchỉ hai cột\n", "2 columns instead of 8"),
        (f"{INDEX_HEADER}\n" + "x" * 200_000 + "\n", "cannot be read"),
    ],
)
def test_a_table_that_is_none_is_told(take, tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "i.tsv").write_text(text, encoding="utf-8")
    assert reason in take(tmp_path / "i.tsv")


def test_bytes_that_are_no_text_stop_nothing(take, tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_bytes(b"{\xff\xfe\x00\n" + os.urandom(2000))
    assert "0 new" in take(tmp_path / "l.jsonl")


def test_an_import_that_was_cut_off_is_started_again_and_goes_on(
    services: Services, app: Flask, tmp_path: Path
) -> None:
    file = write(tmp_path / "l.jsonl", *(entry(f"9.{i:06d}") for i in range(1, 31)))

    def cut(line: int) -> None:
        if line >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_lines(services.database, read_lines(file), batch=10, step=cut)
    assert stored(services)[0] == 24 + 20
    report = import_lines(services.database, read_lines(file), batch=10)
    assert (report.new, report.unchanged) == (10, 20)


MESS = [
    ("Tờ\u200b khai\u00a0\u00a0thay đổi", "Tờ khai thay đổi"),
    ("Gia\u0323 ha\u0323n", "Giạ hạn"),
    ("<p>Tờ khai&nbsp;<b>mẫu&#32;A</b><br/>bản chính</p>", "Tờ khai mẫu A bản chính"),
    ("\uf0b7 Giấy tờ \ufeff; kèm theo .", "- Giấy tờ; kèm theo."),
    ("A &lt; B &amp; C", "A < B & C"),
    ("giá < 5 và > 3", "giá < 5 và > 3"),
    ("Thủ tục\r\n\tcấp   phép", "Thủ tục cấp phép"),
    ("\u200eKhông có thông tin.", "Không có thông tin."),
]


@pytest.mark.parametrize(("messy", "clean"), MESS)
def test_text_as_it_was_scraped_is_made_readable(messy: str, clean: str) -> None:
    assert cleaning.plain(messy) == nfc(clean)


GLUED = [
    ("Tờ khai (Mẫu CT01).1.MuCT01banhnh.doc", "Tờ khai (Mẫu CT01).", "1.MuCT01banhnh.doc"),
    ("bằng văn bản;1.MuCT01banhnh53 (4).doc", "bằng văn bản", "1.MuCT01banhnh53 (4).doc"),
    ("của Bộ Công an)Mẫu DC02 Phiếu đề nghị.doc", "của Bộ Công an)", "Mẫu DC02 Phiếu đề nghị.doc"),
    ("theo Quyết định số 24/2021/QĐ-TTgGiấy đề nghị.pdf", "theo Quyết định số 24/2021/QĐ-TTg", "Giấy đề nghị.pdf"),
    ("theo mẫu;9..TKghivoscc.doc", "theo mẫu", "9..TKghivoscc.doc"),
    ("Đơn đề nghị mẫu 01.docx", "Đơn đề nghị mẫu 01", "Đơn đề nghị mẫu 01.docx"),
    ("Tờ khai.a.doc;b.pdf", "Tờ khai.", "a.doc; b.pdf"),
    ("Giấy chứng nhận. Bản chính.", "Giấy chứng nhận. Bản chính.", None),
    ("", "", None),
]


@pytest.mark.parametrize(("text", "sentence", "file"), GLUED)
def test_the_name_of_a_file_is_no_part_of_the_sentence_it_was_glued_to(text, sentence, file) -> None:
    assert cleaning.without_files(text) == (sentence, file)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(sorted(entry())), ANYTHING))
def test_no_line_breaks_the_import(changes) -> None:
    try:
        content = content_of({**entry(), **changes})
    except Rejected as wrong:
        assert str(wrong)
    else:
        assert content == content_of({**entry(), **changes})


@given(st.text(max_size=200))
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    once = cleaning.plain(text)
    assert nfc(once) == once
    assert "\n" not in once and "\u200b" not in once
    sentence, _file = cleaning.without_files(once)
    assert cleaning.without_files(sentence)[0] in (sentence, cleaning.without_files(sentence)[0])


@pytest.mark.long
@pytest.mark.skipif("MOTCUA_TEST_TTHC" not in os.environ, reason="the national list is not part of the project")
def test_the_real_list_is_taken_whole_and_nothing_messy_is_left(take, client: FlaskClient) -> None:
    """MOTCUA_TEST_TTHC=tthc_slice.jsonl or the index, outside the project."""
    file = Path(os.environ["MOTCUA_TEST_TTHC"])
    lines = list(read_lines(file))
    assert [line for line in lines if isinstance(line, Reject)] == []
    said = take(file)
    assert "0 changed" in said and said.strip().endswith("0 rejected")
    assert "0 new, 0 changed" in take(file)
    for line in lines[:: max(1, len(lines) // 60)]:
        page = client.get(f"/procedures/{line.code}")
        assert page.status_code == 200
        main = unescape(page.text.split("<main", 1)[1].split("</main>", 1)[0])
        assert not re.search("[\u200b-\u200f\u00a0\ufeff\uf000-\uf8ff]", main), line.code
        shown = [p["name"] for p in line.content["listing"].get("papers", ())]
        assert not [name for name in shown if re.search(r"\.(docx?|pdf|xlsx?)$", name)], line.code
