"""What a file really is: it is opened, not believed. Figures from the security design (2.5)."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from webapp.core.text import Text

MAX_IMAGE_BYTES = 10 * 1024 * 1024
MAX_PDF_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_PDF_PAGES = 100
LONG_SIDE = 2000
LEAN_BYTES = 1_500_000
# What we open at all. Pillow's JPEG also opens MPO: a JPEG with a second picture behind it, as many phones take them.
IMAGE_FORMATS = ("JPEG", "PNG", "WEBP")
# Parts of a JPEG that say how to draw it; anything else (EXIF, XMP, comments) may say where or carry something.
PLAIN_PARTS = {"APP0": b"JFIF", "APP2": b"ICC_PROFILE", "APP14": b"Adobe"}
# Names that make a PDF act when it is opened, or carry something else inside.
ACTIVE = frozenset(
    ("/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/AF", "/AA", "/SubmitForm")
    + ("/ImportData", "/RichMedia", "/XFA", "/GoToE", "/GoToR")
)

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class Refused(ValueError):
    """A file we do not take, and why, in words for the person who sent it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


@dataclass(frozen=True)
class Examined:
    """A file that opened: its content (photos made lean), type and ending."""

    data: bytes
    media_type: str
    extension: str


def examine(data: bytes) -> Examined:
    """Open the file. Raises Refused with a reason."""
    if not data:
        raise Refused(Text("This file is empty. Choose it again or take a new photo."))
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return _pdf(data)
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis"):
        raise Refused(
            Text(
                "This is a HEIC photo, which many phones cannot open. "
                "Take the photo here with the camera, or save it as JPEG."
            )
        )
    if len(data) > MAX_IMAGE_BYTES:
        raise Refused(Text("This photo is larger than 10 MB. Take it again with a smaller size."))
    return _image(data)


def _image(data: bytes) -> Examined:
    try:
        with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused(Text("This photo has too many pixels. Take it again with a smaller size."))
            image.load()
            return Examined(data if _is_lean(image, data) else _lean_jpeg(image), "image/jpeg", "jpg")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(Text("This photo has too many pixels. Take it again with a smaller size.")) from None
    except UnidentifiedImageError:
        raise Refused(Text("We take photos (JPEG, PNG, WebP) and PDF. This file is something else.")) from None
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(Text("This photo is damaged and does not open. Take it again.")) from None


def _is_lean(image: Image.Image, data: bytes) -> bool:
    """Nothing hidden (place, camera, another file behind the picture) and not larger than is needed to read it."""
    if image.format != "JPEG" or max(image.size) > LONG_SIDE or len(data) > LEAN_BYTES:
        return False
    parts: list[tuple[str, bytes]] = getattr(image, "applist", [])
    if not all(name in PLAIN_PARTS and content.startswith(PLAIN_PARTS[name]) for name, content in parts):
        return False
    # In the drawn part FF D9 stands only at the end: an earlier one means that something follows the picture.
    return data.find(b"\xff\xd9", data.find(b"\xff\xda")) == len(data) - 2


def _lean_jpeg(image: Image.Image) -> bytes:
    """Upright, at most LONG_SIDE, without EXIF: the place where a photo was taken is nobody's business."""
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    if upright.mode not in ("RGB", "L"):
        flat = Image.new("RGB", upright.size, "white")
        rgba = upright.convert("RGBA")
        flat.paste(rgba, mask=rgba.getchannel("A"))
        upright = flat
    upright.info = {}  # Pillow would write the old comment into the new file
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _pdf(data: bytes) -> Examined:
    """The original bytes stay untouched: any rewriting would break a digital signature."""
    if len(data) > MAX_PDF_BYTES:
        raise Refused(Text("This PDF is larger than 20 MB. Send fewer pages, or photos."))
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if not len(pdf.pages):
                raise Refused(Text("This PDF has no page. Choose it again, or send photos."))
            if len(pdf.pages) > MAX_PDF_PAGES:
                raise Refused(Text("This PDF has more than 100 pages. Send only the pages that are asked for."))
            if _acts(pdf):
                raise Refused(
                    Text("This PDF carries a program or another file inside. Print it to a plain PDF, or send photos.")
                )
    except pikepdf.PasswordError:
        raise Refused(Text("This PDF is locked with a password. Unlock it, or send photos of the pages.")) from None
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(
            Text("This PDF is damaged and does not open. Make it again, or send photos of the pages.")
        ) from None
    return Examined(data, "application/pdf", "pdf")


def _acts(pdf: pikepdf.Pdf) -> bool:
    for thing in _dictionaries(pdf):
        keys = set(thing.keys())
        if keys & ACTIVE:
            return True
        if "/S" in keys and isinstance(thing["/S"], pikepdf.Name) and str(thing["/S"]) in ACTIVE:
            return True
    return False


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, those that stand inside others too (an action often does)."""
    waiting: list[Any] = [*pdf.objects, pdf.trailer]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield thing
            inside = list(thing.values()) if isinstance(thing, pikepdf.Dictionary) else [v for _, v in thing.items()]
        elif isinstance(thing, pikepdf.Array):
            inside = list(thing)
        else:
            continue
        waiting += [child for child in inside if isinstance(child, pikepdf.Object) and not child.is_indirect]
