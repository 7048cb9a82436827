"""Files as strangers send them: what is not what it says, what bursts, what acts, and what only looks odd.

Each family is made here, so that no file of this kind lies in the repository.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, NamedTuple

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Encryption, Name, Pdf
from PIL import Image, TiffImagePlugin

from tests.factories.acting import ACTING, a_page_of_the_web, a_program, begins_at_its_page, on_open

SCRIPT = b"<html><script>alert(document.cookie)</script></html>"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Family(NamedTuple):
    """One kind of file: what its sender calls it, how it is made, and the code of its refusal ("" = it is taken)."""

    name: str
    make: Callable[[], bytes]
    code: str = ""


# ------------------------------------------------------------------------------------------------ building blocks


def photo(
    kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", colour: Any = "white", **how: Any
) -> bytes:
    """A small picture as the bytes of a file."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **how)
    return out.getvalue()


def pdf(change: Callable[[Pdf], None] | None = None, pages: int = 1, **how: Any) -> bytes:
    """A small PDF, changed by `change(pdf)` before it is saved."""
    out = io.BytesIO()
    with Pdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(200, 200))
        if change is not None:
            change(made)
        made.save(out, **how)
    return out.getvalue()


def heic(size: tuple[int, int] = (640, 480), **how: Any) -> bytes:
    """A photo as an iPhone keeps it."""
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", size, (200, 80, 40))).save(out, quality=60, **how)
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, b"MZ" + b"\0" * 50)
    return out.getvalue()


def docx() -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")


def huge_png(side: int) -> bytes:
    """A true PNG of side × side white pixels in a few kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((side + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def huge_jpeg() -> bytes:
    """A small JPEG whose header says 65,000 × 65,000."""
    data = bytearray(photo())
    at = data.find(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


def with_gps() -> bytes:
    """A photo that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Phone of Nhàn"
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", tuple(TiffImagePlugin.IFDRational(n) for n in (19, 52, 30))
    place[3], place[4] = "E", tuple(TiffImagePlugin.IFDRational(n) for n in (105, 51, 12))
    return photo(exif=exif)


def sideways() -> bytes:
    turned = Image.Exif()
    turned[0x0112] = 6
    return photo(size=(60, 40), exif=turned)


def two_pictures(kind: str) -> bytes:
    return photo(kind, save_all=True, append_images=[Image.new("RGB", (60, 40), "red")])


def spelled_out(name: bytes, code: bytes) -> bytes:
    """A file that acts when it is opened, with one letter of the name written as its number."""
    return pdf(on_open if name == b"/JavaScript" else a_program).replace(name, code)


# ------------------------------------------------------------------------------------------------ PDFs that burst


