"""What a file really is: it is opened, not believed; what hides in it does not get in."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from tests.factories import hostile
from tests.factories.hostile import heic, pdf, photo
from webapp.core import inspect
from webapp.core.inspect import Refused, examine
from webapp.core.opener import photos


def opened(data):
    return Image.open(io.BytesIO(data))


def code(data, name=""):
    with pytest.raises(Refused) as refused:
        examine(data, name)
    assert str(refused.value.text)
    return refused.value.code


# -------------------------------------------------------------------------------------------- what we take


@pytest.mark.parametrize("family", hostile.KEPT.values(), ids=hostile.KEPT)
def test_what_has_nothing_to_hide_stays_byte_for_byte_as_it_is(family):
    data = family.make()
    assert examine(data, family.name).data == data


@pytest.mark.parametrize("family", hostile.CLEANED.values(), ids=hostile.CLEANED)
def test_what_is_odd_is_drawn_anew_and_only_the_picture_is_left(family):
    data = family.make()
    seen = examine(data, family.name)
    assert (seen.media_type, seen.extension) == ("image/jpeg", "jpg")
    assert seen.data != data
    clean = opened(seen.data)
    assert (clean.format, clean.mode in ("RGB", "L"), getattr(clean, "n_frames", 1)) == ("JPEG", True, 1)
    assert dict(clean.getexif()) == {}
    for hidden in (b"<script", b"GPS", b"Phone of", b"PK\x03\x04", b"MZ"):
        assert hidden not in seen.data
    assert examine(seen.data).data == seen.data, "once is enough"


def test_a_clear_background_becomes_paper_and_not_black():
    assert opened(examine(hostile.CLEANED["clear background"].make()).data).getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits_of_grey_become_eight_and_not_white():
    """Pillow's own way would cut every value at 255."""
    grey = opened(examine(photo("PNG", mode="I;16", colour=32_000)).data).getpixel((5, 5))
    assert abs(grey - 125) < 3


def test_a_large_photo_is_made_small_enough_to_send_and_large_enough_to_read():
    seen = examine(photo(size=(4000, 3000), colour="gray"))
    assert opened(seen.data).size == (2000, 1500)
    assert len(seen.data) < photos.LEAN_BYTES


def test_a_photo_taken_sideways_is_turned_upright():
    assert opened(examine(hostile.sideways()).data).size == (40, 60)


def test_an_iphones_photo_is_turned_into_one_that_every_browser_shows():
    seen = examine(heic((4032, 3024)), "IMG_0001.HEIC")
    assert (opened(seen.data).format, opened(seen.data).size) == ("JPEG", (2000, 1500))


def test_a_pdf_with_links_forms_and_bookmarks_does_nothing_by_itself_and_is_taken():
    def change(made):
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
        link.A = Dictionary(S=Name.URI, URI=String("https://dichvucong.gov.vn"))
        link.BS = Dictionary(W=1, S=Name.S)
        made.pages[0].Annots = Array([link])
        made.Root.AcroForm = Dictionary(Fields=Array([]))
        made.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([made.pages[0].obj, Name.Fit]))

    assert examine(pdf(change)).media_type == "application/pdf"


def test_a_blank_scanned_page_packs_well_and_is_no_bomb():
    assert examine(hostile.inflating(9 << 20)).extension == "pdf"


def test_pages_are_counted():
    assert [examine(pdf(pages=n)).pages for n in (1, 7)] == [1, 7]
    assert examine(photo()).pages == 1


@pytest.mark.parametrize(
    "name", ["", "anh", "1000012345", "a.b.c.jpg", "Giấy khai sinh. Bản 2", "IMG.JPEG", "x.jfif", "ảnh 1.webp"]
)
def test_a_photo_may_be_called_as_phones_call_it(name):
    assert examine(photo(), name).extension == "jpg"


# ------------------------------------------------------------------------------------ what we do not take


@pytest.mark.parametrize("family", hostile.NO_PAPER.values(), ids=hostile.NO_PAPER)
def test_what_is_no_paper_is_refused_with_its_own_reason(family):
    assert code(family.make(), family.name) in family.code.split()


def test_every_reason_has_words_of_its_own():
    assert len({text.msgid for text in inspect.REASONS.values()}) == len(inspect.REASONS)


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_or_refused_in_words(data):
    try:
        examine(data)
    except Refused as refused:
        assert str(refused.text)


@given(
    st.sampled_from([photo(), photo("PNG"), photo("WEBP"), heic((64, 64)), pdf()]),
    st.integers(0, 400),
    st.binary(max_size=8),
)
def test_a_file_broken_anywhere_is_taken_or_refused_in_words(data, position, rubbish):
    try:
        examine(data[:position] + rubbish + data[position + len(rubbish) :])
    except Refused as refused:
        assert str(refused.text)


def test_forty_million_pixels_are_the_most():
    assert code(hostile.huge_png(6400)) == "pixels"
    assert examine(hostile.huge_png(6300)).extension == "jpg"


def test_what_is_too_large_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(inspect, "pool", None)
    assert code(photo() + b"\0" * inspect.MAX_IMAGE_BYTES) == "photo-large"
    assert code(b"%PDF-1.7\n" + b"\0" * inspect.MAX_PDF_BYTES) == "pdf-large"


@pytest.mark.parametrize("change", [change for change, _ in hostile.ACTING.values()], ids=hostile.ACTING)
def test_a_pdf_that_acts_is_found_also_when_its_objects_are_packed(change):
    packed = pdf(change, object_stream_mode=hostile.pikepdf.ObjectStreamMode.generate)
    assert code(packed).startswith("pdf-")


# ------------------------------------------------------------------------------------ what officers look at


def test_a_page_is_drawn_large_enough_to_read_with_the_words_across_it():
    plain, marked = (opened(inspect.page_picture(pdf(pages=2), "application/pdf", 2, w)) for w in ("", "UBND · L.T.M."))
    assert plain.format == "WEBP"
    assert max(plain.size) == 1754
    assert plain.tobytes() != marked.tobytes()
    assert len(plain.getcolors(1 << 24)) == 1, "a blank page"


def test_a_page_that_is_not_there_is_not_drawn():
    for page in (0, 3):
        with pytest.raises(Refused):
            inspect.page_picture(pdf(pages=2), "application/pdf", page, "")


def test_a_stamp_is_small():
    for data, kind in ((photo(size=(1000, 500)), "image/jpeg"), (pdf(), "application/pdf")):
        assert max(opened(inspect.stamp_picture(data, kind)).size) == 192
