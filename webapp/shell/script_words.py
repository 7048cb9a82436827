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
# The same for unsent.js: what waits on somebody's own phone.
UNSENT = {
    "title": (N_("What waits on this phone"), ""),
    "waits": (N_("No signal. Kept on this phone: {what}."), "wifi-off"),
    "sends": (N_("Sending {n} of {of}…"), "cloud-upload"),
    "saved": (N_("Saved on the server."), "cloud-check"),
    "fails": (N_("Could not be sent: look."), "alert-triangle"),
    "answer": (N_("1 answer"), ""),
    "answers": (N_("{n} answers"), ""),
    "photo": (N_("1 photo"), ""),
    "photos": (N_("{n} photos"), ""),
    "since": (N_("Kept since {time}. The office does not have it yet."), ""),
    "now": (N_("Send now"), ""),
    "look": (N_("Look"), ""),
    "close": (N_("Close"), ""),
    "open": (N_("Open its page"), ""),
    "save": (N_("Save as a file"), ""),
    "delete": (N_("Delete"), ""),
    "sure": (N_("Delete it? The office does not have it."), ""),
    "yes": (N_("Yes, delete it"), ""),
    "no": (N_("No, keep it"), ""),
    "ask": (N_("No signal. Keep this on the phone until there is one?"), ""),
    "locked": (
        N_("It is locked, opens for your account only, and is deleted after 3 days. Is this phone yours alone?"),
        "",
    ),
    "own": (N_("My own phone: keep it"), ""),
    "shared": (N_("Shared phone: keep nothing"), ""),
    "nothing": (
        N_("No signal. Nothing is kept on a shared phone: stay on this page and press its button again later."),
        "",
    ),
    "full": (N_("This phone has no more room for what waits. This one stays only on the open page."), ""),
    "login": (N_("You were logged out. Log in to the same account, then it is sent."), ""),
    "changed": (
        N_("This answer was changed elsewhere meanwhile. Open its page, compare, and press the button there."),
        "",
    ),
    "moved": (N_("Its page now asks something else. Copy what you need, then delete it here."), ""),
    "over": (N_("Was not sent within 3 days and is deleted from this phone: {what}. The office does not have it."), ""),
    "understood": (N_("I understand"), ""),
    "leave": (
        N_("Not sent yet: {what}. It stays on this phone, locked, until you log in again, for 3 days at most."),
        "",
    ),
    "stay": (N_("Stay and send it"), ""),
    "out": (N_("Log out all the same"), ""),
}


def spoken(script: bytes, language: str, signs: Mapping[str, str], told: Mapping[str, tuple[str, str]] = SAYS) -> bytes:
    """The script with its words in front, as `says.name = [words, sign]`."""
    words = i18n.load(language)
    says = {name: [words.gettext(text), signs.get(sign, "")] for name, (text, sign) in told.items()}
    name = "says" if told is SAYS else "unsentSays"  # both scripts stand in one page
    return f"const {name} = {json.dumps(says, ensure_ascii=False)};\n".encode() + script