def inflating(size: int, layers: int = 1, streams: int = 1) -> bytes:
    """Streams of zeros that unpack to `size` bytes each."""
    packed = _zeros(size)
    for _ in range(layers - 1):
        packed = zlib.compress(packed, 9)

    def change(made: Pdf) -> None:
        made.Root.Bombs = Array(
            [
                made.make_indirect(
                    pikepdf.Stream(made, packed, Filter=Array([Name.FlateDecode] * layers))
                )
                for _ in range(streams)
            ]
        )  # fmt: skip

    return pdf(change, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def _zeros(size: int) -> bytes:
    packer = zlib.compressobj(9)
    piece = bytes(1 << 20)
    return b"".join(packer.compress(piece) for _ in range(size >> 20)) + packer.flush()


def packed_objects() -> bytes:
    """A stream of objects that unpacks to 300 MB before anybody can look at the objects."""
    stream = _zeros(300 << 20)
    head = b"%PDF-1.7\n"
    body = b"1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(stream)
    whole = head + body + stream + b"\nendstream\nendobj\n"
    table = struct.pack(">BIH", 0, 0, 65535) + struct.pack(">BIH", 1, len(head), 0)
    table += struct.pack(">BIH", 2, 1, 0) + struct.pack(">BIH", 1, len(whole), 0)
    xref = b"3 0 obj\n<< /Type /XRef /Size 4 /W [1 4 2] /Root 2 0 R /Length %d >>\nstream\n" % len(table)
    return whole + xref + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(whole)


def nested() -> bytes:
    """An array in an array, ten thousand deep."""
    return pdf().replace(b"/Type /Catalog", b"/Deep " + b"[" * 10_000 + b"]" * 10_000 + b" /Type /Catalog", 1)


def own_parent() -> bytes:
    """A tree of pages in which one is its own child."""

    def change(made: Pdf) -> None:
        made.Root.Pages.Kids.append(made.Root.Pages)

    return pdf(change)


def loops() -> bytes:
    def change(made: Pdf) -> None:
        one, two = made.make_indirect(Dictionary()), made.make_indirect(Dictionary())
        one.Next, two.Next = two, one
        made.Root.Loop = one

    return pdf(change)


NO_PAPER = {
    "program as photo": Family("anh.jpg", lambda: b"MZ\x90\x00" + b"\0" * 200, "unknown"),
    "program of Linux": Family("anh.png", lambda: b"\x7fELF" + b"\0" * 200, "unknown"),
    "shell script": Family("anh.jpg", lambda: b"#!/bin/sh\nrm -rf /\n", "unknown"),
    "page as photo": Family("anh.jpg", lambda: SCRIPT, "unknown"),
    "drawing with a script": Family(
        "anh.jpg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "unknown"
    ),
    "archive as photo": Family("anh.jpg", lambda: archive("a.exe"), "unknown"),
    "document of Word as photo": Family("anh.jpg", docx, "unknown"),
    "script spelled out": Family(
        "giay.pdf", lambda: spelled_out(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/#4aS"), "pdf-script"
    ),
    "program spelled out": Family("giay.pdf", lambda: spelled_out(b"/Launch", b"/L#61unch"), "pdf-launch"),
    "nothing but zeros": Family("anh.jpg", lambda: b"\0" * 500, "unknown"),
    "empty": Family("anh.jpg", lambda: b"", "empty"),
    "moving GIF": Family("anh.jpg", lambda: photo("GIF", mode="P"), "unknown"),
    "bitmap": Family("anh.png", lambda: photo("BMP"), "unknown"),
    "TIFF": Family("anh.jpg", lambda: photo("TIFF"), "unknown"),
    "photo cut off": Family("anh.jpg", lambda: photo(size=(900, 900))[:300], "photo-broken"),
    "PNG cut off": Family("anh.png", lambda: photo("PNG", size=(300, 300))[:60], "photo-broken"),
    "HEIC cut off": Family("anh.heic", lambda: heic()[:-200], "photo-broken"),
    "photo named program": Family("anh.exe", photo, "ending"),
    "photo named page": Family("anh.html", photo, "ending"),
    "photo named PDF": Family("giay.pdf", photo, "ending"),
    "PDF named photo": Family("giay.jpg", pdf, "ending"),
    "PDF named twice": Family("giay.pdf.exe", pdf, "ending"),
    "400 million pixels": Family("anh.png", lambda: huge_png(20_000), "pixels"),
    "4 billion pixels in a header": Family("anh.jpg", huge_jpeg, "pixels"),
    "page as PDF": Family("giay.pdf", lambda: b"<!doctype html>%PDF-1.7" + SCRIPT, "unknown"),
    "program as PDF": Family("giay.pdf", lambda: b"MZ\x90\x00" + b"\0" * 200, "unknown"),
    "archive as PDF": Family("giay.pdf", lambda: archive("a.exe"), "unknown"),
    "document of Word as PDF": Family("giay.pdf", docx, "unknown"),
    "page behind a head of PDF": Family("giay.pdf", lambda: b"%PDF-1.7\n" + SCRIPT, "pdf-broken"),
    "PDF cut off": Family("giay.pdf", lambda: pdf()[:40], "pdf-broken"),
    "archive behind a PDF": Family("giay.pdf", lambda: pdf() + archive("a.exe"), "pdf-carries"),
    "locked PDF": Family("giay.pdf", lambda: pdf(encryption=Encryption(user="x", owner="x")), "pdf-locked"),
    "PDF locked for changes": Family("giay.pdf", lambda: pdf(encryption=Encryption(user="", owner="x")), "pdf-locked"),
    "no page": Family("giay.pdf", lambda: pdf(pages=0), "pdf-empty"),
    "101 pages": Family("giay.pdf", lambda: pdf(pages=101), "pdf-pages"),
    "10,000 pages": Family("giay.pdf", lambda: pdf(pages=10_000), "pdf-pages"),
    "200 MB in one stream": Family("giay.pdf", lambda: inflating(201 << 20), "pdf-bomb"),
    "a thousand to one": Family("giay.pdf", lambda: inflating(30 << 20), "pdf-bomb"),
    "packed twice": Family("giay.pdf", lambda: inflating(201 << 20, layers=2), "pdf-bomb"),
    "200 MB in many streams": Family("giay.pdf", lambda: inflating(9 << 20, streams=30), "pdf-bomb"),
    "packed objects": Family("giay.pdf", packed_objects, "killed pdf-broken pdf-bomb"),
    "ten thousand brackets": Family("giay.pdf", nested, "pdf-broken"),
    "a page that is its own parent": Family("giay.pdf", own_parent, "pdf-broken"),
    **{name: Family("giay.pdf", lambda change=change: pdf(change), code) for name, (change, code) in ACTING.items()},
}  # fmt: skip

# Odd and harmless, once it was drawn anew.
CLEANED = {
    "page in a comment": Family("anh.jpg", lambda: photo(comment=SCRIPT)),
    "page behind the end": Family("anh.jpg", lambda: photo() + SCRIPT),
    "page behind the end, with another end": Family("anh.jpg", lambda: photo() + SCRIPT + b"\xff\xd9"),
    "archive behind the end": Family("anh.jpg", lambda: photo() + archive("a.exe")),
    "place in a JPEG": Family("anh.jpg", with_gps),
    "place in a PNG": Family("anh.png", lambda: photo("PNG", exif=Image.open(io.BytesIO(with_gps())).getexif())),
    "place in a WebP": Family("anh.webp", lambda: photo("WEBP", exif=Image.open(io.BytesIO(with_gps())).getexif())),
    "place in XMP": Family("anh.jpg", lambda: photo(xmp=b"<x:xmpmeta exif:GPSLatitude='19,52N'/>")),
    "sideways": Family("anh.jpg", sideways),
    "HEIC": Family("anh.heic", heic),
    "second picture behind the first": Family("anh.jpg", lambda: two_pictures("MPO")),
    "moving PNG": Family("anh.png", lambda: two_pictures("PNG")),
    "moving WebP": Family("anh.webp", lambda: two_pictures("WEBP")),
    "printers' colours": Family("anh.jpg", lambda: photo(mode="CMYK", colour=0)),
    "sixteen bits": Family("anh.png", lambda: photo("PNG", mode="I;16", colour=60_000)),
    "clear background": Family("anh.png", lambda: photo("PNG", mode="RGBA", colour=(0, 0, 0, 0))),
    "few colours": Family("anh.png", lambda: photo("PNG", mode="P")),
    "WebP called JPEG": Family("anh.jpg", lambda: photo("WEBP")),
    "no ending": Family("1000012345", lambda: photo("PNG")),
}  # fmt: skip

# Stays byte for byte as it came.
KEPT = {
    "plain photo": Family("anh.jpg", photo),
    "progressive photo": Family("anh.jpeg", lambda: photo(size=(900, 600), progressive=True)),
    "grey photo": Family("ANH.JPG", lambda: photo(mode="L")),
    "plain PDF": Family("giay.pdf", lambda: pdf(pages=3)),
    "link to the web": Family("giay.pdf", lambda: pdf(a_page_of_the_web)),
    "begins at its page": Family("giay.pdf", lambda: pdf(begins_at_its_page)),
    "objects that point at each other": Family("giay.pdf", loops),
    "100 pages": Family("giay.pdf", lambda: pdf(pages=100)),
}
