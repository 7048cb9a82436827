"""What a file really is: it is opened, not believed; what hides in it does not get in."""

import io
import struct
import time
import zlib

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Encryption, Name, Pdf, String
from PIL import Image, TiffImagePlugin

from webapp.core import inspect
from webapp.core.inspect import Refused, examine

SCRIPT = b"<html><script>alert(document.cookie)</script></html>"


def photo(kind="JPEG", size=(60, 40), mode="RGB", colour="white", **how):
    """A small picture as the bytes of a file."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **how)
    return out.getvalue()


def pdf(change=None, pages=1, **how):
    """A small PDF, changed by `change(pdf)` before it is saved."""
    out = io.BytesIO()
    with Pdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(200, 200))
        if change is not None:
            change(made)
        made.save(out, **how)
    return out.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


def why(data):
    with pytest.raises(Refused) as refused:
        examine(data)
    return str(refused.value.text)


# -------------------------------------------------------------------------------------------- what we take


def test_a_small_photo_without_anything_hidden_stays_byte_for_byte_as_it_is():
    data = photo()
    seen = examine(data)
    assert (seen.data, seen.media_type, seen.extension) == (data, "image/jpeg", "jpg")


@pytest.mark.parametrize(
    "data",
    [
        photo("PNG"), photo("WEBP"), photo("PNG", mode="RGBA"), photo("PNG", mode="P"), photo("PNG", mode="LA"),
        photo("PNG", mode="1"), photo("PNG", mode="I;16", colour=3000), photo("JPEG", mode="L"),
        photo("JPEG", mode="CMYK", colour=0), photo("WEBP", mode="RGBA"),
        photo("PNG", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")]),
        photo("WEBP", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")]),
        photo("MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "red")]),
    ],
)  # fmt: skip
def test_photos_of_every_common_kind_are_taken_and_end_as_jpeg(data):
    seen = examine(data)
    assert (seen.media_type, seen.extension) == ("image/jpeg", "jpg")
    assert (opened(seen.data).format, opened(seen.data).size) == ("JPEG", (60, 40))


def test_a_clear_background_becomes_paper_and_not_black():
    seen = examine(photo("PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    assert opened(seen.data).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_photo_is_made_small_enough_to_send_and_large_enough_to_read():
    seen = examine(photo(size=(4000, 3000), colour="gray"))
    assert opened(seen.data).size == (2000, 1500)
    assert len(seen.data) < inspect.LEAN_BYTES


def test_a_photo_taken_sideways_is_turned_upright():
    turned = Image.Exif()
    turned[0x0112] = 6
    assert opened(examine(photo(size=(60, 40), exif=turned)).data).size == (40, 60)


def test_examining_twice_changes_nothing_more():
    once = examine(photo("PNG", size=(3000, 100))).data
    assert examine(once).data == once


def test_a_pdf_stays_byte_for_byte_as_it_is_because_a_signature_would_break():
    data = pdf(pages=3)
    seen = examine(data)
    assert (seen.data, seen.media_type, seen.extension) == (data, "application/pdf", "pdf")


def test_a_pdf_with_links_forms_and_bookmarks_does_nothing_by_itself_and_is_taken():
    def change(made):
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
        link.A = Dictionary(S=Name.URI, URI=String("https://dichvucong.gov.vn"))
        link.BS = Dictionary(W=1, S=Name.S)
        made.pages[0].Annots = Array([link])
        made.Root.AcroForm = Dictionary(Fields=Array([]))

    assert examine(pdf(change)).media_type == "application/pdf"


def test_a_pdf_that_may_be_read_but_not_changed_is_taken():
    assert examine(pdf(encryption=Encryption(user="", owner="secret"))).media_type == "application/pdf"


# ---------------------------------------------------------------------------------- what hides in a photo


def with_gps():
    exif = Image.Exif()
    exif[0x010F] = "Phone of Nhàn"
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", tuple(TiffImagePlugin.IFDRational(n) for n in (19, 52, 30))
    place[3], place[4] = "E", tuple(TiffImagePlugin.IFDRational(n) for n in (105, 51, 12))
    return photo(exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_place_where_a_photo_was_taken_vanishes(kind):
    data = with_gps() if kind == "JPEG" else photo(kind, exif=opened(with_gps()).getexif())
    assert opened(data).getexif().get_ifd(0x8825)  # it is there
    seen = opened(examine(data).data)
    assert dict(seen.getexif()) == {}
    assert b"Phone of" not in examine(data).data


@pytest.mark.parametrize(
    "hidden",
    [
        {"xmp": b"<x:xmpmeta exif:GPSLatitude='19,52N'/>"},
        {"comment": SCRIPT},
        {"exif": b"Exif\0\0" + b"II*\0\x08\0\0\0\0\0\0\0\0\0"},
    ],
)
def test_words_beside_the_picture_vanish(hidden):
    data = photo(**hidden)
    seen = examine(data)
    assert seen.data != data
    assert b"GPSLatitude" not in seen.data
    assert SCRIPT not in seen.data


@pytest.mark.parametrize("tail", [SCRIPT, SCRIPT + b"\xff\xd9", b"PK\x03\x04" + b"\0" * 40, b"\0\0", b"\xff\xd9"])
def test_whatever_follows_the_picture_vanishes(tail):
    data = photo()
    assert examine(data + tail).data != data + tail
    assert b"script" not in examine(data + tail).data


def test_a_second_picture_behind_the_first_vanishes():
    two = photo("MPO", save_all=True, append_images=[Image.new("RGB", (600, 400), "red")])
    assert getattr(opened(examine(two).data), "n_frames", 1) == 1


def test_a_page_inside_a_photo_does_not_get_in():
    """GIFAR's sisters: a valid JPEG that is also a page, in its comment or behind its end."""
    for data in (photo(comment=SCRIPT), photo() + SCRIPT):
        assert b"<script" not in examine(data).data.lower()


