"""How people write numbers, dates and names here, and what we make of it."""

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from webapp.core import parsing
from webapp.core.parsing import FieldError

# Prefixes of Vietnamese mobile numbers (0 + 9 digits), by the numbering plan of 2026.
MOBILE = [
    "032", "033", "034", "035", "036", "037", "038", "039", "086", "096", "097", "098", "081", "082", "083",
    "084", "085", "088", "091", "094", "070", "076", "077", "078", "079", "089", "090", "093", "0522", "0523",
    "0528", "056", "058", "092", "059", "099", "087", "0559",
]  # fmt: skip
LANDLINE = ["02373852111", "02103846789", "02113862345", "02183853456", "02438253456"]


@pytest.fixture(autouse=True)
def a_day_in_november():
    with time_machine.travel("2026-11-22T03:00:00+00:00", tick=False):
        yield


def why(reader, raw):
    with pytest.raises(FieldError) as wrong:
        reader(raw)
    return str(wrong.value.text)


# ------------------------------------------------------------------------------------------------- phones


@pytest.mark.parametrize("prefix", MOBILE)
def test_every_mobile_prefix_of_the_country_gets_our_messages(prefix):
    number = prefix.ljust(10, "6")
    assert parsing.mobile(number) == "+84" + number[1:]


@pytest.mark.parametrize(
    "written",
    [
        "0912345678", "0912 345 678", "0912.345.678", "0912-345-678", "(0912) 345678", " 0912345678 ",
        "+84912345678", "+84 912 345 678", "84912345678", "0084912345678", "+84 (0)912345678", "０９１２３４５６７８",
    ],
)  # fmt: skip
def test_a_mobile_number_is_understood_however_it_is_grouped(written):
    assert parsing.mobile(written) == "+84912345678"


@pytest.mark.parametrize("number", LANDLINE)
def test_a_landline_is_told_apart_because_it_gets_no_messages(number):
    assert "landline" in why(parsing.mobile, number)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("091234567", "not complete"),
        ("09123456789", "not complete"),
        ("0112345678", "not complete"),
        ("1022", "not complete"),
        ("+1 202 555 0143", "Only Vietnamese"),
        ("không có", "not a phone number"),
        ("0912ABCDEF", "not a phone number"),
        ("0912345678 gọi tối", "not a phone number"),
        ("0" * 300, "not a phone number"),
        ("++", "not a phone number"),
    ],
)
def test_what_is_wrong_with_a_phone_number_is_said(written, said):
    assert said in why(parsing.mobile, written)


# -------------------------------------------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("27/03/1994", "1994-03-27"),
        ("1/7/26", "2026-07-01"),
        ("1/7/54", "1954-07-01"),
        ("01072026", "2026-07-01"),
        ("1-7-2026", "2026-07-01"),
        ("1.7.2026", "2026-07-01"),
        ("1 7 2026", "2026-07-01"),
        ("01 / 07 / 2026", "2026-07-01"),
        ("2026-07-01", "2026-07-01"),
        ("２７/０３/１９９４", "1994-03-27"),
        ("29/02/2024", "2024-02-29"),
        ("22/11/2026", "2026-11-22"),
    ],
)
def test_a_day_is_understood_however_it_is_written(written, meant):
    assert parsing.past_date(written) == meant


@pytest.mark.parametrize("written", ["31/02/2026", "29/02/2026", "32/01/2026", "01/13/2026", "0/1/2026", "1/1/0000"])
def test_a_day_that_does_not_exist_is_refused(written):
    assert why(parsing.past_date, written) == "There is no such day. Check the day and the month."


@pytest.mark.parametrize("written", ["hôm qua", "1954", "7/2026", "1/7/026", "1/7/20266", "107226", "//", "٣"])
def test_what_is_no_day_asks_for_day_month_and_year(written):
    assert "day/month/year" in why(parsing.past_date, written)


def test_a_day_to_come_is_no_birthday():
    assert "in the past" in why(parsing.past_date, "23/11/2026")
    assert "in the past" in why(parsing.partial_date, "12/2026")


def test_a_year_that_nobody_remembers_is_doubted():
    assert "too long ago" in why(parsing.past_date, "01/01/1789")


def test_an_appointment_may_come_and_its_short_year_is_of_this_century():
    assert parsing.coming_date("27/01/2027") == "2027-01-27"
    assert parsing.coming_date("5/1/27") == "2027-01-05"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1954", "1954"), ("07/1954", "1954-07"), ("7-1954", "1954-07"), ("20/07/1954", "1954-07-20"), ("١٩٥٤", "1954")],
)
def test_an_elder_may_know_only_the_year_of_birth(written, meant):
    assert parsing.partial_date(written) == meant


@pytest.mark.parametrize("written", ["1700", "2027", "13/1954", "0/1954", "54"])
def test_a_year_or_month_that_cannot_be_is_refused(written):
    why(parsing.partial_date, written)


@given(st.dates(min_value=parsing.date(1900, 1, 1), max_value=parsing.date(2026, 11, 22)))
def test_every_day_comes_back_the_way_it_was_written(day):
    for form in ("%d/%m/%Y", "%d%m%Y", "%Y-%m-%d", "%d.%m.%Y"):
        assert parsing.any_date(day.strftime(form)) == day.isoformat()


# ----------------------------------------------------------------------------------------- personal number


