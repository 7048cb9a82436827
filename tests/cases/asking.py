"""How the cases ask for codes: many phones, from many browsers and addresses."""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import sms
from tests.pages import form_of

DAO = "0912000001"
# Beginnings of Vietnamese mobile numbers.
MOBILES = ("086", "096", "097", "098", "032", "033", "034", "035", "036", "037", "038", "039", "088", "091", "094")


def phones() -> Iterator[str]:
    """Numbers that have nothing to do with each other."""
    number = 0
    while True:
        number += 1
        yield f"{MOBILES[number % len(MOBILES)]}{number * 7919 % 10_000_000:07d}"


def ask(client: FlaskClient, phone: str, *, address: str = "127.0.0.1", **more: str) -> TestResponse:
    """Type the number on the log-in page and press, from this address."""
    fields = form_of(client, "/login")["hidden"]
    return client.post("/login", data={**fields, "phone": phone, **more}, environ_overrides={"REMOTE_ADDR": address})


def codes_sent(app: Flask, phone: str | None = None) -> int:
    """How many one-time codes the gateway was given."""
    return sum("Ma dang nhap" in text for text in sms.texts(app, phone))


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def enter(client: FlaskClient, code: str, **more: Any) -> TestResponse:
    """Post a code, also when the page no longer offers it."""
    token = form_of(client, "/login/code")["hidden"]["csrf_token"]
    return client.post("/login/code", data={"csrf_token": token, "code": code}, **more)
