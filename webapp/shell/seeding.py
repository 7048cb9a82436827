"""Rooms bring their first data; `flask seed` runs them in the order of the floors, and can be run again."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy.orm import Session

SeedStep = Callable[[Session], str]


@dataclass(frozen=True)
class Seed:
    """One room's share: `run(session)` returns a line for people."""

    name: str
    run: SeedStep
    demo_only: bool


def add(app: Flask, name: str, run: SeedStep, *, demo_only: bool = False) -> None:
    app.extensions.setdefault("motcua_seeds", []).append(Seed(name, run, demo_only))


def seeds(app: Flask, *, demo: bool) -> list[Seed]:
    return [s for s in app.extensions.get("motcua_seeds", []) if demo or not s.demo_only]
