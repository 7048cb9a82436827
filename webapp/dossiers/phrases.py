"""The phrase bank: what officers say most often, by occasion. The words are data of the project.

Officers choose them in the language of their screen. What is sent, kept and printed is Vietnamese, as their own words
are: an office speaks Vietnamese to whoever reads it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from webapp.catalogue.words import Words
from webapp.core.text import nfc

DATA = files("webapp.dossiers") / "data" / "phrases.yaml"


@dataclass(frozen=True)
class Phrase:
    """One sentence or two."""

    key: str
    words: Words


@cache
def bank() -> dict[str, tuple[Phrase, ...]]:
    """Occasion → its phrases, in the order of the file."""
    raw = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return {kind: tuple(_phrase(row) for row in rows) for kind, rows in raw.items()}


def _phrase(row: dict[str, str]) -> Phrase:
    return Phrase(row["key"], Words(nfc(row["vi"]), nfc(row["en"])))


def phrases(kind: str) -> tuple[Phrase, ...]:
    return bank()[kind]


def composed(kind: str, keys: Iterable[str], own: str) -> str:
    """The chosen phrases, then the officer's own words: that is what is sent and kept."""
    chosen = set(keys)
    said = [phrase.words.vi for phrase in bank().get(kind, ()) if phrase.key in chosen]
    return " ".join(filter(None, [*said, nfc(own)]))
