"""A PDF, walked through object by object. Runs in the child. Nothing in it is changed: a signature would break."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf

from webapp.core.opener.photos import Refused

MAX_PAGES = 100
MAX_INFLATED = 200 * 1024 * 1024
MAX_RATIO = 100
# A blank scanned page packs a thousand to one and is harmless; the ratio counts only from this size on.
RATIO_FROM = 10 * 1024 * 1024
PIECE = 1024 * 1024
# Names that make a PDF act when it is opened, or carry something else inside → the code of the refusal.
ACTIVE = {
    "/JS": "pdf-script",
    "/JavaScript": "pdf-script",
    "/Launch": "pdf-launch",
    "/EmbeddedFile": "pdf-carries",
    "/EmbeddedFiles": "pdf-carries",
    "/FileAttachment": "pdf-carries",
    "/AF": "pdf-carries",
    "/AA": "pdf-acts",
    "/SubmitForm": "pdf-sends",
    "/ImportData": "pdf-sends",
    "/RichMedia": "pdf-film",
    "/XFA": "pdf-form",
    "/GoToE": "pdf-elsewhere",
    "/GoToR": "pdf-elsewhere",
}
# What a press on a link may do: go to a page of this file, name a page of the web (the reader's program asks), turn
# pages. A letter that names its ministry's page is an honest paper, so /URI stays; what follows by itself never does.
PRESSED = ("/GoTo", "/URI", "/Named")
# Where a name says what a dictionary is; elsewhere it may be anybody's word.
TELLING = ("/S", "/Type", "/Subtype")
FLATE = ("/FlateDecode", "/Fl")


def examine(data: bytes) -> tuple[dict[str, object], bytes]:
    """(facts, nothing): the bytes stay as they are. Raises Refused."""
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise Refused("pdf-locked")
            pages = len(pdf.pages)
            if not pages:
                raise Refused("pdf-empty")
            if pages > MAX_PAGES:
                raise Refused("pdf-pages")
            _nothing_acts(pdf)
            _nothing_bursts(pdf)
    except pikepdf.PasswordError:
        raise Refused("pdf-locked") from None
    except MemoryError:
        raise Refused("pdf-bomb") from None
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused("pdf-broken") from None
    if is_also_an_archive(data):
        raise Refused("pdf-carries")
    return {"media_type": "application/pdf", "pages": pages}, b""


def _nothing_acts(pdf: pikepdf.Pdf) -> None:
    acts = False
    for thing in _dictionaries(pdf):
        for key in thing.keys():  # noqa: SIM118  (a stream is no mapping)
            if key in ACTIVE:
                raise Refused(ACTIVE[key])
        for key in TELLING:
            value = thing.get(key)
            if isinstance(value, pikepdf.Name) and str(value) in ACTIVE:
                raise Refused(ACTIVE[str(value)])
        acts = acts or _acts_by_itself(thing)
    if acts:  # last, for a name of the list tells people more
        raise Refused("pdf-acts")


def _acts_by_itself(thing: Any) -> bool:
    """Unless the reader begins at a place, and a link does one thing and hands on to no other."""
    opening, pressed = thing.get("/OpenAction"), _action(thing.get("/A"))
    begins = opening is None or isinstance(opening, pikepdf.Array) or _action(opening) == "/GoTo"
    return not begins or (pressed is not None and pressed not in PRESSED) or ("/S" in thing and "/Next" in thing)


def _action(thing: Any) -> str | None:
    """What an action does; None for what is no action."""
    return str(thing["/S"]) if isinstance(thing, pikepdf.Dictionary) and "/S" in thing else None


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


def _nothing_bursts(pdf: pikepdf.Pdf) -> None:
    """Counts what all streams become when they are unpacked, piece by piece, and never holds it."""
    total = 0
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        raw = thing.read_raw_bytes()
        size = 0
        for piece in _unpacked(thing, raw):
            size += piece
            if total + size > MAX_INFLATED or (size > RATIO_FROM and size > MAX_RATIO * len(raw)):
                raise Refused("pdf-bomb")
        total += size


def _unpacked(stream: pikepdf.Stream, raw: bytes) -> Iterator[int]:
    """Sizes of the pieces that come out of the stream's filters."""
    filters = stream.get("/Filter")
    names = [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] if filters else []
    if not names:
        return
    flates = next((i for i, name in enumerate(names) if name not in FLATE), len(names))
    if flates:
        yield from _inflate(iter([raw]), flates)
    if names[flates : flates + 1] and names[flates] in ("/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"):
        try:
            yield len(stream.read_bytes())  # rare and at most a hundred to one; the child's memory is the limit
        except pikepdf.PdfError:
            return


def _inflate(pieces: Iterator[bytes], times: int) -> Iterator[int]:
    for _layer in range(times):
        pieces = _one_layer(pieces)
    for piece in pieces:
        yield len(piece)


def _one_layer(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for piece in pieces:
        waiting = piece
        while waiting and not unpacker.eof:
            try:
                out = unpacker.decompress(waiting, PIECE)
            except zlib.error:
                return  # a reader shows what came until here
            yield out
            waiting = unpacker.unconsumed_tail


def is_also_an_archive(data: bytes) -> bool:
    """A ZIP is read from its end: a file may be a PDF for one program and an archive for another."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
