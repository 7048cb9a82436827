"""Personal data at rest: opens with the right key in the right place, unchanged, or not at all."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from webapp.core import crypto
from webapp.core.crypto import Keyring, Sealed, SealedJSON, Unreadable, unseal_text
from webapp.core.ids import new_public_id
from webapp.core.settings import new_data_key

OLD, NEW = new_data_key(), new_data_key()
PLACE = "people.full_name.abc"


class Shape(DeclarativeBase):
    """Tables of this test alone."""


class Card(Shape):
    """A row with two sealed columns."""

    __tablename__ = "cards"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str | None] = mapped_column(String(22))
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    name = Sealed()
    note = SealedJSON()


def card(name="Vi Thị Nhàn", note=None):
    made = Card(public_id=new_public_id())
    made.name, made.note = name, note
    return made


# ----------------------------------------------------------------------------------------------------- ring


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_was_sealed_opens_again(data, place):
    keys = Keyring(NEW, "index")
    assert keys.unseal(keys.seal(data, place), place) == data


def test_sealing_the_same_name_twice_never_looks_the_same(ring):
    sealed = [ring.seal(b"Vi", PLACE) for _ in range(500)]
    size = 1 + sealed[0][0]
    assert len({value[size : size + crypto.NONCE_BYTES] for value in sealed}) == 500
    assert len(set(sealed)) == 500


def test_the_name_cannot_be_read_in_what_is_stored(ring):
    assert "Nhàn".encode() not in ring.seal("Vi Thị Nhàn".encode(), PLACE)


def test_one_changed_bit_anywhere_and_it_does_not_open(ring):
    sealed = ring.seal("Vi Thị Nhàn".encode(), PLACE)
    for position in range(len(sealed) * 8):
        broken = bytearray(sealed)
        broken[position // 8] ^= 1 << (position % 8)
        with pytest.raises(Unreadable):
            ring.unseal(bytes(broken), PLACE)


@given(st.binary(max_size=60))
def test_whatever_stands_in_the_column_it_opens_or_is_called_unreadable(rubbish):
    with pytest.raises(Unreadable):
        Keyring(NEW, "index").unseal(rubbish, PLACE)


@pytest.mark.parametrize("length", [0, 1, 5, 8, 12, 20, 30])
def test_a_value_that_was_cut_off_does_not_open(ring, length):
    with pytest.raises(Unreadable):
        ring.unseal(ring.seal(b"Vi", PLACE)[:length], PLACE)


def test_the_place_is_part_of_the_seal(ring):
    sealed = ring.seal(b"Vi", PLACE)
    with pytest.raises(Unreadable) as wrong:
        ring.unseal(sealed, "people.full_name.xyz")
    assert "xyz" not in str(wrong.value)  # an error is no way to read ids


def test_a_new_key_in_front_seals_and_the_old_one_still_opens():
    before = Keyring(OLD, "index")
    sealed = before.seal(b"Vi", PLACE)
    after = Keyring(f"{NEW},{OLD}", "index")
    assert after.unseal(sealed, PLACE) == b"Vi"
    again = after.seal(b"Vi", PLACE)
    assert again[1 : 1 + again[0]].decode() == NEW.partition(":")[0]
    with pytest.raises(Unreadable):
        before.unseal(again, PLACE)


def test_without_its_key_a_value_does_not_open():
    sealed = Keyring(OLD, "index").seal(b"Vi", PLACE)
    with pytest.raises(Unreadable, match="no data key"):
        Keyring(NEW, "index").unseal(sealed, PLACE)


KEY = b64encode(b"x" * 32).decode()


@pytest.mark.parametrize(
    "entry", ["", " , ", "k1:" + b64encode(b"short").decode(), f":{KEY}", "k1:", f"{'x' * 13}:{KEY}", KEY]
)
def test_a_ring_that_cannot_protect_anything_is_refused(entry):
    with pytest.raises(ValueError, match="MOTCUA_DATA_KEYS"):
        Keyring(entry, "index")


def test_a_process_without_a_ring_says_so(monkeypatch):
    monkeypatch.setattr(crypto._Ring, "current", None)
    with pytest.raises(RuntimeError, match="configure"):
        crypto.keyring()


# ------------------------------------------------------------------------------------------------- searching


def test_a_number_is_found_by_its_digest_which_depends_on_key_and_purpose(ring):
    digest = crypto.blind("citizen id", "038196001234")
    assert digest == crypto.blind("citizen id", "038196001234")
    assert digest != crypto.blind("phone", "038196001234")
    assert digest != crypto.blind("citizen id", "038196001235")
    assert digest != Keyring(NEW, "another index key").blind("citizen id", "038196001234")
    assert "038196001234" not in digest


def test_purpose_and_value_do_not_run_into_each_other():
    assert crypto.blind("a", "bc") != crypto.blind("ab", "c")


# -------------------------------------------------------------------------------------------------- columns


def test_a_row_seals_on_the_way_in_and_opens_on_the_way_out():
    made = card(note={"mẹ": "Lò Thị Hương", "con": [1, None]})
    assert made.name == "Vi Thị Nhàn"
    assert made.note == {"mẹ": "Lò Thị Hương", "con": [1, None]}
    assert b"Nh" not in made.name_sealed


def test_nothing_is_nothing_and_an_empty_text_is_an_empty_text():
    made = card(name=None)
    assert (made.name, made.name_sealed, made.note_sealed) == (None, None, None)
    made.name = ""
    assert made.name == ""


def test_the_value_of_another_row_does_not_open_in_this_one():
    dao, nhan = card("Đào"), card("Nhàn")
    nhan.name_sealed = dao.name_sealed
    with pytest.raises(Unreadable):
        _ = nhan.name


def test_the_value_of_another_column_does_not_open_in_this_one():
    made = card(note="Nhàn")
    made.name_sealed = made.note_sealed
    with pytest.raises(Unreadable):
        _ = made.name


def test_a_row_without_its_public_id_seals_nothing():
    with pytest.raises(ValueError, match="public_id"):
        Card().name = "Đào"


def test_a_json_value_is_a_fresh_copy_so_that_a_change_is_assigned():
    made = card(note={"a": 1})
    made.note["a"] = 2
    assert made.note == {"a": 1}


def test_a_column_read_without_the_row_opens_the_same():
    made = card()
    assert unseal_text("cards", "name", made.public_id, made.name_sealed) == "Vi Thị Nhàn"
    assert unseal_text("cards", "name", made.public_id, memoryview(made.name_sealed)) == "Vi Thị Nhàn"
    assert unseal_text("cards", "name", made.public_id, None) is None
