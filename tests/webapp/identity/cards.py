"""ID cards of invented people, as a phone photographs them."""

import io
import random

import qrcode
from PIL import Image, ImageFilter

DAO = "038196001234|162345678|Nguyễn Thị Đào|14051996|Nữ|Thôn Đình Nam, Hoằng Lộc, Hoằng Hóa, Thanh Hóa|16082023"
TU = "038090007788||Hoàng Văn Tú|02031990|Nam|Tổ 4, Hoằng Lộc, Hoằng Hóa, Thanh Hóa|10052021"


def photo(text: str, *, turned: int = 13, blurred: float = 0.8, size: tuple[int, int] = (2400, 1800)) -> io.BytesIO:
    """A card on a table: turned, a little blurred, noisy, saved as a phone does."""
    code = qrcode.make(text, error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=4)
    table = Image.new("RGB", size, (196, 190, 178))
    table.paste(code.get_image().convert("RGB"), (size[0] // 2, size[1] // 4))
    table = table.rotate(turned, fillcolor=(120, 118, 110)).filter(ImageFilter.GaussianBlur(blurred))
    chance = random.Random(7)
    pixels = table.load()
    for _ in range(20000):
        grey = chance.randrange(256)
        pixels[chance.randrange(size[0]), chance.randrange(size[1])] = (grey, grey, grey)
    out = io.BytesIO()
    table.save(out, "JPEG", quality=60)
    out.seek(0)
    return out


def nothing() -> io.BytesIO:
    """A photo without any code."""
    out = io.BytesIO()
    Image.effect_noise((600, 400), 40).convert("RGB").save(out, "JPEG")
    out.seek(0)
    return out
