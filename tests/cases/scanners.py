"""Two scanners that speak clamd's INSTREAM: the real one, where it is installed, and a few lines that stand in."""

import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.factories.hostile import EICAR

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


class _Line(socketserver.BaseRequestHandler):
    """One command of clamd: a file in pieces, then one word about it."""

    def handle(self) -> None:
        assert self._take(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack(">I", self._take(4))[0]:
            data += self._take(size)
        self.request.sendall(b"stream: Eicar-Test FOUND\0" if EICAR in data else b"stream: OK\0")

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self.request.recv(size - len(data))
        return data


@contextmanager
def stand_in() -> Iterator[str]:
    """host:port of a scanner that knows one virus."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Line)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def clamd(folder: Path) -> Iterator[str]:
    """host:port of a real clamd whose one signature is EICAR's: Debian brings none and there is no network."""
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    conf = folder / "clamd.conf"
    conf.write_text(
        f"TCPSocket {port}\nTCPAddr 127.0.0.1\nDatabaseDirectory {signatures}\nTemporaryDirectory {folder}\n"
        "Foreground yes\nStreamMaxLength 25M\n"
    )
    assert CLAMD is not None
    with subprocess.Popen([CLAMD, "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            _wait(port)
            yield f"127.0.0.1:{port}"
        finally:
            running.terminate()


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
                line.sendall(b"zPING\0")
                if line.recv(10).startswith(b"PONG"):
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("clamd does not answer")
