"""Writers of one SQLite file stand in a line, instead of asking again and again whether it is free.

SQLite lets one transaction write at a time, and whoever waits for it polls with growing pauses: with eight writers
some waited two seconds while others overtook them. Here threads wait for a lock of their process, processes for an
advisory lock on a file beside the database (the kernel lets go of it when a process is killed). SQLite's own lock
stays what protects the data: a program that does not know of the line is only slower for the others.
"""

import fcntl
import os
import threading
import time
from pathlib import Path

PATIENCE = 5.0  # seconds; the same as busy_timeout
PAUSE = 0.0005  # two processes at most poll each other


class Line:
    """The line before one database file; one for each `Database`."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}-line")
        self._here = threading.Lock()
        self._file: int | None = None

    def enter(self) -> bool:
        """Wait for one's turn; False when it did not come in time."""
        until = time.monotonic() + PATIENCE
        if not self._here.acquire(timeout=PATIENCE):
            return False
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            while not self._locked(self._file):
                if time.monotonic() > until:
                    self._here.release()
                    return False
                time.sleep(PAUSE)
        except OSError:
            self._here.release()
            raise
        return True

    @staticmethod
    def _locked(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def leave(self) -> None:
        """Let the next one in."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._here.release()

    def close(self) -> None:
        """Give the file back; the line can be entered again."""
        with self._here:
            if self._file is not None:
                os.close(self._file)
                self._file = None
