"""The virus scanner, where an operator runs one: clamd, spoken to by its INSTREAM command over TCP."""

import socket
import struct
import time

from webapp.core.settings import Settings

PIECE = 256 * 1024
CONNECT_SECONDS = 2.0
WITH_A_PERSON_WAITING, LATER = 4.0, 30.0  # seconds for its answer
LET_IT_BE_SECONDS = 30.0  # after a failure nobody waits for it; the worker goes on asking


class ScannerAway(OSError):
    """The scanner does not answer, or not in a way that we understand. Nothing was decided."""


class Clamd:
    """One clamd at host:port."""

    def __init__(self, address: str) -> None:
        host, _colon, port = address.rpartition(":")
        self.address = (host.strip("[]"), int(port))
        self._away_until = 0.0

    def finds_now(self, data: bytes) -> bool:
        """The same while a person waits: a scanner that was away a moment ago is not waited for again."""
        if time.monotonic() < self._away_until:
            raise ScannerAway("was away a moment ago")
        try:
            return self.finds(data, WITH_A_PERSON_WAITING)
        except ScannerAway:
            self._away_until = time.monotonic() + LET_IT_BE_SECONDS
            raise

    def finds(self, data: bytes, patience: float = LATER) -> bool:
        """Is there something bad in it? Raises ScannerAway."""
        answer = self._ask(data, patience)
        if answer.endswith(b"OK"):
            return False
        if answer.endswith(b"FOUND"):
            return True
        raise ScannerAway("an answer that says neither")

    def _ask(self, data: bytes, patience: float) -> bytes:
        try:
            with socket.create_connection(self.address, timeout=CONNECT_SECONDS) as line:
                line.settimeout(patience)
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), PIECE):
                    piece = data[start : start + PIECE]
                    line.sendall(struct.pack(">I", len(piece)) + piece)
                line.sendall(struct.pack(">I", 0))
                answer = b""
                while not answer.endswith(b"\0") and len(answer) < 4096:
                    more = line.recv(4096)
                    if not more:
                        break
                    answer += more
                return answer.rstrip(b"\0\n")
        except OSError as away:
            raise ScannerAway(type(away).__name__) from away


class _Chosen:
    """The process's scanner: one process, one scanner or none, set once by the composition root."""

    current: Clamd | None = None


def configure(settings: Settings) -> None:
    """Use these settings' scanner in this process; an empty address means none."""
    _Chosen.current = Clamd(settings.clamd) if settings.clamd else None


def scanner() -> Clamd | None:
    """The scanner in use, if there is one."""
    return _Chosen.current
