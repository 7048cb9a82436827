"""Draws the app's pictures from a few numbers; run it when the mark changes: `python -m webapp.pwa.icons`.

The mark is an open door with light behind it. The same figures stand in `shell/static/icons/mark.svg`.
"""

import math
from pathlib import Path

from PIL import Image, ImageDraw

INDIGO, RICE, PAPER = "#1e3a6b", "#f2c14e", "#fbf8f1"
GRID, FINER = 64, 8
TARGET = Path(__file__).resolve().parent.parent / "shell" / "static" / "icons"
Point = tuple[float, float]


def arch() -> list[Point]:
    """The lit opening: two posts and half a circle of radius 15 around (32, 27)."""
    bow = [(32 - 15 * math.cos(a), 27 - 15 * math.sin(a)) for a in (math.pi * i / 60 for i in range(61))]
    return [(17, 51), *bow, (47, 51)]


def leaf() -> list[Point]:
    """The door, swung towards us: its free edge is nearer, so it stands taller."""
    a, b, c, d = (17.0, 27.0), (17.0, 19.0), (22.0, 13.5), (30.0, 11.5)
    curve = []
    for i in range(41):
        u = i / 40
        weights = ((1 - u) ** 3, 3 * u * (1 - u) ** 2, 3 * u * u * (1 - u), u**3)
        points = (a, b, c, d)
        x, y = (sum(w * p[k] for w, p in zip(weights, points, strict=True)) for k in (0, 1))
        curve.append((x, y))
    return [(17, 51), *curve, (30, 57.5)]


def draw(pixels: int, corner: float, scale: float = 1.0) -> Image.Image:
    """One picture; `scale` below 1 keeps the mark inside the circle that phones may cut out."""
    wide = pixels * FINER
    unit = wide / GRID
    picture = Image.new("RGBA", (wide, wide), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, wide - 1, wide - 1), corner * unit, fill=INDIGO)

    def place(points: list[Point]) -> list[Point]:
        return [((32 + (x - 32) * scale) * unit, (32 + (y - 32) * scale) * unit) for x, y in points]

    pen.polygon(place(arch()), fill=RICE)
    pen.polygon(place(leaf()), fill=PAPER)
    pen.ellipse(tuple(n for point in place([(23.8, 33.8), (28.2, 38.2)]) for n in point), fill=INDIGO)
    return picture.resize((pixels, pixels), Image.Resampling.LANCZOS)


def write(target: Path = TARGET) -> list[Path]:
    """All files, flat colours in a palette: a few hundred bytes to 6 KB each."""
    made = []
    pictures = {
        "icon-192.png": draw(192, 14),
        "icon-512.png": draw(512, 14),
        "maskable-512.png": draw(512, 0, 0.86),
        "apple-180.png": draw(180, 0),
    }
    for name, picture in pictures.items():
        path = target / name
        picture.quantize(64, method=Image.Quantize.FASTOCTREE).save(path, optimize=True)
        made.append(path)
    path = target / "favicon.ico"
    draw(48, 10).save(path, sizes=[(16, 16), (32, 32), (48, 48)])
    return [*made, path]


if __name__ == "__main__":
    write()
