"""A photo in the size of a stamp. Made on demand: kept copies of papers would have to be sealed, and erased too."""

import io

from PIL import Image, UnidentifiedImageError

SIDE = 192  # twice what the page shows, for sharp screens


def stamp(data: bytes) -> bytes | None:
    """A small JPEG; None for what is not a photo."""
    try:
        with Image.open(io.BytesIO(data)) as photo:
            photo.draft("RGB", (SIDE, SIDE))  # JPEG decodes straight to about this size: ten times faster
            photo.thumbnail((SIDE, SIDE))
            small = photo if photo.mode in ("RGB", "L") else photo.convert("RGB")
            out = io.BytesIO()
            small.save(out, "JPEG", quality=70)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
