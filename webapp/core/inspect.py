"""What a file really is: it is opened, not believed. Figures from the security design (2.5).

A file is opened in a child process (see `opener`); here stand the limits that need no opening, and the words.
A citizen's photo is a copy of a paper: what is kept is drawn anew, small enough to send and without what hides in it.
A PDF may be the original itself, signed: its bytes are never changed, so one that acts is refused.
"""

from dataclasses import dataclass
from typing import Any

from webapp.core.errors import Unavailable
from webapp.core.opener.pool import Busy, Killed, pool
from webapp.core.text import Text

MAX_IMAGE_BYTES = 10 * 1024 * 1024
MAX_PDF_BYTES = 20 * 1024 * 1024
ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}
# What a name may end with, by what was found. Among photos it may lie: phones keep a WebP as .jpg, and we draw it anew.
NAMED = {
    "image/jpeg": frozenset({"jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif", "hif"}),
    "application/pdf": frozenset({"pdf"}),
}
DAMAGED = Text("This photo is damaged and does not open. Take it again.")
ELSE = Text("We take photos (JPEG, PNG, WebP, HEIC) and PDF. This file is something else.")
REASONS = {
    "empty": Text("This file is empty. Choose it again or take a new photo."),
    "ending": Text("The name of this file does not fit what is in it. Choose the photo or PDF itself."),
    "killed": Text("This file could not be read. Take a photo of the paper instead."),
    "unknown": ELSE,
    "photo-large": Text("This photo is larger than 10 MB. Take it again with a smaller size."),
    "photo-broken": DAMAGED,
    "pixels": Text("This photo has too many pixels. Take it again with a smaller size."),
    "pdf-large": Text("This PDF is larger than 20 MB. Send fewer pages, or photos."),
    "pdf-broken": Text("This PDF is damaged and does not open. Make it again, or send photos of the pages."),
    "pdf-empty": Text("This PDF has no page. Choose it again, or send photos."),
    "pdf-pages": Text("This PDF has more than 100 pages. Send only the pages that are asked for."),
    "pdf-locked": Text("This PDF is locked with a password. Unlock it, or send photos of the pages."),
    "pdf-bomb": Text("This PDF becomes far too large when it is opened. Print it to a new PDF, or send photos."),
    "pdf-script": Text("This PDF has a program inside. Print it to a plain PDF, or send photos."),
    "pdf-launch": Text("This PDF wants to start another program. Print it to a plain PDF, or send photos."),
    "pdf-carries": Text("This PDF carries another file inside. Print it to a plain PDF, or send photos."),
    "pdf-acts": Text("This PDF does something by itself when it is opened. Print it to a plain PDF, or send photos."),
    "pdf-sends": Text("This PDF wants to send or fetch data. Print it to a plain PDF, or send photos."),
    "pdf-film": Text("This PDF has a film or sound inside. Print it to a plain PDF, or send photos."),
    "pdf-form": Text("This PDF is a living form (XFA) that only one program can show. Print it to a plain PDF."),
    "pdf-elsewhere": Text("This PDF opens another file. Print it to a plain PDF, or send photos."),
    "virus": Text("A virus was found in this file, so we did not keep it. Take a photo of the paper instead."),
}


class Refused(ValueError):
    """A file we do not take, and why, in words for the person who sent it."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.text = REASONS.get(code, REASONS["killed"])
        super().__init__(self.text.msgid)


@dataclass(frozen=True)
class Examined:
    """A file that opened: its content (photos made lean), type, ending and number of pages."""

    data: bytes
    media_type: str
    extension: str
    pages: int


def examine(data: bytes, name: str = "") -> Examined:
    """Open the file. Raises Refused with a reason, or errors.Unavailable when too many are being opened."""
    if not data:
        raise Refused("empty")
    # At the very beginning: what may stand before it may be a page or an archive.
    kind = "pdf" if data[:1024].lstrip().startswith(b"%PDF-") else "photo"
    if kind == "pdf" and len(data) > MAX_PDF_BYTES:
        raise Refused("pdf-large")
    if kind == "photo" and len(data) > MAX_IMAGE_BYTES:
        raise Refused("photo-large")
    facts, made = _open({"do": kind}, data)
    media_type = str(facts["media_type"])
    if not fits(name, media_type):
        raise Refused("ending")
    return Examined(made or data, media_type, ENDINGS[media_type], int(facts["pages"]))


def fits(name: str, media_type: str) -> bool:
    """May a file of this type have this name? Names without an ending are common on phones."""
    _stem, dot, ending = name.strip().rpartition(".")
    known = ending.isascii() and ending.isalnum() and len(ending) <= 5 and not ending.isdigit()
    return not dot or not known or ending.lower() in NAMED[media_type]


def page_picture(data: bytes, media_type: str, page: int, words: str) -> bytes:
    """One page of a kept file as WebP, `words` written across it. Raises Refused ("no-page") or Unavailable."""
    return _open({"do": "page", "media_type": media_type, "page": page, "words": words, "small": False}, data)[1]


def stamp_picture(data: bytes, media_type: str) -> bytes:
    """The first page of a kept file in the size of a stamp."""
    return _open({"do": "page", "media_type": media_type, "page": 1, "words": "", "small": True}, data)[1]


def read_qr(data: bytes) -> list[str]:
    """What the QR codes in a photo say; nothing is kept. Raises Refused or errors.Unavailable."""
    if not data:
        raise Refused("empty")
    if len(data) > MAX_IMAGE_BYTES:
        raise Refused("photo-large")
    texts = _open({"do": "qr"}, data)[0]["texts"]
    return [str(text) for text in texts]


def _open(job: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        facts, made = pool.run(job, data)
    except Killed:
        raise Refused("killed") from None
    except Busy:
        raise Unavailable(
            Text("Many people are sending files at this moment. Your answers are saved. Send it again in a minute.")
        ) from None
    if "refused" in facts:
        raise Refused(str(facts["refused"]))
    return facts, made
