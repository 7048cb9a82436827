"""What people say for what the law calls otherwise: "sổ đỏ" is a certificate of land use. Pure; data in `data`."""

from functools import cache
from pathlib import Path

import yaml

from webapp.catalogue.matching import key

DATA = Path(__file__).parent / "data"
WEIGHT = 0.94  # a procedure that bears the very words typed goes first
MOST = 3


@cache
def _pairs() -> list[tuple[str, str]]:
    """(what is said, what it means), the longer sayings first: "khai sinh muộn" before "khai sinh"."""
    rows = yaml.safe_load((DATA / "synonyms.yaml").read_text(encoding="utf-8"))
    pairs = [(key(said), key(row["means"])) for row in rows for said in row["say"]]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def expanded(asked: str) -> list[tuple[str, float]]:
    """The question, and the same in other words: at most three more."""
    found = [(asked, 1.0)]
    padded = f" {asked} "
    for said, meant in _pairs():
        if len(found) > MOST:
            break
        if f" {said} " in padded:
            other = padded.replace(f" {said} ", f" {meant} ").strip()
            found += [(text, WEIGHT) for text in dict.fromkeys((other, meant)) if text != asked]
    return found[: MOST + 1]
