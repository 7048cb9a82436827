"""A file on its way to a browser: as something to keep, never as a page of ours."""

import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO

import brotli
from flask import request, send_file
from werkzeug.wrappers import Response

from webapp.core.errors import Unavailable
from webapp.core.files import StoredFile, read_file
from webapp.core.inspect import NAMED
from webapp.core.text import Text, fold
from webapp.shell.assets import preferred_encoding
from webapp.shell.services import services

# Whatever a file turns out to be, it may run nothing, load nothing and see none of our cookies.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
IN_MEMORY, PIECE = 4_000_000, 65_536


def whole_response(pieces: Iterable[bytes], name: str, media_type: str) -> Response:
    """What is made piece by piece leaves when it is whole: half of it would look like all of it.

    It is packed on the way, where the browser takes that; a large one waits on the disk, in a file without a name.
    """
    packs = preferred_encoding(request.headers.get("Accept-Encoding", ""), {"br": b""}) == "br"
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed when it has left)
    try:
        for piece in _packed(pieces) if packs else pieces:
            file.write(piece)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    response = Response(_read_out(file), mimetype=media_type)
    response.call_on_close(file.close)
    response.direct_passthrough = True  # nobody reads it whole on its way
    response.content_length = size
    response.vary.add("Accept-Encoding")
    if packs:
        response.headers["Content-Encoding"] = "br"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = brotli.Compressor(quality=5)
    for piece in pieces:
        yield packer.process(piece)
    yield packer.finish()


def _read_out(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, PIECE), b"")


def file_response(row: StoredFile, name: str) -> Response:
    """The file's bytes, checked against its hash. `name` becomes the download's name, without accents or paths.

    The type is the one that was found when the file was opened, never what its sender called it.
    Raises NotUsable, Unavailable.
    """
    stem, _dot, ending = name.rpartition(".")
    name = stem if ending.lower() in NAMED.get(row.media_type, ()) else name
    words = "".join(ch if ch.isalnum() else " " for ch in fold(name)).split()
    return _hardened(
        send_file(
            io.BytesIO(_bytes_of(row)),
            mimetype=row.media_type,
            as_attachment=True,
            download_name=f"{'-'.join(words)[:80] or 'file'}.{row.extension}",
            max_age=0,
        )
    )


def picture_response(row: StoredFile, draw: Callable[[bytes], bytes]) -> Response:
    """A picture of the file instead of the file; `draw` makes WebP of its bytes."""
    made = _hardened(Response(draw(_bytes_of(row)), mimetype="image/webp"))
    made.headers["Cache-Control"] = "private, no-store"
    return made


def _bytes_of(row: StoredFile) -> bytes:
    try:
        return read_file(services().storage, row)
    except OSError as error:
        raise Unavailable(Text("This file cannot be opened at this moment. Try again in a few minutes.")) from error


def _hardened(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    response.headers.pop("ETag", None)
    return response
