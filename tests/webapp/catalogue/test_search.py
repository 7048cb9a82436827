"""People find a procedure by what they call it, however they type it."""

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.webapp.catalogue.national import entry, index_of
from webapp.catalogue import matching, memory, queries, searching
from webapp.catalogue.importing import import_lines
from webapp.catalogue.index import CANDIDATES
from webapp.catalogue.load import load_procedures
from webapp.catalogue.models import CatalogueVersion, Procedure, ProcedureRevision
from webapp.catalogue.national_list import Row, content_of, read_lines
from webapp.core.db import Base, Database

BIRTH, MARRIAGE, DEATH = "1.001193", "1.000894", "1.000656"
FOUND_FIRST = [
    ("khai sinh", BIRTH),
    ("khaisinh", BIRTH),
    ("KHAI SINH", BIRTH),
    ("làm giấy khai sinh", BIRTH),
    ("lam giay khai sinh", BIRTH),
    ("khia sinh", BIRTH),
    ("khai shinh", BIRTH),
    ("giay khai sih", BIRTH),
    ("tôi muốn làm giấy khai sinh cho con gái", BIRTH),
    ("1.001193", BIRTH),
    ("dang ki ket hon", MARRIAGE),
    ("đăng kí kết hôn", MARRIAGE),
    ("dangkykethon", MARRIAGE),
    ("ket hom", MARRIAGE),
    ("giấy hôn thú", MARRIAGE),
    ("khai tử", DEATH),
    ("thủ tục đăng ký khai tử cho bố", DEATH),
    ("sổ đỏ", "1.012783"),
    ("so hong", "1.012783"),
    ("hộ khẩu", "1.004222"),
    ("nhập khẩu cho con", "3.000722"),
    ("bang lai", "3.000347"),
    ("đổi bằng lái xe máy", "3.000347"),
    ("cccd", "1.014063"),
    ("cmnd", "1.014063"),
    ("tiền người già", "1.014027"),
    ("tro cap nguoi gia 80 tuoi", "1.014027"),
    ("mai tang", "1.001731"),
    ("mất giấy khai sinh", "2.000635"),
    ("xây nhà", "1.013225"),
    ("mở quán phở", "1.001612"),
    ("công chứng", "2.000815"),
    ("độc thân", "1.004873"),
    ("hộ nghèo", "1.011607"),
    ("birth certificate", BIRTH),
]


TABLES = [Procedure.__table__, ProcedureRevision.__table__, CatalogueVersion.__table__]


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    made = Database(f"sqlite:///{tmp_path_factory.mktemp('search')}/search.db")
    Base.metadata.create_all(made.engine, tables=TABLES)
    with made.transaction() as session:
        load_procedures(session)
    yield made
    made.dispose()


@pytest.fixture
def session(database):
    with database.session(write=False) as opened:
        yield opened


def codes(found) -> list[str]:
    return [entry.code for entry in found]


def search(session, q):
    return searching.search_entries(memory.index(session), q)


def statements(session: Session, work) -> int:
    seen: list[str] = []
    engine = session.get_bind()

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    work()
    event.remove(engine, "before_cursor_execute", note)
    return sum(statement.startswith("SELECT") for statement in seen)


@pytest.mark.parametrize(("q", "code"), FOUND_FIRST)
def test_what_people_type_finds_what_they_mean(session, q, code):
    assert codes(search(session, q))[:1] == [code]


@pytest.mark.parametrize(
    "q", ["", "   ", "???", "xyzzy", "hộ chiếu ngoại giao", "%", "_", "'; drop table procedures;--"]
)
def test_a_question_nobody_can_answer_gives_nothing_and_breaks_nothing(session, q):
    assert search(session, q) == []


def test_every_procedure_stands_in_the_index_with_its_life_event(session):
    assert len(memory.index(session).entries) == 24
    land = {entry.code for entry in memory.index(session).entries if entry.life_event == "land"}
    assert land == {"1.012783", "1.013831"}
    assert sum(total for _, _, total in queries.grouped(session)) == 24


def test_a_group_shows_its_first_and_says_how_many_there_are(session):
    papers = next(group for group in queries.grouped(session, per_event=2) if group[0] == "papers")
    assert (len(papers[1]), papers[2]) == (2, 4)


def test_one_procedure_is_found_by_its_code_and_a_made_up_one_is_not(session):
    found = queries.get_procedure(session, BIRTH)
    assert found.spec.plain.vi == "Khai sinh cho con"
    assert found.number == 1
    assert queries.spec_by_revision(session, found.revision_id) is found.spec
    assert queries.get_procedure(session, "9.999999") is None


def test_a_list_takes_a_fixed_number_of_questions_to_the_database(session):
    queries._specs.clear()
    assert statements(session, lambda: queries.grouped(session)) <= 3
    assert statements(session, lambda: queries.grouped(session)) == 1
    assert statements(session, lambda: search(session, "khai sinh")) == 1


def test_contents_are_parsed_once_and_the_memory_has_an_end(session, monkeypatch):
    monkeypatch.setattr(queries, "KEPT_SPECS", 5)
    queries._specs.clear()
    assert len(queries.by_codes(session, [entry.code for entry in memory.index(session).entries])) == 24
    assert len(queries._specs) == 5


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60)


