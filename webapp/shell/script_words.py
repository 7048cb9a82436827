"""What the script says by itself, in the reader's language: it travels once with the script, not with every page."""

import json
from collections.abc import Mapping

from webapp.core.text import N_
from webapp.shell import i18n

# name → its words, the sign before them
SAYS = {
    "offline": (N_("No connection. You can go on reading; nothing is sent now."), "wifi-off"),
    "online": (N_("Connected again."), "cloud-check"),
    "copy": (N_("A copy kept on this phone on {day}. It may have changed since."), "wifi-off"),
    "soon": (N_("You are logged out at {time} if you do nothing. What you typed stays on this page."), "clock"),
    "over": (
        N_("You were logged out. Press the button of the page: after logging in you get back what you typed."),
        "lock",
    ),
    "stay": (N_("Stay logged in"), ""),
    "busy": (N_("Sending…"), ""),
}


def spoken(script: bytes, language: str, signs: Mapping[str, str]) -> bytes:
    """The script with its words in front, as `says.name = [words, sign]`."""
    words = i18n.load(language)
    says = {name: [words.gettext(text), signs.get(sign, "")] for name, (text, sign) in SAYS.items()}
    return f"const says = {json.dumps(says, ensure_ascii=False)};\n".encode() + script
