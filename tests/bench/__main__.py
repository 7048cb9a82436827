"""One command, one run: `python -m tests.bench`. Every figure beside its yardstick. README.md here explains it."""

import contextlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tests.bench import floor, goals, hot, load, people, search, servers, words
from tests.bench.stands import Stand, grow, stands

CONNECTIONS = 8
QUERY_SIZES = (10_000, 1_000_000)  # goal 5 compares these; pages are compared at the sizes that were asked for
Found = dict[str, dict[str, Any]]


@click.command()
@click.option("--dossiers", default="1000,100000,1000000", show_default=True, help="Sizes, smallest first.")
@click.option("--seconds", default=2.0, show_default=True, help="Of each round of each target.")
@click.option("--rounds", default=3, show_default=True, help="Interleaved: a noisy neighbour spoils one round of all.")
@click.option("--on", "kinds", default="sqlite,postgresql", show_default=True)
@click.option("--only", default="", help="Targets whose name holds this word; no queries, search or words then.")
@click.option("--out", type=click.Path(path_type=Path), help="Also as JSON, after each size.")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
              help="A folder for the databases: they stay there for the next run that names it.")  # fmt: skip
@click.option("--check", is_flag=True, help="Exit 1 when a goal is missed.")
def main(
    dossiers: str, seconds: float, rounds: int, kinds: str, only: str, out: Path | None, keep: Path | None, check: bool
) -> None:
    """Pages and acts under load, as requests a second, milliseconds and ratios."""
    if shutil.which("wrk") is None:
        raise click.ClickException("wrk is missing: sh tests/support/system.sh wrk")
    sizes = [int(size) for size in dossiers.split(",")]
    report: dict[str, Any] = {"pages": {}, "queries": {}}
    missed: list[str] = []
    for size in sorted({*sizes, *([] if only else (s for s in QUERY_SIZES if s < max(sizes)))}):
        with _folder(keep, size) as folder, stands(kinds.split(","), folder, kept=keep is not None) as made:
            began = time.monotonic()
            grow(made, size)
            click.echo(f"{size} dossiers are there after {time.monotonic() - began:.0f} s", err=True)
            if not only:
                report["queries"][size] = {stand.kind: hot.times(stand) for stand in made}
            if size in sizes:
                try:
                    report["pages"][size] = run(made, folder, seconds, rounds, only)
                    show(size, report["pages"][size])
                except load.Refused as error:  # the other sizes are still worth their time
                    missed.append(f"{size} dossiers: {error}")
                    click.echo(missed[-1], err=True)
        if out:
            out.write_text(json.dumps(report, indent=1))
    missed += [*_missed(report["pages"]), *grown(report["pages"]), *queried(report["queries"])]
    if not only:
        missed += [*search.run([0, 5000]), *words.run()]
    click.echo("\n" + (f"{len(missed)} goals missed:\n" + "\n".join(missed) if missed else "all goals are met"))
    sys.exit(1 if check and missed else 0)


