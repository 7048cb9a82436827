"""The web process's side of `opener`: one waiting child, a few files at once, none for longer than half a minute.

The child serves every process that shares its control socket: a web server's master starts one before it forks.
"""

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from webapp.core.opener import wire

ROOT = Path(__file__).parents[3]
AT_ONCE = 2  # fewer than a web process has threads: files that take long must not stop people who only read
WAIT_FOR_A_PLACE = 5.0
WALL_SECONDS = 31.0  # a little more than the child gives itself
START_SECONDS = 15.0


class Busy(Exception):
    """Every place is taken; to be tried again in a moment."""


class Killed(Exception):
    """The file took too much memory or time, or broke the library that read it."""


class Places:
    """So many at once, the others in a line. Python's own semaphore keeps no line: under load some wait for ever."""

    def __init__(self, free: int) -> None:
        self.free = free
        self._lock = threading.Lock()
        self._line: deque[threading.Event] = deque()

    def take(self, patience: float) -> bool:
        with self._lock:
            if self.free and not self._line:
                self.free -= 1
                return True
            mine = threading.Event()
            self._line.append(mine)
        if mine.wait(patience):
            return True
        with self._lock:
            if mine.is_set():  # called in the very moment of leaving
                return True
            self._line.remove(mine)
            return False

    def give(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self.free += 1


class Pool:
    """Started by `start` or at the first file, shared after a fork, made anew whenever the child has gone."""

    def __init__(self, module: str = "webapp.core.opener.child", wall: float = WALL_SECONDS) -> None:
        self._module, self._wall = module, wall
        self._lock = threading.Lock()
        self._places = Places(AT_ONCE)
        self._owner = 0
        self._control: socket.socket | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def run(self, job: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """One job. Raises Busy or Killed."""
        if not self._places.take(WAIT_FOR_A_PLACE):
            raise Busy
        try:
            return self._asked(job, data)
        except OSError as gone:
            raise Killed from gone
        finally:
            self._places.give()

    def _asked(self, job: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """Twice if the child that makes the copies went away meanwhile: then it was not the file that ended one."""
        control = self._there()
        try:
            return self._once(control, job, data)
        except OSError:
            if self._is_there(control):
                raise
        return self._once(self._there(), job, data)

    def _once(self, control: socket.socket, job: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """By a line to a fresh copy of the child."""
        line, theirs = socket.socketpair()
        with line:
            with theirs:
                socket.send_fds(control, [b"!"], [theirs.fileno()])
            until = time.monotonic() + self._wall
            line.settimeout(self._wall)
            wire.send(line, job, data)
            return wire.receive(line, until)

    def _there(self) -> socket.socket:
        """The control socket of a child that has not gone away."""
        with self._lock:
            if self._control is not None and not self._is_there(self._control):
                self._stop()
            return self._running()

    def _is_there(self, control: socket.socket) -> bool:
        if control is not self._control:  # somebody else has seen it go
            return False
        try:
            return control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:  # nothing to say, as it should be
            return True
        except OSError:
            return False

    def _running(self) -> socket.socket:
        if self._control is None:
            self._start()
        assert self._control is not None  # noqa: S101  (just made)
        return self._control

    def _start(self) -> None:
        mine, theirs = socket.socketpair()
        with theirs:
            self._child = subprocess.Popen(  # noqa: S603  (ours)
                [sys.executable, "-m", self._module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                env={"LANG": "C.UTF-8"},  # none of our secrets
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C in a terminal is for us; it ends when we do
            )
        mine.settimeout(START_SECONDS)
        if mine.recv(1) != b"+":
            raise wire.Broken("the child did not start")
        mine.settimeout(None)
        self._control, self._owner = mine, os.getpid()

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._child is not None and self._owner == os.getpid():
            self._child.kill()
            self._child.wait()
        self._control = self._child = None

    def start(self) -> None:
        """Have a child before the first file, so that all processes that are forked from here use this one."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """End the child, unless it is another process's; the next file starts another."""
        with self._lock:
            self._stop()


pool = Pool()
atexit.register(pool.close)
