"""A photo, opened for real and drawn anew. Runs in the child."""

import io

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 40_000_000
LONG_SIDE = 2000
LEAN_BYTES = 1_500_000
# What we open at all. Pillow's JPEG also opens MPO: a JPEG with a second picture behind it, as many phones take them.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# Parts of a JPEG that say how to draw it; anything else (EXIF, XMP, comments) may say where or carry something.
PLAIN_PARTS = {"APP0": b"JFIF", "APP2": b"ICC_PROFILE", "APP14": b"Adobe"}

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)


class Refused(Exception):
    """Why a file is not taken, as a code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def examine(data: bytes) -> tuple[dict[str, object], bytes]:
    """(facts, a derivative). No derivative: the photo is lean already and stays byte for byte."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused("pixels")
            lean = _looks_lean(image, data)
            # A JPEG is read to its last bit but drawn at about the size we need, which is what takes the time.
            image.draft(None, (1, 1) if lean else (LONG_SIDE, LONG_SIDE))
            image.load()
            facts: dict[str, object] = {"media_type": "image/jpeg", "pages": 1}
            return facts, b"" if lean else _lean_jpeg(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Refused("pixels") from None
    except UnidentifiedImageError:
        raise Refused("unknown") from None
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, IndexError):
        raise Refused("photo-broken") from None


def _looks_lean(image: Image.Image, data: bytes) -> bool:
    """Nothing hidden (place, camera, another file behind the picture) and not larger than is needed to read it."""
    plain = image.format == "JPEG" and image.mode in ("RGB", "L")  # printers' colours look different on each screen
    if not plain or max(image.size) > LONG_SIDE or len(data) > LEAN_BYTES:
        return False
    parts: list[tuple[str, bytes]] = getattr(image, "applist", [])
    if not all(name in PLAIN_PARTS and content.startswith(PLAIN_PARTS[name]) for name, content in parts):
        return False
    # In the drawn part FF D9 stands only at the end: an earlier one means that something follows the picture.
    return data.find(b"\xff\xd9", data.find(b"\xff\xda")) == len(data) - 2


def _lean_jpeg(image: Image.Image) -> bytes:
    """Upright, at most LONG_SIDE, without EXIF: the place where a photo was taken is nobody's business."""
    image.thumbnail((LONG_SIDE, LONG_SIDE))  # first: turning a large picture would need its memory twice
    upright = flat(ImageOps.exif_transpose(image))
    upright.info = {}  # Pillow would write the old comment into the new file
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def flat(image: Image.Image) -> Image.Image:
    """What is clear becomes paper; sixteen bits and printers' colours become what a screen shows."""
    if image.mode in ("RGB", "L"):
        return image
    if image.mode.startswith("I"):
        # Pillow cuts sixteen bits off at 255 when it converts them: the whole page would come out white.
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(clear, mask=clear.getchannel("A"))
        return paper
    return image.convert("RGB")
