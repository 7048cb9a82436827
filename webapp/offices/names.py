"""The names of the 34 provinces, from the project's own data: they change by a decision of the National Assembly."""

import csv
from pathlib import Path

from webapp.core.text import fold, nfc

with (Path(__file__).parent / "data" / "provinces.csv").open(encoding="utf-8") as _source:
    PROVINCES: dict[str, str] = {row["code"]: nfc(row["name"]) for row in csv.DictReader(_source)}


def province_choices() -> list[tuple[str, str]]:
    """(code, name) for a select, by name without "tỉnh" and "thành phố"."""
    return sorted(PROVINCES.items(), key=lambda item: fold(item[1]).removeprefix("tinh ").removeprefix("thanh pho "))


def province_name(code: str) -> str:
    """The name of a code; the code itself if it is not one of ours."""
    return PROVINCES.get(code, code)
