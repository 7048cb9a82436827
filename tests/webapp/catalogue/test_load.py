"""Loading again changes nothing; a changed rule becomes a new revision and the old one stays for old dossiers."""

import shutil

import pytest
import yaml
from sqlalchemy import func, select

from webapp.catalogue.load import load_procedures
from webapp.catalogue.models import CatalogueVersion, Procedure, ProcedureRevision
from webapp.catalogue.queries import get_procedure, spec_of
from webapp.catalogue.reading import PROCEDURES, SpecError, read_file
from webapp.catalogue.revising import content_hash
from webapp.core import clock
from webapp.core.db import Base, Database

BIRTH = "1.001193"


@pytest.fixture
def database(tmp_path):
    made = Database(f"sqlite:///{tmp_path}/load.db")
    tables = [Procedure.__table__, ProcedureRevision.__table__, CatalogueVersion.__table__]
    Base.metadata.create_all(made.engine, tables=tables)
    yield made
    made.dispose()


@pytest.fixture
def folder(tmp_path):
    """Two of the procedures, to be changed at will."""
    made = tmp_path / "procedures"
    made.mkdir()
    for code in (BIRTH, "1.000894"):
        shutil.copy(PROCEDURES / f"{code}.yaml", made)
    return made


def change(folder, code=BIRTH, **values):
    path = folder / f"{code}.yaml"
    content = {**read_file(path), **values}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def snapshot(session):
    procedures = session.execute(select(Procedure.__table__).order_by(Procedure.id)).all()
    revisions = session.execute(select(ProcedureRevision.__table__).order_by(ProcedureRevision.id)).all()
    return procedures, revisions


def load(database, folder=PROCEDURES):
    with database.transaction() as session:
        return load_procedures(session, folder)


def test_all_24_are_loaded_and_loading_again_changes_nothing(database):
    assert len(load(database).added) == 24
    with database.session() as session:
        before = snapshot(session)
    again = load(database)
    assert (again.added, again.revised, again.retired, len(again.unchanged)) == ([], [], [], 24)
    with database.session() as session:
        assert snapshot(session) == before


def test_a_file_laid_out_otherwise_is_the_same_content(database, folder):
    load(database, folder)
    change(folder)
    assert load(database, folder).revised == []


def test_a_changed_rule_is_a_new_revision_and_the_old_one_stays(database, folder):
    load(database, folder)
    with database.session(write=False) as session:
        old = get_procedure(session, BIRTH)
    change(folder, plain_vi="Đăng ký khai sinh cho con", synonyms=["khai sinh", "nối dõi"])
    report = load(database, folder)
    assert (report.revised, report.unchanged) == ([BIRTH], ["1.000894"])
    with database.session(write=False) as session:
        new = get_procedure(session, BIRTH)
        assert (new.number, new.spec.plain.vi) == (2, "Đăng ký khai sinh cho con")
        kept = session.get(ProcedureRevision, old.revision_id)
        assert spec_of(kept).plain.vi == "Khai sinh cho con"
        assert kept.valid_to == clock.today()
        assert session.get(ProcedureRevision, new.revision_id).valid_to is None
        text = session.scalar(select(Procedure.search_text).where(Procedure.code == BIRTH))
        assert "|noi doi|" in text


def test_going_back_to_an_earlier_text_is_a_third_revision_not_a_forgery_of_the_first(database, folder):
    load(database, folder)
    change(folder, plain_vi="Khác")
    load(database, folder)
    change(folder, plain_vi="Khai sinh cho con")
    load(database, folder)
    with database.session(write=False) as session:
        assert get_procedure(session, BIRTH).number == 3
        assert session.scalar(select(func.count()).select_from(ProcedureRevision)) == 4


def test_a_procedure_whose_file_is_gone_is_no_longer_offered_and_comes_back_with_it(database, folder):
    load(database, folder)
    path = folder / f"{BIRTH}.yaml"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    assert load(database, folder).retired == [BIRTH]
    with database.session(write=False) as session:
        assert get_procedure(session, BIRTH) is None
    path.write_text(text, encoding="utf-8")
    assert load(database, folder).unchanged == ["1.000894", BIRTH]
    with database.session(write=False) as session:
        assert get_procedure(session, BIRTH).number == 1


def test_one_bad_file_stops_everything_before_the_first_row(database, folder):
    change(folder, "1.000894", icon="")
    with pytest.raises(SpecError, match=r"1\.000894\.yaml: icon is missing"):
        load(database, folder)
    with database.session(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Procedure)) == 0


def test_two_files_cannot_claim_one_code(database, folder):
    shutil.copy(folder / f"{BIRTH}.yaml", folder / "copy.yaml")
    with pytest.raises(SpecError, match="stands in two files"):
        load(database, folder)


def test_an_empty_folder_does_not_take_everything_away(database, folder, tmp_path):
    load(database, folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SpecError, match="no procedure files here"):
        load(database, tmp_path / "empty")


def test_the_hash_does_not_depend_on_the_order_of_keys():
    assert content_hash({"a": 1, "b": [2]}) == content_hash({"b": [2], "a": 1})
    assert content_hash({"a": [1, 2]}) != content_hash({"a": [2, 1]})


def test_the_command_says_what_it_did_and_the_second_time_that_nothing_changed(catalogue):
    run = catalogue.test_cli_runner()
    again = run.invoke(args=["catalogue", "load"])
    assert again.exit_code == 0
    assert again.output.strip() == "24 unchanged"


def test_the_command_names_the_bad_file_and_changes_nothing(catalogue, folder):
    change(folder, icon="")
    result = catalogue.test_cli_runner().invoke(args=["catalogue", "load", str(folder)])
    assert result.exit_code == 1
    assert "1.001193.yaml: icon is missing" in result.output
    assert catalogue.test_client().get("/procedures/1.004222").status_code == 200
