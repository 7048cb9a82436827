"""What a file really is: it is opened, not believed. Figures from the security design (2.5)."""

import io
from dataclasses import dataclass

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from webapp.core.text import Text

MAX_IMAGE_BYTES = 10 * 1024 * 1024
MAX_PDF_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_PDF_PAGES = 100
LONG_SIDE = 2000
LEAN_BYTES = 1_500_000
IMAGE_TYPES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp")}
# Names that make a PDF act when it is opened, or carry something else inside.
ACTIVE = ("/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/AF", "/AA", "/SubmitForm")
ACTIVE += ("/ImportData", "/RichMedia", "/XFA", "/GoToE", "/GoToR")

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
            Text("This is a HEIC photo, which many phones cannot open. Take the photo here with the camera, or save it as JPEG.")
        )
    if len(data) > MAX_IMAGE_BYTES:
        raise Refused(Text("This photo is larger than 10 MB. Take it again with a smaller size."))
    return _image(data)


def _image(data: bytes) -> Examined:
    try:
        with Image.open(io.BytesIO(data)) as image:
            kind = image.format or ""
            if kind not in IMAGE_TYPES:
                raise Refused(Text("We take photos (JPEG, PNG, WebP) and PDF. This file is something else."))
            if image.width * image.height > MAX_PIXELS:
                raise Refused(Text("This photo has too many pixels. Take it again with a smaller size."))
            image.load()
            media_type, extension = IMAGE_TYPES[kind]
            if _is_lean(image, data):
                return Examined(data, media_type, extension)
            return Examined(_lean_jpeg(image), "image/jpeg", "jpg")
    except Image.DecompressionBombError:
        raise Refused(Text("This photo has too many pixels. Take it again with a smaller size.")) from None
    except UnidentifiedImageError:
        raise Refused(Text("We take photos (JPEG, PNG, WebP) and PDF. This file is something else.")) from None
    except (OSError, SyntaxError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(Text("This photo is damaged and does not open. Take it again.")) from None


def _is_lean(image: Image.Image, data: bytes) -> bool:
    """Nothing hidden (place, camera, another file behind the picture) and not larger than is needed to read it."""
    if image.format != "JPEG" or image.getexif() or max(image.size) > LONG_SIDE or len(data) > LEAN_BYTES:
        return False
    return data.rstrip(b"\0").endswith(b"\xff\xd9")


def _lean_jpeg(image: Image.Image) -> bytes:
    """Upright, at most LONG_SIDE, without EXIF: the place where a photo was taken is nobody's business."""
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    if upright.mode not in ("RGB", "L"):
        flat = Image.new("RGB", upright.size, "white")
        rgba = upright.convert("RGBA")
        flat.paste(rgba, mask=rgba.getchannel("A"))
        upright = flat
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _pdf(data: bytes) -> Examined:
    """The original bytes stay untouched: any rewriting would break a digital signature."""
    if len(data) > MAX_PDF_BYTES:
        raise Refused(Text("This PDF is larger than 20 MB. Send fewer pages, or photos."))
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > MAX_PDF_PAGES:
                raise Refused(Text("This PDF has more than 100 pages. Send only the pages that are asked for."))
            if _acts(pdf):
                raise Refused(Text("This PDF carries a program or another file inside. Print it to a plain PDF, or send photos."))
    except pikepdf.PasswordError:
        raise Refused(Text("This PDF is locked with a password. Unlock it, or send photos of the pages.")) from None
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(Text("This PDF is damaged and does not open. Make it again, or send photos of the pages.")) from None
    return Examined(data, "application/pdf", "pdf")


def _acts(pdf: pikepdf.Pdf) -> bool:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) and any(name in thing for name in ACTIVE):
            return True
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") in ("/JavaScript", "/Launch", "/SubmitForm"):
            return True
    return False
