"""A disk whose power can be cut: what was written and not fsynced lives in this process's memory alone.

`python -m tests.faults.powerfs FOLDER MOUNT` shows FOLDER under MOUNT (FUSE). SIGUSR1 is the cut: every call fails from
then on, and FOLDER holds what the platter holds. Whoever mounts it again boots the machine.

Kinder than a real disk in two points: a rename, a new name and a deletion last at once, and fsync of a folder does
nothing. So it cannot show that somebody forgot to fsync a folder after a rename (tests/core/test_storage.py looks at
the order of those calls). It is as strict as can be in the third: nothing unsynced survives, not even half of it.
"""

import errno
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuse import FUSE, FuseOSError, Operations

BLOCK = 4096
STAT = ("st_atime", "st_ctime", "st_gid", "st_mode", "st_mtime", "st_nlink", "st_size", "st_uid")


@dataclass
class Unsynced:
    """What a file is like for those who look, as far as that differs from the platter."""

    size: int
    kept: int  # so many bytes of the platter still count: a file may have been cut short
    blocks: dict[int, bytearray] = field(default_factory=dict)

    def truncate(self, length: int) -> None:
        self.size, self.kept = length, min(self.kept, length)
        self.blocks = {n: block for n, block in self.blocks.items() if n * BLOCK < length}
        if last := self.blocks.get(length // BLOCK):
            last[length % BLOCK :] = bytes(BLOCK - length % BLOCK)


class PowerFS(Operations):
    """Passes everything through except what is written."""

    use_ns = True

    def __init__(self, root: Path) -> None:
        self.root, self.dead = root, False
        self.unsynced: dict[str, Unsynced] = {}

    def cut(self, *_signal: object) -> None:
        self.dead = True
        self.unsynced.clear()

    def __call__(self, op: str, *args: Any) -> Any:
        if self.dead:
            raise FuseOSError(errno.EIO)
        return super().__call__(op, *args)

    def _on(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def _file(self, path: str) -> Unsynced:
        if path not in self.unsynced:
            size = self._on(path).stat().st_size
            self.unsynced[path] = Unsynced(size, size)
        return self.unsynced[path]

    def _block(self, path: str, number: int) -> bytes:
        """As it is for those who look, zeros behind the end."""
        made = self.unsynced.get(path)
        if made and number in made.blocks:
            return bytes(made.blocks[number])
        with self._on(path).open("rb") as file:
            file.seek(number * BLOCK)
            most = BLOCK if made is None else max(0, min(BLOCK, made.kept - number * BLOCK))
            return file.read(most).ljust(BLOCK, b"\0")

    def _size(self, path: str) -> int:
        made = self.unsynced.get(path)
        return made.size if made else self._on(path).stat().st_size

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        seen = self._on(path).lstat()
        found = {name: getattr(seen, name) for name in STAT}
        found |= {name: int(found[name] * 10**9) for name in ("st_atime", "st_ctime", "st_mtime")}
        return found | ({"st_size": self.unsynced[path].size} if path in self.unsynced else {})

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *os.listdir(self._on(path))]

    def create(self, path: str, mode: int, fi: object = None) -> int:
        os.close(os.open(self._on(path), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode))
        self.unsynced.pop(path, None)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        end = min(offset + size, self._size(path))
        first = offset // BLOCK
        blocks = [self._block(path, n) for n in range(first, -(-end // BLOCK))]
        return b"".join(blocks)[offset - first * BLOCK : max(offset, end) - first * BLOCK]

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        file, at = self._file(path), 0
        while at < len(data):
            number, start = divmod(offset + at, BLOCK)
            block = file.blocks.setdefault(number, bytearray(self._block(path, number)))
            piece = data[at : at + BLOCK - start]
            block[start : start + len(piece)] = piece
            at += len(piece)
        file.size = max(file.size, offset + len(data))
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> None:
        self._file(path).truncate(length)

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        made = self.unsynced.pop(path, None)
        if made:
            with self._on(path).open("r+b") as file:
                file.truncate(made.kept)
                for number, block in made.blocks.items():
                    file.seek(number * BLOCK)
                    file.write(block)
                file.truncate(made.size)
        return 0

    def unlink(self, path: str) -> None:
        self._on(path).unlink()
        self.unsynced.pop(path, None)

    def rename(self, old: str, new: str) -> None:
        self._on(old).rename(self._on(new))
        self.unsynced.pop(new, None)
        if old in self.unsynced:
            self.unsynced[new] = self.unsynced.pop(old)

    def mkdir(self, path: str, mode: int) -> None:
        self._on(path).mkdir(mode)

    def rmdir(self, path: str) -> None:
        self._on(path).rmdir()

    def chmod(self, path: str, mode: int) -> int:
        self._on(path).chmod(mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        return 0

    def utimens(self, path: str, times: object = None) -> int:
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        seen = os.statvfs(self.root)
        return {name: getattr(seen, name) for name in dir(seen) if name.startswith("f_") and name != "f_fsid"}


if __name__ == "__main__":
    disk = PowerFS(Path(sys.argv[1]))
    signal.signal(signal.SIGUSR1, disk.cut)
    # One thread: whatever call is running when the signal comes is brought to its end.
    FUSE(disk, sys.argv[2], foreground=True, nothreads=True, big_writes=True, kernel_cache=True)
