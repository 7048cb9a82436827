"""The true child with other work: what a parser that was taken over would try. Started by test_opener."""

import os
import socket
import sys
import time
from pathlib import Path

from webapp.core.opener import child


def misbehave(job, data):
    """Do what the job says; answer what came of it."""
    what = job["do"]
    if what == "die":
        os._exit(3)
    if what == "sleep":
        time.sleep(60)
    if what == "spin":
        while True:
            pass
    if what == "fill":
        return {"got": len(bytes(700 * 1024 * 1024))}, b""
    if what == "fork":
        return {"pid": os.getpid()}, b""
    if what == "look":
        return {"found": sorted(os.environ)}, b""
    if what == "talk":
        return tried(lambda: socket.create_connection(("127.0.0.1", job["port"]), timeout=1))
    if what == "read":
        return tried(lambda: Path("/etc/passwd").read_text())
    if what == "write":
        return tried(lambda: Path(job["path"]).write_text("x"))
    return {"echo": len(data)}, data


def tried(act):
    try:
        act()
    except OSError as refused:
        return {"refused_with": type(refused).__name__}, b""
    return {"done": True}, b""


if __name__ == "__main__":
    child._work = misbehave
    child.WALL_SECONDS, child.CPU_SECONDS = 3, 1
    child.main(socket.socket(fileno=int(sys.argv[1])))