def test_a_colour_profile_may_stay():
    profile = b"\0\0\0\x80" + b"\0" * 124
    data = photo(icc_profile=profile)
    assert examine(data).data == data


# ------------------------------------------------------------------------------------ what is not a photo


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" + b"\0" * 200, "something else"),
        (b"#!/bin/sh\nrm -rf /\n", "something else"),
        (SCRIPT, "something else"),
        (b"\0" * 500, "something else"),
        (b"PK\x03\x04" + b"\0" * 100, "something else"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "something else"),
        (photo("GIF", mode="P"), "something else"),
        (photo("BMP"), "something else"),
        (photo("TIFF"), "something else"),
        (photo("ICO"), "something else"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "HEIC"),
        (b"\0\0\0\x18ftypmif1" + b"\0" * 100, "HEIC"),
        (photo()[:300], "damaged"),
        (photo("PNG", size=(300, 300))[:60], "damaged"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, ""),
        (b"\x89PNG\r\n\x1a\n" + SCRIPT, ""),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(data, said):
    assert said in why(data)


def test_a_html_page_called_pdf_is_refused():
    assert "something else" in why(b"<!doctype html>" + SCRIPT)
    assert "something else" in why(b"<!doctype html>%PDF-1.7" + SCRIPT)
    assert "damaged" in why(b"%PDF-1.7\n" + SCRIPT)


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_or_refused_in_words(data):
    try:
        examine(data)
    except Refused as refused:
        assert str(refused.text)


@given(st.sampled_from([photo(), photo("PNG"), photo("WEBP"), pdf()]), st.integers(0, 400), st.binary(max_size=8))
def test_a_file_broken_anywhere_is_taken_or_refused_in_words(data, position, rubbish):
    try:
        examine(data[:position] + rubbish + data[position + len(rubbish) :])
    except Refused as refused:
        assert str(refused.text)


def huge_png(side):
    """A true PNG of side × side white pixels in a few kilobytes."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((side + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [6400, 7000, 20_000])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_drawn(side):
    data = huge_png(side)
    assert len(data) < 100_000
    began = time.perf_counter()
    assert "too many pixels" in why(data)
    assert time.perf_counter() - began < 0.5


def test_a_photo_of_more_than_ten_megabytes_is_refused_before_it_is_opened():
    assert "larger than 10 MB" in why(photo() + b"\0" * inspect.MAX_IMAGE_BYTES)


# ---------------------------------------------------------------------------------------- what hides in a PDF


def script(**more):
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"), **more)


def on_open(made):
    made.Root.OpenAction = script()


def on_open_apart(made):
    made.Root.OpenAction = made.make_indirect(script())


def in_the_names(made):
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script()])))


def on_a_page(made):
    made.pages[0].AA = Dictionary(O=script())


def behind_a_link(made):
    made.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=script())])


def a_program(made):
    made.Root.OpenAction = Dictionary(S=Name.Launch, F=String("calc.exe"))


def without_its_script(made):
    made.Root.OpenAction = Dictionary(S=Name.JavaScript)


def a_form_that_sends(made):
    send = Dictionary(S=Name.SubmitForm, F=String("http://x"))
    made.pages[0].Annots = Array([Dictionary(Subtype=Name.Link, Rect=[0, 0, 9, 9], A=send)])


def a_living_form(made):
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=made.make_stream(b"<xdp/>"))


def another_file(made):
    made.attachments["virus.exe"] = b"MZ"


def a_film(made):
    made.pages[0].Annots = Array([Dictionary(Subtype=Name.RichMedia, RichMediaContent=Dictionary(), AF=Array([]))])


def deep_inside(made):
    inner = script()
    for _ in range(30):
        inner = Dictionary(Next=Array([inner]))
    made.Root.OpenAction = Dictionary(S=Name.URI, URI=String("https://x"), Next=inner)


ACTS = [
    on_open, on_open_apart, in_the_names, on_a_page, behind_a_link, a_program, without_its_script, a_form_that_sends,
    a_living_form, another_file, a_film, deep_inside,
]  # fmt: skip


@pytest.mark.parametrize("change", ACTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "how", [{}, {"object_stream_mode": pikepdf.ObjectStreamMode.generate}], ids=["plain", "packed"]
)
def test_a_pdf_that_acts_or_carries_something_is_refused(change, how):
    assert "carries a program or another file" in why(pdf(change, **how))


def test_a_locked_pdf_is_refused_with_what_to_do():
    assert "locked with a password" in why(pdf(encryption=Encryption(user="secret", owner="secret")))


def test_a_pdf_is_at_most_a_hundred_pages():
    assert examine(pdf(pages=100)).extension == "pdf"
    assert "more than 100 pages" in why(pdf(pages=101))


def test_a_pdf_without_a_page_is_refused():
    assert "no page" in why(pdf(pages=0))


def test_a_pdf_that_was_cut_off_is_taken_only_if_it_still_opens():
    assert "damaged" in why(pdf()[:40])


def test_a_pdf_of_more_than_twenty_megabytes_is_refused_before_it_is_opened():
    assert "larger than 20 MB" in why(b"%PDF-1.7\n" + b"\0" * inspect.MAX_PDF_BYTES)


def test_a_pdf_whose_objects_point_at_each_other_does_not_keep_us_busy():
    def change(made):
        one, two = made.make_indirect(Dictionary()), made.make_indirect(Dictionary())
        one.Next, two.Next = two, one
        made.Root.Loop = one

    assert examine(pdf(change)).extension == "pdf"
