"""A line to a server that can be cut, with everything that is under way on it."""

import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Listens on `port` and passes everything on to `target`, another port of this machine."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, 0
        self._live: set[socket.socket] = set()
        self._server: socketserver.ThreadingTCPServer | None = None

    def mend(self) -> None:
        """Whoever calls gets through."""
        wire = self

        class Call(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with suppress(OSError), socket.create_connection(("127.0.0.1", wire.target)) as there:
                    wire._pass(self.request, there)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads = True, True

        self._server = Server(("127.0.0.1", self.port), Call)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _pass(self, here: socket.socket, there: socket.socket) -> None:
        self._live |= {here, there}
        try:
            while True:
                for ready in select.select([here, there], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    (there if ready is here else here).sendall(data)
        finally:
            self._live -= {here, there}

    def cut(self) -> None:
        """Calls are refused, and what is under way breaks off."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for end in list(self._live):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def wire_to(target: int) -> Iterator[Wire]:
    """A line to this port for the time of a test."""
    made = Wire(target)
    made.mend()
    try:
        yield made
    finally:
        made.cut()
