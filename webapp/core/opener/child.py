"""The process in which files are opened: one that waits, and a fresh copy of it for every file.

The one that waits opens nothing, so nothing can happen to it; a copy costs a few milliseconds, knows one file, may use
512 MB, 20 seconds of work and 30 seconds in all, and can open neither a file nor a connection. The kernel sees to that,
also inside a library written in C. Started by `pool`: `python -m webapp.core.opener.child FD`.
"""

import ctypes
import gc
import io
import os
import resource
import select
import signal
import socket
import sys
import time
import zipfile
from typing import Any

import pikepdf
from PIL import Image

from webapp.core.opener import pages, pdfs, photos, qr, wire

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 20
WALL_SECONDS = 30
NEW_USERS, NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER and CLONE_NEWNET of Linux


def main(control: socket.socket) -> None:
    """Make a copy for every line that comes, until the web process is gone."""
    _leave_the_network()
    _warm_up()
    control.sendall(b"+")
    running: dict[int, float] = {}
    while True:
        ready, _w, _x = select.select([control], [], [], 0.2 if running else None)
        _reap(running)
        if not ready:
            continue
        asked, lines, _flags, _address = socket.recv_fds(control, 1, 1)
        if not asked:
            break
        if not lines:
            continue
        pid = os.fork()
        if pid == 0:
            control.close()
            _serve(socket.socket(fileno=lines[0]))
            os._exit(0)
        os.close(lines[0])
        running[pid] = time.monotonic() + WALL_SECONDS + 1
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _reap(running: dict[int, float]) -> None:
    """Bury the dead; end whoever got rid of its own alarm."""
    for pid, until in list(running.items()):
        done, _status = os.waitpid(pid, os.WNOHANG)
        if done:
            del running[pid]
        elif time.monotonic() > until:
            os.kill(pid, signal.SIGKILL)


def _serve(line: socket.socket) -> None:
    """One job, one answer. Whatever goes wrong ends this copy, and the other side sees the line end."""
    _limit()
    job, data = wire.receive(line)
    try:
        facts, made = _work(job, data)
    except photos.Refused as refused:
        facts, made = {"refused": refused.code}, b""
    wire.send(line, facts, made)


def _work(job: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    if job["do"] == "photo":
        return photos.examine(data)
    if job["do"] == "pdf":
        return pdfs.examine(data)
    if job["do"] == "qr":
        return qr.read(data)
    return pages.draw(
        data, media_type=job["media_type"], page=job["page"], words=job["words"], small=job["small"]
    )


def _limit() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),  # a core file would hold somebody's paper in the clear
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),  # what is open stays open; nothing new: no file, no connection
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            continue  # a system that does not know this limit; the alarm above still holds


def _leave_the_network() -> None:
    """A network of its own, with nothing in it, where the system lets us; the limit on open files holds everywhere."""
    try:
        ctypes.CDLL(None).unshare(NEW_USERS | NEW_NETWORK)
    except (OSError, AttributeError):
        return


def _warm_up() -> None:
    """Whatever the libraries would fetch from the disk at first use (codecs, fonts, chance), they fetch now."""
    Image.init()
    pages.font_bytes()
    for kind in ("JPEG", "PNG", "WEBP"):
        out = io.BytesIO()
        Image.new("RGB", (16, 16), "white").save(out, kind)
        photos.examine(out.getvalue())
    qr.read(out.getvalue())
    pages.draw(out.getvalue(), media_type="image/webp", page=1, words="Một Cửa", small=False)
    for lock in (False, pikepdf.Encryption(owner="x", user="")):
        with pikepdf.new() as empty:
            empty.add_blank_page(page_size=(20, 20))
            out = io.BytesIO()
            empty.save(out, encryption=lock)
        with pikepdf.open(io.BytesIO(out.getvalue())):
            pages.draw(out.getvalue(), media_type="application/pdf", page=1, words="", small=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"")
    pdfs.is_also_an_archive(out.getvalue())
    os.nice(5)  # people who only read go first
    gc.freeze()


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