@pytest.mark.parametrize("written", ["038196001234", "038 196 001 234", "038.196.001.234", "０３８１９６００１２３４"])
def test_the_personal_number_has_twelve_digits_however_they_are_grouped(written):
    assert parsing.citizen_id(written) == "038196001234"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("172345678", "old 9-digit number"),
        ("03819600123", "you entered 11"),
        ("0381960012345", "you entered 13"),
        ("03819600123O", "digits only"),
        ("²" * 12, "digits only"),
        ("C1234567", "digits only"),
    ],
)
def test_what_is_wrong_with_a_personal_number_is_said(written, said):
    assert said in why(parsing.citizen_id, written)


# ----------------------------------------------------------------------------------- numbers, money, hours


@pytest.mark.parametrize(
    ("written", "meant"), [("2", 2), (" 2 ", 2), ("25.000", 25000), ("25,000", 25000), ("25 000", 25000), ("007", 7)]
)
def test_a_whole_number_is_understood(written, meant):
    assert parsing.whole_number(written) == meant


@pytest.mark.parametrize("written", ["2.5", "2,5", "-5", "hai", "²", "1.23.4", "9" * 10, "1e3"])
def test_a_part_of_a_number_is_never_taken_for_a_larger_whole(written):
    assert "whole number" in why(parsing.whole_number, written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("25.000", 25000), ("25 000 đ", 25000), ("25,000đ", 25000), ("8000 VND", 8000), ("1.250.000 ₫", 1250000),
        ("540000 đồng", 540000), ("0", 0), ("1 000 000 d", 1000000),
    ],
)  # fmt: skip
def test_money_is_whole_dong_however_it_is_grouped(written, meant):
    assert parsing.money(written) == meant


@pytest.mark.parametrize("written", ["25.5", "25,50", "-8000", "tám nghìn", "đ", "8k", "²³"])
def test_what_is_no_amount_is_refused(written):
    assert "amount" in why(parsing.money, written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("120,5", "120.5"), ("120.5", "120.5"), ("1.200", "1200"), ("1.200,5", "1200.5"), ("85", "85"), ("0,25", "0.25")],
)
def test_a_measure_is_read_as_it_is_written_here_with_a_comma(written, meant):
    assert parsing.decimal_number(written) == meant


@pytest.mark.parametrize("written", ["", ",5", "1,2,3", "1.20,5.", "rộng", "1,23456", "-2"])
def test_what_is_no_measure_is_refused(written):
    why(parsing.decimal_number, written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("14:30", "14:30"), ("8h", "08:00"), ("8 giờ 5 phút", "08:05"), ("8g15", "08:15"), ("0:00", "00:00")],
)
def test_an_hour_is_understood(written, meant):
    assert parsing.time_of_day(written) == meant


@pytest.mark.parametrize("written", ["24:00", "12:60", "sáng", "8", "8:5:1"])
def test_what_is_no_hour_is_refused(written):
    why(parsing.time_of_day, written)


@pytest.mark.parametrize("written", ["123456", "123 456", "123-456", " 123456 ", "１２３４５６"])
def test_a_code_is_six_digits_with_or_without_spaces(written):
    assert parsing.six_digits(written) == "123456"


@pytest.mark.parametrize("written", ["12345", "1234567", "12a456", "²²²²²²"])
def test_what_is_no_code_is_refused(written):
    assert "6 digits" in why(parsing.six_digits, written)


# ------------------------------------------------------------------------------------------- names, mail


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Đào", "Vi Thị Nhàn", "H'Hen Niê", "Y Moan Ênuôl", "Lò Văn Pha", "Hà Ý", "Thào A Sùng",
        "Nguyễn-Lê Minh Châu", "K’ Brêm", "Tôn Nữ Thị Ninh Công Tằng Huyền Tôn Nữ", "Anna Maria Schäfer", "Ô Lý",
    ],
)  # fmt: skip
def test_every_peoples_names_are_names(name):
    assert parsing.person_name(f"  {name.replace(' ', '   ')} ") == name


@pytest.mark.parametrize("written", ["A", "1 Nguyễn", "Nguyễn 2", "0912345678", "<b>Đào</b>", "Đào@", "", "''", "A/B"])
def test_what_is_no_name_asks_for_letters(written):
    assert "in letters" in why(parsing.person_name, written)


def test_a_name_has_an_end():
    with pytest.raises(FieldError) as wrong:
        parsing.person_name("Ng" * 100)
    assert wrong.value.text.params == {"n": 120}


@pytest.mark.parametrize("written", ["dao@example.vn", "thi.dao+ho-so@thanhhoa.gov.vn", "đào@ví-dụ.vn"])
def test_a_mail_address_is_taken_as_it_is(written):
    assert parsing.email(written) == written


@pytest.mark.parametrize(
    "written", ["dao", "dao@", "@example.vn", "dao@example", "a b@example.vn", "a@b@c.vn", "x" * 300]
)
def test_what_is_no_mail_address_is_refused(written):
    assert "e-mail" in why(parsing.email, written)


@pytest.mark.parametrize("written", ["0123456789 Agribank", "Vietcombank 1234 5678 90"])
def test_a_bank_account_has_a_number_and_a_bank(written):
    assert parsing.bank_account(written) == written


def test_a_bank_account_without_a_number_is_refused():
    why(parsing.bank_account, "Agribank chi nhánh xã")


@given(st.text(max_size=60))
def test_whatever_is_typed_a_reader_gives_a_value_or_says_what_is_wrong(raw):
    for reader in parsing.READERS.values():
        try:
            reader(raw)
        except FieldError as wrong:
            assert str(wrong.text)
