"""Load one address on loopback: wrk for pages, our own client for what takes several steps."""

import http.client
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

PERCENTILES = """
function done(summary, latency, requests)
  for _, p in ipairs({50, 95, 99}) do io.write(string.format("P%d=%.1f\\n", p, latency:percentile(p))) end
  io.write(string.format("Max=%.1f\\n", latency.max))
end
"""


@dataclass
class Measure:
    """One round of one target: requests a second, milliseconds, the server's CPU milliseconds a request."""

    rps: float
    p50: float
    p95: float
    p99: float
    worst: float
    cpu: float
    bad: int


@dataclass
class Target:
    """What is asked, and beside what its figures are shown."""

    name: str
    port: int
    path: str = "/"
    headers: dict[str, str] = field(default_factory=dict)
    base: str | None = None
    master: int = 0  # the process id of its gunicorn
    steps: Callable[[float], "Measure"] | None = None
    expect: int = 200


def wrk(target: Target, seconds: float, connections: int) -> Measure:
    """Pages, by wrk with one thread of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(PERCENTILES)
        script.flush()
        length = f"-d{max(1, round(seconds))}s"
        command = ["wrk", "-t1", f"-c{connections}", length, "--timeout", "20s", "-s", script.name]
        for name, value in target.headers.items():
            command += ["-H", f"{name}: {value}"]
        before = cpu_seconds(target.master)
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{target.port}{target.path}"], capture_output=True, text=True, check=True
        ).stdout
    count = int(re.search(r"(\d+) requests in", done)[1])
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", done)
    socket_errors = re.search(r"Socket errors: .*", done)
    if socket_errors and not re.search(r"connect 0, read 0, write 0, timeout 0", socket_errors[0]):
        raise RuntimeError(f"{target.name}: {socket_errors[0]}")
    parts = [float(re.search(rf"P{p}=([\d.]+)", done)[1]) / 1000 for p in (50, 95, 99)]
    parts.append(float(re.search(r"Max=([\d.]+)", done)[1]) / 1000)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])
    cpu = (cpu_seconds(target.master) - before) * 1000 / max(count, 1)
    return Measure(rate, *parts, cpu, int(bad[1]) if bad else 0)


def crowd(work: Callable[[http.client.HTTPConnection, int], None], port: int, master: int, items: Iterable[int],
          seconds: float, people: int = 8) -> Measure:  # fmt: skip
    """`people` threads take the next item each and work on it until time is up. One item, one latency."""
    todo, lock, times, bad = iter(items), threading.Lock(), [], []
    until, began, before = time.perf_counter() + seconds, time.perf_counter(), cpu_seconds(master)

    def one() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < until:
            with lock:
                item = next(todo, None)
            if item is None:
                break
            start = time.perf_counter()
            try:
                work(connection, item)
            except Refused as error:
                bad.append(str(error))
            times.append((time.perf_counter() - start) * 1000)
        connection.close()

    crew = [threading.Thread(target=one) for _ in range(people)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    took = time.perf_counter() - began
    if bad:
        raise RuntimeError(f"{len(bad)} of {len(times)} were refused: {bad[0]}")
    return measured(times, took, (cpu_seconds(master) - before) * 1000 / max(len(times), 1))


class Refused(Exception):
    """The answer was not what the person hoped for."""


def measured(times: list[float], took: float, cpu: float) -> Measure:
    times.sort()
    if not times:
        raise RuntimeError("nothing was done")
    at = [times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.95, 0.99)]
    return Measure(len(times) / took, *at, times[-1], cpu, 0)


def middle(rounds: list[Measure]) -> Measure:
    """The median of each figure over the rounds."""
    names = Measure.__dataclass_fields__
    return Measure(*(statistics.median(getattr(one, name) for one in rounds) for name in names))


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def cpu_seconds(master: int) -> float:
    """User and system time so far of a gunicorn and its workers: what a noisy neighbour changes least."""
    ticks = 0
    for pid in (master, *_children(master)):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue  # a worker was exchanged meanwhile; the master's fields count it then
        ticks += sum(int(field) for field in fields[11:15])  # its own, and its children's that have ended
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(master: int) -> float:
    """Proportional memory (PSS) of a gunicorn and its workers, in MB."""
    total = 0
    for pid in (master, *_children(master)):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
