"""What the square on an ID card says, and what it does not say."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webapp.identity import cards
from webapp.core import inspect
from webapp.identity.card import NoCard, parse, place, read_card


def test_a_photo_of_a_card_gives_its_seven_answers(services):
    card = read_card(cards.photo(cards.DAO).read())
    assert (card.number, card.old_number, card.name) == ("038196001234", "162345678", "Nguyễn Thị Đào")
    assert (card.birth_date, card.sex, card.issued_on) == ("1996-05-14", "nu", "2023-08-16")
    with services.database.session(write=False) as session:
        answers = card.answers(session)
    assert answers["residence"] == {
        "province": "38", "commune": "Xã Hoằng Lộc", "commune_code": answers["residence"]["commune_code"],
        "line": "Thôn Đình Nam",
    }  # fmt: skip
    assert answers["id_issued"] == {"date": "2023-08-16", "text": "Bộ Công an"}


@pytest.mark.parametrize("turned", [0, 90, 180, 37])
def test_it_may_be_held_in_any_direction(turned):
    assert read_card(cards.photo(cards.TU, turned=turned).read()).number == "038090007788"


TEXTS = {
    "a card without an old number": (cards.TU, ("038090007788", "", "Hoàng Văn Tú", "1990-03-02", "nam")),
    "a newer card says more": (
        f"{cards.TU}|Nguyễn A|Trần B", ("038090007788", "", "Hoàng Văn Tú", "1990-03-02", "nam"),
    ),
    "letters in pieces": (
        unicodedata.normalize("NFD", cards.DAO), ("038196001234", "162345678", "Nguyễn Thị Đào", "1996-05-14", "nu"),
    ),
    "only a year of birth": ("038154004321||Vi Thị Nhàn|1954|Nữ||", ("038154004321", "", "Vi Thị Nhàn", "1954", "nu")),
    "a day that does not exist": (
        "038154004321||Vi Thị Nhàn|31021954|Nữ||", ("038154004321", "", "Vi Thị Nhàn", None, "nu"),
    ),
    "a sex nobody knows": ("038154004321||Vi Thị Nhàn|1954|X||", ("038154004321", "", "Vi Thị Nhàn", "1954", None)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_cards_as_they_are_found(text, expected):
    card = parse(text)
    assert card is not None
    assert (card.number, card.old_number, card.name, card.birth_date, card.sex) == expected


@pytest.mark.parametrize(
    "text",
    ["", "HTTPS://MOTCUA.EXAMPLE/Q/ABCDEFGHIJKLMNOP", "1|2|3|4|5|6|7", "038196001234||<script>|1|2|3|4", "|" * 6,
     "12345678|1|Nguyễn Thị Đào|14051996|Nữ|a|b", "038196001234|162345678|Nguyễn Thị Đào|14051996|Nữ|Hoằng Lộc"],
)  # fmt: skip
def test_what_is_no_card_is_none(text):
    assert parse(text) is None


@given(st.text(alphabet=st.sampled_from("0123456789|Nguyễnđ ,-<>\x00\u200b"), max_size=120))
def test_whatever_a_code_says_it_is_a_card_with_a_right_number_or_none(text):
    card = parse(text)
    assert card is None or (len(card.number) == 12 and card.number.isdigit() and card.name)


OLD, NEW = "2021-05-10", "2025-09-01"
PLACES = [
    ("Thôn 5, Hoằng Lộc, Hoằng Hóa, Thanh Hóa", OLD, ("38", "Xã Hoằng Lộc", "Thôn 5")),
    ("Thôn 5, Xã Hoằng Lộc, Tỉnh Thanh Hóa", NEW, ("38", "Xã Hoằng Lộc", "Thôn 5")),
    ("Hoằng Lộc, Thanh Hóa", NEW, ("38", "Xã Hoằng Lộc", "")),
    # The district of then is a commune today; whoever lived in another commune of it must not move there.
    ("Thôn 5, Hoằng Không Còn, Hoằng Hóa, Thanh Hóa", OLD, ("38", "", "Thôn 5, Hoằng Không Còn, Hoằng Hóa")),
    ("Thanh Hóa", OLD, ("38", "", "")),
    ("Xóm 1, Ở Đâu Đó", OLD, ("", "", "Xóm 1, Ở Đâu Đó")),
]


@pytest.mark.parametrize(("address", "issued", "expected"), PLACES)
def test_an_address_of_yesterday_is_read_as_far_as_its_names_still_hold(services, address, issued, expected):
    with services.database.session(write=False) as session:
        found = place(session, address, issued)
    assert (found["province"], found["commune"], found["line"]) == expected


@pytest.mark.parametrize(
    ("photo", "said"),
    [
        (b"", "no photo yet"),
        (cards.nothing().read(), "no QR code"),
        (cards.photo("https://motcua.example/q/abc").read(), "not that of an ID card"),
        (b"%PDF-1.7 nothing", "something else"),
        (b"\xff\xd8\xff\xe0 broken", "damaged"),
        (b"x" * (inspect.MAX_IMAGE_BYTES + 1), "larger than 10 MB"),
    ],
    ids=["nothing", "no code", "another code", "pdf", "broken", "large"],
)
def test_a_photo_that_helps_nobody_says_what_to_do(photo, said):
    with pytest.raises(NoCard, match=said):
        read_card(photo)
