"""One page as a picture, for people who must look at it and need not open it. Runs in the child."""

import io
import math
from functools import cache
from importlib.resources import files
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw, ImageFont, ImageOps

from webapp.core.opener.photos import FORMATS, Refused, flat

LONG_SIDE = 1754  # an A4 page at 150 dots per inch: small print is read without opening the original
STAMP_SIDE = 192
INK, STRENGTH = (86, 110, 160), 80  # seen on white and on dark paper, and every letter under it is read
FONT = "BeVietnamPro-Medium.ttf"


@cache
def font_bytes() -> bytes:
    """Read before the child may open no more files."""
    return (files("fontpkg_be_vietnam_pro") / "files" / FONT).read_bytes()


def draw(data: bytes, *, media_type: str, page: int, words: str, small: bool) -> tuple[dict[str, Any], bytes]:
    """(facts, WebP). `words` are written across it again and again; a stamp is too small to be read and has none."""
    side = STAMP_SIDE if small else LONG_SIDE
    picture = _pdf_page(data, page, side) if media_type == "application/pdf" else _photo(data, side)
    if words and not small:
        picture = _marked(picture, words)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=80, method=2)
    return {"width": picture.width, "height": picture.height}, out.getvalue()


def _photo(data: bytes, side: int) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        image.draft(None, (side, side))
        image.thumbnail((side, side))
        return flat(ImageOps.exif_transpose(image)).convert("RGB")


def _pdf_page(data: bytes, page: int, side: int) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    if not 1 <= page <= len(document):
        raise Refused("no-page")
    sheet = document[page - 1]
    longest = max(*sheet.get_size(), 1)
    bitmap = sheet.render(scale=side / longest, may_draw_forms=False)
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    return picture


def _marked(picture: Image.Image, words: str) -> Image.Image:
    """The words slantwise over the whole page: whoever passes a copy on passes on who made it."""
    size = max(14, max(picture.size) // 58)
    letters = ImageFont.truetype(io.BytesIO(font_bytes()), size)
    left, top, right, bottom = letters.getbbox(words)
    line = Image.new("L", (math.ceil(right - left), math.ceil(bottom - top)), 0)
    ImageDraw.Draw(line).text((-left, -top), words, font=letters, fill=STRENGTH)
    slanted = line.rotate(28, expand=True, resample=Image.Resampling.BILINEAR)
    across, down = slanted.width + 2 * size, slanted.height * 3 // 4
    for row, y in enumerate(range(-slanted.height // 2, picture.height, down)):
        for x in range(-(row % 2) * across // 2, picture.width, across):
            picture.paste(INK, (x, y), slanted)
    return picture
