"""How the two sides talk: one message is a line of facts as JSON and some bytes, each with its length before it."""

import json
import socket
import struct
import time
from typing import Any

HEAD = struct.Struct(">II")
MAX_FACTS = 64 * 1024
MAX_BYTES = 24 * 1024 * 1024  # a PDF of 20 MB and some air


class Broken(OSError):
    """The other side went away, took too long or sent something else."""


def send(line: socket.socket, facts: dict[str, Any], data: bytes = b"") -> None:
    head = json.dumps(facts).encode()
    line.sendall(HEAD.pack(len(head), len(data)) + head)
    if data:
        line.sendall(data)


def receive(line: socket.socket, until: float | None = None) -> tuple[dict[str, Any], bytes]:
    """One message. `until` is a moment of time.monotonic(); raises Broken."""
    size, rest = HEAD.unpack(_exactly(line, HEAD.size, until))
    if size > MAX_FACTS or rest > MAX_BYTES:
        raise Broken("a message larger than any of ours")
    try:
        facts = json.loads(_exactly(line, size, until))
    except ValueError as wrong:
        raise Broken("a message that is none of ours") from wrong
    if not isinstance(facts, dict):
        raise Broken("a message that is none of ours")
    return facts, _exactly(line, rest, until)


def _exactly(line: socket.socket, size: int, until: float | None) -> bytes:
    data = bytearray()
    while len(data) < size:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise Broken("took too long")
            line.settimeout(left)
        piece = line.recv(min(size - len(data), 1 << 20))
        if not piece:
            raise Broken("the other side is gone")
        data += piece
    return bytes(data)
