"""The QR codes in a photo, as text. Runs in the child: the photo is a stranger's file."""

import io

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from webapp.core.opener.photos import FORMATS, MAX_PIXELS, Refused, flat

# The ID card's code has 57 squares a side and may be a tenth of the photo's width: larger than a kept photo is drawn.
LONG_SIDES = (4000, 1600)
MOST_TEXTS, LONGEST_TEXT = 5, 2000


def read(data: bytes) -> tuple[dict[str, object], bytes]:
    """Every readable code; none is an answer, too."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused("pixels")
            image.draft("L", (LONG_SIDES[0], LONG_SIDES[0]))
            grey = ImageOps.exif_transpose(flat(image)).convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Refused("pixels") from None
    except UnidentifiedImageError:
        raise Refused("unknown") from None
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, IndexError):
        raise Refused("photo-broken") from None
    for side in LONG_SIDES:
        grey.thumbnail((side, side))
        found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        texts = [code.text for code in found if code.valid]
        if texts:
            return {"texts": [text[:LONGEST_TEXT] for text in texts[:MOST_TEXTS]]}, b""
    return {"texts": []}, b""