@contextlib.contextmanager
def _folder(keep: Path | None, size: int) -> Iterator[Path]:
    """Each size has databases of its own, so that any of them may be measured again."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="motcua-bench-") as made:
            yield Path(made)
        return
    own = keep / str(size)
    own.mkdir(parents=True, exist_ok=True)
    yield own


def run(made: list[Stand], folder: Path, seconds: float, rounds: int, only: str) -> Found:
    """All targets once each, `rounds` times over; the median of each figure.

    Before each target its yardstick is measured: the ratio is of two things that the machine did one after the other.
    """
    taken: dict[str, list[load.Measure]] = {}
    ratios: dict[str, list[float]] = {}
    of: dict[str, str] = {}
    bases: dict[str, list[float]] = {}
    with contextlib.ExitStack() as stack:
        yard = stack.enter_context(servers.gunicorn("tests.bench.page:app", "/page", folder / "floor.log"))
        page = load.Target(people.F, yard.port, "/page", roots=(yard.master,), word="H000000001")
        web = [_served(stack, stand) for stand in made]
        raw = {people.F: lambda seconds: page.measure(seconds, CONNECTIONS).rps, **_raw(made, folder)}
        for number in range(rounds + 1):
            taken.setdefault(page.name, []).append(page.measure(seconds, CONNECTIONS))
            for target in _targets(made, web, only):
                if not number:
                    if target.steps is None:
                        target.measure(1, CONNECTIONS)  # warm
                    continue
                assert target.base is not None
                beside = raw[target.base](min(seconds, 1))
                bases.setdefault(target.base, []).append(beside)
                taken.setdefault(target.name, []).append(target.measure(seconds, CONNECTIONS))
                ratios.setdefault(target.name, []).append(taken[target.name][-1].rps / beside)
                of[target.name] = target.base.split(":")[0]
        found: Found = {name: asdict(load.middle(measures)) for name, measures in taken.items()}
        for name, values in ratios.items():
            found[name] |= {"ratio": load.median(values), "of": of[name]}
        for name, values in bases.items():
            if name != people.F:
                found[name] = {"rps": load.median(values)}
        for stand, served in zip(made, web, strict=True):
            found[f"memory of the web {stand.kind}"] = {"mb": load.memory(served.master)}
    return found


def _targets(made: list[Stand], web: list[servers.Running], only: str) -> Iterator[load.Target]:
    """Those of one database after those of the other: its browsers are new when their turn comes."""
    for stand, served in zip(made, web, strict=True):
        yield from people.targets(stand, served, only)


def _served(stack: contextlib.ExitStack, stand: Stand) -> servers.Running:
    return stack.enter_context(
        servers.gunicorn("wsgi:create_app()", "/healthz", stand.folder / "web.log", **stand.environment)
    )


def _raw(made: list[Stand], folder: Path) -> dict[str, Callable[[float], float]]:
    """What the disk and the databases do without a web."""
    raw: dict[str, Callable[[float], float]] = {people.FILE: lambda seconds: floor.hashed_writes(folder, seconds)}
    for stand in made:
        if stand.kind == "sqlite":
            raw[people.W] = stand.raw.sqlite_writes
        else:
            raw[people.P] = stand.raw.postgres_writes
    return raw


# ------------------------------------------------------------------------------------------------- what is printed


def show(size: int, found: Found) -> None:
    click.echo(f"\n{size} dossiers")
    click.echo(f"{'':44}{'/s':>8}{'p50 ms':>8}{'p95':>8}{'p99':>8}{'worst':>8}{'cpu ms':>8}  ratio    goals")
    for name, one in found.items():
        said = ", ".join(f"{text} {'met' if good else 'MISSED'}" for text, good in goals.verdicts(name, one))
        if "mb" in one:
            click.echo(f"{name:44}{one['mb']:8.0f} MB{'':49}{said}")
            continue
        cells = "".join(f"{one[key]:8.1f}" if key in one else " " * 8 for key in load.Measure.__dataclass_fields__)
        ratio = f"{one['ratio']:.2f} {one['of'][:4]}" if "ratio" in one else ""
        click.echo(f"{name:44}{cells}  {ratio:9}{said}")


def _missed(report: dict[int, Found]) -> list[str]:
    return [
        f"{size} dossiers: {name}: {text}"
        for size, found in report.items()
        for name, one in found.items()
        for text, good in goals.verdicts(name, one)
        if not good
    ]


def grown(report: dict[int, Found]) -> list[str]:
    """What more dossiers in the tables cost. Returns what costs too much."""
    if len(report) < 2:
        return []
    (small, first), (large, last) = min(report.items()), max(report.items())
    page = goals.growth(first[people.F], last[people.F])["cpu"]
    click.echo(
        f"\ncost of a request at {large} dossiers, of that at {small}: CPU (web, database) beside F's, which grew"
        f" {page:.2f} ×; time beside F, W, P"
    )
    missed = []
    for name in last:
        cost = goals.growth(first.get(name, {}), last[name], page)
        if cost:
            bad = [kind for kind, value in cost.items() if value > goals.MOST_GROWTH]
            missed += [f"{name}: {kind} grew {cost[kind]:.2f} ×, goal ≤ {goals.MOST_GROWTH}" for kind in bad]
            click.echo(f"{name:44}{cost.get('cpu', 0):8.2f}{cost.get('time', 0):8.2f}  {'MISSED' if bad else ''}")
    return missed


def queried(report: dict[int, dict[str, dict[str, float]]]) -> list[str]:
    """Each hot query by itself, at each size. Returns what grew too much."""
    missed: list[str] = []
    if not report:
        return missed
    sizes = sorted(report)
    click.echo("\nms a query" + "".join(f"{size:>12}" for size in sizes))
    compared = [size for size in QUERY_SIZES if size in report]
    for kind, asked in report[sizes[-1]].items():
        for name in asked:
            values = [report[size][kind][name] for size in sizes]
            click.echo(f"{name:34}{kind:11}" + "".join(f"{value:12.3f}" for value in values))
            if len(compared) == 2:
                few, many = (report[size][kind][name] for size in compared)
                if not goals.query_is_good(name, few, many):
                    missed.append(f"{name} {kind}: {few:.2f} → {many:.2f} ms, goal {goals.query_goal(name)}")
    return missed


if __name__ == "__main__":
    main()
