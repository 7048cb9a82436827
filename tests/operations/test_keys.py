"""A new key takes over while people work; the old one may leave the ring when it has sealed nothing any more."""

import threading

import pytest
from sqlalchemy import select, text

from tests import people
from tests.operations.conftest import a_dossier, command, made
from webapp.accounts.models import Person
from webapp.core import crypto, rotation
from webapp.core.crypto import Unreadable, key_of
from webapp.core.files import StoredFile, read_file
from webapp.core.settings import new_data_key
from webapp.dossiers.models import Dossier, DossierMove

NEW = new_data_key()
NEW_ID = NEW.partition(":")[0]


def use(app, *keys):
    """The ring in the settings of this process."""
    services = made(app)
    secret = type(services.settings.data_keys)(",".join(keys))
    services.settings = services.settings.model_copy(update={"data_keys": secret})
    crypto.configure(services.settings)


@pytest.fixture
def old(either):
    return made(either).settings.data_keys.get_secret_value()


def open_everything(app):
    """Every sealed value and every file, opened; how many."""
    services, count = made(app), 0
    with services.database.session(write=False) as session:
        for mapper in Person.registry.mappers:
            for row in session.scalars(select(mapper.class_)):
                for place in rotation.places():
                    if place.table is mapper.local_table:
                        getattr(row, place.name)
                        count += 1
        for row in session.scalars(select(StoredFile)):
            read_file(services.storage, row)
            count += 1
    return count


def test_after_the_turn_the_new_key_alone_opens_everything(either, old):
    a_dossier(either)
    before = open_everything(either)
    use(either, NEW, old)
    turned = command(either, "keys", "rotate")
    assert turned.exit_code == 0, turned.output
    use(either, NEW)
    assert open_everything(either) == before > 20
    with made(either).database.session(write=False) as session:
        assert people.person(session).full_name == "Nguyễn Thị Đào", "still found by number"


def test_the_status_says_which_key_still_holds_what(either, old):
    a_dossier(either)
    old_id = old.partition(":")[0]
    use(either, NEW, old)
    status = command(either, "keys", "status", "--files").output
    assert f"{NEW_ID}\tcurrent\t0 values, 0 files" in status
    assert f"{old_id}\told\t" in status and "people.full_name" in status
    command(either, "keys", "rotate")
    assert f"{old_id}\told\t0 values, 0 files" in command(either, "keys", "status", "--files").output
    use(either, old)
    assert "unknown\tNOT IN THE RING" in command(either, "keys", "status").output


def test_the_reasons_in_the_history_are_sealed_anew_and_nothing_else_there_can_change(either, old):
    dossier = a_dossier(either)
    services = made(either)
    with services.database.transaction() as session:
        row = session.scalars(select(Dossier).where(Dossier.public_id == dossier)).one()
        move = DossierMove(
            public_id="m" * 22, dossier_id=row.id, at=row.created_at, verb="stop", from_state="submitted",
            to_state="stopped", party="office", channel="counter",
        )  # fmt: skip
        move.reason = "Ông Nam đã mất"
        session.add(move)
    use(either, NEW, old)
    assert command(either, "keys", "rotate").exit_code == 0
    use(either, NEW)
    with services.database.session(write=False) as session:
        move = session.scalars(select(DossierMove).where(DossierMove.public_id == "m" * 22)).one()
        assert move.reason == "Ông Nam đã mất" and key_of(move.reason_sealed) == NEW_ID
    with pytest.raises(Exception, match="append-only"), services.database.transaction() as session:
        session.execute(text("UPDATE dossier_moves SET verb = 'accept'"))


def test_a_turn_that_was_broken_off_goes_on_where_it_was(either, old, monkeypatch):
    a_dossier(either)
    use(either, NEW, old)
    real, count = rotation._turn_column, []

    def tired(*arguments):
        count.append(1)
        if len(count) == 12:
            raise KeyboardInterrupt
        real(*arguments)

    monkeypatch.setattr(rotation, "_turn_column", tired)
    command(either, "keys", "rotate")
    monkeypatch.setattr(rotation, "_turn_column", real)
    open_everything(either)
    assert command(either, "keys", "rotate").exit_code == 0
    assert command(either, "keys", "rotate").output.startswith("0 values and 0 files")
    use(either, NEW)
    open_everything(either)


def test_people_go_on_writing_while_the_key_turns(either, old):
    """Whoever writes in the same moment wins: what they wrote is there afterwards, and opens."""
    services = made(either)
    use(either, NEW, old)
    stop, written = threading.Event(), []

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            with services.database.transaction() as session:
                person = people.person(session)
                person.profile = {**(person.profile or {}), "email": f"{number}@example.vn"}
            written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            assert command(either, "keys", "rotate").exit_code == 0
    finally:
        stop.set()
        writer.join()
    use(either, NEW)
    with services.database.session(write=False) as session:
        assert people.person(session).profile["email"] == f"{written[-1]}@example.vn"


def test_a_value_that_no_key_opens_is_counted_and_left_as_it_is(either, old):
    a_dossier(either)
    use(either, NEW)
    turned = command(either, "keys", "rotate")
    assert turned.exit_code == 1 and "could not be opened" in turned.output
    use(either, old)
    open_everything(either)


def test_every_sealed_column_is_known_to_the_turn(either):
    known = {(place.table.name, place.column.name) for place in rotation.places()}
    sealed = {
        (table.name, column.name)
        for table in Person.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_sealed")
    }
    assert sealed - known == set()


def test_a_key_that_left_the_ring_too_early_is_said_by_name(either, old):
    use(either, NEW)
    with made(either).database.session(write=False) as session, pytest.raises(Unreadable, match="no data key"):
        session.scalars(select(Person)).first().full_name  # noqa: B018
