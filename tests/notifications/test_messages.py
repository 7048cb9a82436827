"""Each SMS is one segment, says who writes, and gives nothing away to whoever looks over the shoulder."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from notifications.messages import LIMIT, TEMPLATES, fits, sms
from webapp.offices.load import DEMO_OFFICES
from webapp.offices.models import Office, Province

VALUES = {
    "otp": "123456",
    "minutes": 5,
    "host": "motcua.thanhhoa.gov.vn",
    "code": "H56.38.12-261122-0042",
    "lookup": "7K4-92M",
    "due": "02/12/2026",
    "deadline": "09/12/2026",
    "phone": "0237 386 1112",
    "helper": "Lò Văn Pha",
    "check": "17:00 25/11/2026",
    "until": "10:58 22/11/2026",
    "stop": "7K4-92M",
    "visit": 60,
    "inbound": "8000",
    "stage": "can bo sung, cham nhat ngay 09/12/2026",
}
names = st.text(alphabet=st.characters(categories=("L", "M", "N", "Zs", "P")), max_size=120)
codes = st.text(alphabet="AHX.0189", min_size=1, max_size=46).map(lambda unit: f"{unit}-261122-0042")


@pytest.mark.parametrize("kind", TEMPLATES)
@pytest.mark.parametrize("unit", [office[2] for office in DEMO_OFFICES])
def test_every_text_of_every_demo_office_is_one_segment_and_whole(kind, unit):
    text = sms(kind, unit, **VALUES)
    assert fits(text)
    assert text.startswith(f"TTHC {unit}: ")
    for name in re.findall(r"{(\w+)}", TEMPLATES[kind].core):
        assert str(VALUES[name]) in text or name == "helper"


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(sorted(TEMPLATES)),
    unit=names,
    code=codes,
    helper=names,
    host=st.text(alphabet="abcxyz019.-", min_size=1, max_size=100),
)
def test_a_long_unit_never_costs_a_second_segment_nor_a_digit_of_a_code(kind, unit, code, helper, host):
    text = sms(kind, unit, **{**VALUES, "code": code, "helper": helper or "x", "host": host})
    assert fits(text) and len(text) <= LIMIT
    assert text.startswith("TTHC")
    core = TEMPLATES[kind].core
    assert code in text if "{code}" in core else True
    assert "123456" in text if "{otp}" in core else True


def test_every_province_can_sign_a_code_in_one_segment(services):
    with services.database.session(write=False) as session:
        for name in session.scalars(select(Province.short_name)):
            text = sms("code_login", name, **VALUES)
            assert fits(text) and "Khong dua ma" in text and text.endswith("\n@motcua.thanhhoa.gov.vn #123456")


def test_an_office_with_the_longest_name_the_table_takes_still_tells_the_code(services):
    with services.database.session(write=False) as session:
        widest = Office.__table__.c.short_name.type.length
        assert session.scalar(select(Office.id)) is not None
    text = sms("supplement", "Trung tam Phuc vu hanh chinh cong tinh va cac xa mien nui"[:widest], **VALUES)
    assert fits(text) and VALUES["code"] in text and "09/12/2026" in text


def test_a_unit_is_cut_at_a_word():
    name = "Trung tam Phuc vu hanh chinh cong cua tinh va cac xa mien nui phia Tay va ca vung bien"
    unit = sms("handed_over", name, **VALUES).removeprefix("TTHC ").partition(":")[0]
    assert unit != name and f"{name} ".startswith(f"{unit} ")


def test_what_a_code_is_for_is_said_before_the_digits_can_be_used():
    assert "dang nhap" in sms("code_login", "Thanh Hoa", **VALUES)
    assert "dang ky" in sms("code_register", "Thanh Hoa", **VALUES)
    consent = sms("code_consent", "UBND Hoang Loc", **VALUES)
    assert "UBND Hoang Loc" in consent and "dong y" in consent
    assert "Khong dua ma cho bat ky ai" not in consent, "this one is read out to the helper; the words must be true"


def test_only_a_code_for_a_page_carries_the_line_that_phones_fill_in_from():
    for kind in TEMPLATES:
        lines = sms(kind, "Thanh Hoa", **VALUES).split("\n")
        assert len(lines) == (2 if kind in ("code_login", "code_register") else 1)


def test_no_text_holds_a_link_because_offices_do_not_send_links():
    for kind in TEMPLATES:
        text = sms(kind, "Thanh Hoa", **VALUES).split("\n")[0]
        assert not re.search(r"://|www|\.[a-z]", text)


def test_a_sentence_without_its_value_is_left_out_whole():
    text = sms("received", "UBND Hoang Loc", code=VALUES["code"], due=None, lookup=None)
    assert text == "TTHC UBND Hoang Loc: Ho so H56.38.12-261122-0042 da duoc tiep nhan."