@given(WORDS)
def test_no_text_breaks_the_search(text):
    assert 0.0 <= matching.Question(matching.key(text)).score(("khai sinh cho con", "lam giai khai sinh")) <= 1.0


@given(st.sampled_from(["khai sinh cho con", "đăng ký kết hôn", "trợ cấp người già"]))
def test_a_name_answers_itself_best(name):
    assert matching.Question(matching.key(name)).score((matching.key(name), "something else")) == 1.0


# ------------------------------------------------------------------------------------ among the procedures of a country


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """The 24 of ours among five thousand of the national list."""
    folder = tmp_path_factory.mktemp("many")
    made = Database(f"sqlite:///{folder}/many.db")
    Base.metadata.create_all(made.engine, tables=TABLES)
    with made.transaction() as session:
        load_procedures(session)
    report = import_lines(made, read_lines(index_of(folder / "index.tsv", 5000)))
    assert report.new == 5000
    yield made
    made.dispose()


@pytest.fixture
def wide(many):
    with many.session(write=False) as opened:
        yield opened


@pytest.mark.parametrize(("q", "code"), FOUND_FIRST)
def test_the_right_procedure_is_still_first_among_five_thousand(wide, q, code):
    assert codes(search(wide, q))[:1] == [code]


@pytest.mark.parametrize(
    ("q", "words"),
    [
        ("gia hạn thẻ tàu cá", "Gia hạn thẻ tàu cá"),
        ("giahanthetauca", "Gia hạn thẻ tàu cá"),
        ("gia hna the tau", "Gia hạn thẻ tàu"),
        ("thu hoi giay phep hai quna", "Thu hồi giấy phép hải quan"),
        ("8.000123", "loại 123"),
    ],
)
def test_an_imported_procedure_is_found_however_it_is_typed(wide, q, words):
    assert words in searching.search_entries(memory.index(wide), q)[0].title.vi


def test_a_search_asks_the_database_once_however_many_procedures_there_are(session, wide):
    for opened in (session, wide):
        search(opened, "khai sinh")  # parse what is shown
        assert statements(opened, lambda opened=opened: search(opened, "khai sinh")) == 1


def test_a_question_looks_at_a_bounded_number_of_procedures(wide):
    """Its cost does not follow the table: common words are counted, only the most telling places are compared."""
    known = memory.index(wide)
    compared = []
    for question in ("cấp giấy phép", "cấp", "gia hạn", "giấy"):
        near = [dict(known._known(word)) for word in matching.terms(matching.key(question))]
        compared.append(len(known._candidates(matching.Question(matching.key(question), near), near, lambda _e: True)))
    assert max(compared) <= 2 * CANDIDATES


def test_pages_of_a_search_hold_every_answer_once(wide):
    found = searching.search_entries(memory.index(wide), "gia hạn tàu cá")
    assert len(found) > 20
    seen, after = [], None
    while True:
        part = searching.page_of(found, after, 7)
        seen += part.entries
        if part.next_after is None:
            break
        after = part.next_after
    assert seen == found


def test_filters_keep_what_they_name(wide):
    known = memory.index(wide)
    kept = searching.Filters(level="province")
    assert {e.code for e in searching.search_entries(known, "sổ đỏ", kept.keeps)} >= {"1.012783"}
    assert all("province" in e.levels for e in searching.search_entries(known, "giấy phép", kept.keeps))
    field = known.by_code[BIRTH].field_key
    only = searching.search_entries(known, "khai sinh", searching.Filters(field=field).keeps)
    assert {e.field_key for e in only} == {field}


def test_a_change_by_another_process_is_seen_at_once_and_otherwise_nothing_is_built_again(tmp_path):
    one, other = (Database(f"sqlite:///{tmp_path}/two.db") for _ in range(2))
    Base.metadata.create_all(one.engine, tables=TABLES)
    with one.transaction() as session:
        load_procedures(session)
    with one.session(write=False) as session:
        first = memory.index(session)
        assert memory.index(session) is first
    import_lines(other, [Row(1, "9.000001", content_of(entry()), index=True)])
    with one.session(write=False) as session:
        assert memory.index(session) is not first
        assert codes(search(session, "nuôi ong"))[0] == "9.000001"
    for database in (one, other):
        database.dispose()


@given(st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxy áàảãạ0123.,%_'"), max_size=40))
@hypothesis.settings(max_examples=60, suppress_health_check=[hypothesis.HealthCheck.too_slow])
def test_no_question_breaks_the_search_among_many(many, q):
    with many.session(write=False) as session:
        found = searching.search_entries(memory.index(session), q)
    assert len({e.code for e in found}) == len(found)


@pytest.mark.parametrize(("q", "code"), [(q, code) for q, code in FOUND_FIRST if len(q) > 9 and " " in q])
def test_a_space_left_out_anywhere_changes_nothing(session, q, code):
    for at, letter in enumerate(q):
        if letter == " ":
            assert code in codes(search(session, q[:at] + q[at + 1 :]))[:3], q[:at] + q[at + 1 :]
