"""One command, one run: `python -m tests.bench`. Every figure beside its yardstick. README.md here explains it."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

import wsgi
from tests.bench import floor, load, people, servers
from tests.bench.fill import dossier_count, fill
from tests.conftest import prepare
from tests.support.postgres import new_database, postgres_server
from webapp.core.settings import Settings
from webapp.shell.services import Services

CONNECTIONS = 8


class Stand:
    """One database with its dossiers, and our server on it."""

    def __init__(self, kind: str, folder: Path, url: str, drafts: int) -> None:
        self.kind, self.folder, self.drafts = kind, folder, drafts
        self.settings = Settings(
            env="test",
            database_url=url,
            storage_url=str(folder / "files"),
            base_url="http://localhost",
            limits="relaxed",
        )
        self.environment = {
            "MOTCUA_ENV": "test", "MOTCUA_DATABASE_URL": url, "MOTCUA_STORAGE_URL": str(folder / "files"),
            "MOTCUA_BASE_URL": "http://localhost", "MOTCUA_LIMITS": "relaxed",
        }  # fmt: skip
        self.app = wsgi.create_app(self.settings)
        prepare(self.app)

    @property
    def services(self) -> Services:
        return self.app.extensions["motcua"]

    def grow(self, count: int) -> None:
        """Bring it to `count` dossiers."""
        missing = count - dossier_count(self.services.database)
        if missing > 0:
            with click.progressbar(length=missing, label=f"{self.kind}: filling to {count}") as bar:
                self.rows = fill(self.app, missing, progress=bar.update)
        self.services.database.dispose()


@contextlib.contextmanager
def stands(kinds: list[str], folder: Path, drafts: int) -> Iterator[list[Stand]]:
    """The databases that were asked for; PostgreSQL with all its durability."""
    with contextlib.ExitStack() as stack:
        found = []
        for kind in kinds:
            own = folder / kind
            own.mkdir()
            url = f"sqlite:///{own}/motcua.db"
            if kind == "postgresql":
                server = stack.enter_context(postgres_server(durable=True))
                url = new_database(server, "bench")
            found.append(Stand(kind, own, url, drafts))
        yield found


@click.command()
@click.option("--dossiers", default="1000,100000", show_default=True, help="Sizes, smallest first.")
@click.option("--seconds", default=4.0, show_default=True, help="Of each round of each target.")
@click.option("--rounds", default=3, show_default=True, help="Interleaved: a noisy neighbour spoils one round of all.")
@click.option("--on", "kinds", default="sqlite,postgresql", show_default=True)
@click.option("--only", default="", help="Targets whose name holds this word.")
@click.option("--out", type=click.Path(path_type=Path), help="Also as JSON.")
def main(dossiers: str, seconds: float, rounds: int, kinds: str, only: str, out: Path | None) -> None:
    """Pages and acts under load, as requests a second, milliseconds and ratios."""
    if shutil.which("wrk") is None:
        raise click.ClickException("wrk is missing: apt-get install wrk")
    sizes = [int(size) for size in dossiers.split(",")]
    report: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as name, stands(kinds.split(","), Path(name), 0) as made:
        for size in sizes:
            for stand in made:
                stand.grow(size)
            report[str(size)] = run(made, Path(name), seconds, rounds, only)
            show(size, report[str(size)])
    grown(report, sizes)
    if out:
        out.write_text(json.dumps(report, indent=1))


def run(made: list[Stand], folder: Path, seconds: float, rounds: int, only: str) -> dict[str, dict[str, float]]:
    """All targets once each, `rounds` times over; the median of each figure."""
    with contextlib.ExitStack() as stack:
        yard = stack.enter_context(servers.gunicorn("tests.bench.floor:app", "/page", folder / "floor.log"))
        targets = [load.Target("F: page of 10 KB", yard.port, "/page", master=yard.master)]
        raw = {"W: SQLite driver": lambda s: floor.sqlite_writes(folder, s),
               "300 KB hashed and durable": lambda s: floor.hashed_writes(folder, s)}  # fmt: skip
        for stand in made:
            served = stack.enter_context(
                servers.gunicorn("wsgi:create_app()", "/healthz", stand.folder / "web.log", **stand.environment)
            )
            targets += people.targets(stand, served, only)
            if stand.kind == "postgresql":
                dsn = stand.services.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
                raw["P: one statement, 8 threads"] = lambda s, dsn=dsn: floor.postgres_writes(dsn, s)
        taken: dict[str, list[load.Measure]] = {t.name: [] for t in targets}
        rates: dict[str, list[float]] = {name: [] for name in raw}
        for target in targets:
            if target.steps is None:
                load.wrk(target, 1, CONNECTIONS)  # warm
        for _round in range(rounds):
            for target in targets:
                taken[target.name].append(
                    target.steps(seconds) if target.steps else load.wrk(target, seconds, CONNECTIONS)
                )
            for name, write in raw.items():
                rates[name].append(write(min(seconds, 2)))
        found = {t.name: asdict(load.middle(taken[t.name])) | {"mb": load.memory(t.master)} for t in targets}
        for name, values in rates.items():
            found[name] = {"rps": floor.median(values)}
        for target in targets:
            base = found.get(target.base or "")
            if base:
                found[target.name]["ratio"] = found[target.name]["rps"] / base["rps"]
                found[target.name]["of"] = target.base  # type: ignore[assignment]
        return found


def show(size: int, found: dict[str, dict[str, float]]) -> None:
    click.echo(f"\n{size} dossiers")
    click.echo(f"{'':44}{'/s':>8}{'p50 ms':>8}{'p95':>8}{'p99':>8}{'worst':>8}{'cpu ms':>8}{'bad':>5}{'MB':>6}  ratio")
    for name, one in found.items():
        if "p50" not in one:
            click.echo(f"{name:44}{one['rps']:8.0f}")
            continue
        cells = "".join(f"{one[key]:8.1f}" for key in ("rps", "p50", "p95", "p99", "worst", "cpu"))
        ratio = f"{one['ratio']:.2f} × {one['of']}" if "ratio" in one else ""
        click.echo(f"{name:44}{cells}{one['bad']:5.0f}{one['mb']:6.0f}  {ratio}")


def grown(report: dict[str, dict[str, dict[str, float]]], sizes: list[int]) -> None:
    """What one more dossier in the table costs: CPU of a request at the last size against the first."""
    if len(sizes) < 2:
        return
    first, last = report[str(sizes[0])], report[str(sizes[-1])]
    click.echo(f"\ncost of a request at {sizes[-1]} dossiers, of that at {sizes[0]} (CPU of the web, p50)")
    for name in last:
        if name in first and "cpu" in last[name] and first[name]["cpu"]:
            cpu, half = (last[name][key] / max(first[name][key], 0.01) for key in ("cpu", "p50"))
            click.echo(f"{name:44}{cpu:8.2f}{half:8.2f}")


if __name__ == "__main__":
    main()
