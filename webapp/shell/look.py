"""How this browser wants pages to look: text size and theme, from its cookie."""

from dataclasses import dataclass

from flask import request

COOKIE = "look"
SIZES = ("1", "2", "3")
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Appearance:
    """Text size 1–3 (18, 22, 26 px) and theme."""

    size: str = "1"
    theme: str = "auto"


def appearance() -> Appearance:
    size, _, theme = request.cookies.get(COOKIE, "").partition(".")
    return Appearance(size if size in SIZES else "1", theme if theme in THEMES else "auto")
