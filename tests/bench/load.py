"""Load one address on loopback: wrk for pages, our own client for what takes several steps."""

import http.client
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

SCRIPT = """
function done(summary, latency, requests)
  for _, p in ipairs({50, 95, 99}) do io.write(string.format("P%d=%.1f\\n", p, latency:percentile(p))) end
  io.write(string.format("Max=%.1f\\n", latency.max))
end
"""
POSTED = """
wrk.method, wrk.body = "POST", "{body}"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
"""


class Refused(Exception):
    """The answer was not what was asked for."""


@dataclass
class Measure:
    """One round of one target: requests a second, milliseconds, CPU milliseconds a request (web and database)."""

    rps: float
    p50: float
    p95: float
    p99: float
    worst: float
    cpu: float


@dataclass
class Target:
    """What is asked, how the answer is known to be the right one, and beside what its figures are shown."""

    name: str
    port: int
    path: str = "/"
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None  # a form, which is then posted
    base: str | None = None
    roots: tuple[int, ...] = ()  # process ids of its gunicorn and its database, for their CPU and memory
    steps: Callable[[float], "Measure"] | None = None
    status: int = 200
    word: str = ""  # stands in the answer
    times: int = 1  # so often

    def check(self) -> None:
        """Ask once, and look at the answer. wrk counts a page "log in first" as a good one. Raises Refused."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        posted = {"Content-Type": "application/x-www-form-urlencoded"} if self.body is not None else {}
        link.request("GET" if self.body is None else "POST", self.path, self.body, {**self.headers, **posted})
        answer = link.getresponse()
        page = answer.read().decode()
        link.close()
        if answer.status != self.status or page.count(self.word) < self.times:
            raise Refused(f"{self.name}: {answer.status} {answer.getheader('Location') or ''}, {page[:300]}")

    def measure(self, seconds: float, connections: int) -> "Measure":
        """One round: as many requests as it answers in this time, from so many connections."""
        if self.steps is not None:
            return self.steps(seconds)
        self.check()
        found = wrk(self, seconds, connections)
        self.check()
        return found


def wrk(target: Target, seconds: float, connections: int) -> Measure:
    """Pages, by wrk with one thread of its own. Raises Refused when an answer was an error."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT if target.body is None else SCRIPT + POSTED.format(body=target.body))
        script.flush()
        length = f"-d{max(1, round(seconds))}s"
        command = ["wrk", "-t1", f"-c{connections}", length, "--timeout", "20s", "-s", script.name]
        for name, value in target.headers.items():
            command += ["-H", f"{name}: {value}"]
        before = cpu_seconds(target.roots)
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{target.port}{target.path}"], capture_output=True, text=True, check=True
        ).stdout
    count = int(re.search(r"(\d+) requests in", done)[1])
    wrong = re.search(r"Non-2xx or 3xx responses: \d+", done) or re.search(r"Socket errors: .*", done)
    if wrong:
        raise Refused(f"{target.name}: {wrong[0]} of {count}")
    parts = [float(re.search(rf"P{p}=([\d.]+)", done)[1]) / 1000 for p in (50, 95, 99)]
    parts.append(float(re.search(r"Max=([\d.]+)", done)[1]) / 1000)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done)[1])
    return Measure(rate, *parts, (cpu_seconds(target.roots) - before) * 1000 / max(count, 1))


def crowd(work: Callable[[http.client.HTTPConnection, Any], None], port: int, roots: tuple[int, ...],
          items: Iterable[Any], seconds: float, people: int = 8) -> Measure:  # fmt: skip
    """`people` threads take the next item each and work on it until time is up. One item, one latency."""
    todo, lock, times, bad = iter(items), threading.Lock(), [], []
    until, began, before = time.perf_counter() + seconds, time.perf_counter(), cpu_seconds(roots)

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
        raise Refused(f"{len(bad)} of {len(times)} were refused: {bad[0]}")
    return measured(times, took, (cpu_seconds(roots) - before) * 1000 / max(len(times), 1))


def measured(times: list[float], took: float, cpu: float) -> Measure:
    times.sort()
    if not times:
        raise RuntimeError("nothing was done")
    at = [times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.95, 0.99)]
    return Measure(len(times) / took, *at, times[-1], cpu)


def middle(rounds: list[Measure]) -> Measure:
    """The median of each figure over the rounds; of the worst, the worst."""
    names = Measure.__dataclass_fields__
    found = Measure(*(median(getattr(one, name) for one in rounds) for name in names))
    found.worst = max(one.worst for one in rounds)
    return found


def family(roots: tuple[int, ...]) -> list[int]:
    """Processes with all their descendants: workers, and the children in which they open what was uploaded."""
    found, todo = [], list(roots)
    while todo:
        pid = todo.pop()
        try:
            todo += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
            for task in Path(f"/proc/{pid}/task").iterdir():  # a thread may have children, too
                if task.name != str(pid):
                    todo += [int(child) for child in (task / "children").read_text().split()]
        except FileNotFoundError:
            continue
        found.append(pid)
    return found


def cpu_seconds(roots: tuple[int, ...]) -> float:
    """User and system time so far of these and all below them: what a noisy neighbour changes least."""
    ticks = 0
    for pid in family(roots):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # a worker was exchanged meanwhile; the master's fields count it then
        ticks += sum(int(field) for field in fields[11:15])  # its own, and its children's that have ended
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(master: int) -> float:
    """Proportional memory (PSS) of a gunicorn and all below it, in MB."""
    total = 0
    for pid in family((master,)):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
