"""An issuer that answers whatever a test wants it to: wrong tokens, other people's tokens, garbage, silence."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from requests.adapters import BaseAdapter

from tests.pages import post_form
from webapp.core import clock
from webapp.identity.provider import Provider
from webapp.shell.services import Services

ISSUER = "https://vneid.example"
CLIENT = "motcua"
OWN_KEY, FOREIGN_KEY = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
PERSON = {
    "citizen_pid": "038090007788", "name": "HOÀNG VĂN TÚ", "birthdate": "1990-03-02", "gender": "Nam", "acr": "muc2",
}  # fmt: skip
Answer = Callable[[], tuple[int, bytes]]


class Fake(BaseAdapter):
    """Stands where the network would be. `claims`, `header`, `key` make the token; `says` replaces whole answers."""

    def __init__(self) -> None:
        super().__init__()
        self.nonce = ""
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.key = OWN_KEY
        self.make: Callable[[Fake], str] = signed
        self.says: dict[str, Answer] = {}
        self.user = {**PERSON, "sub": "tu"}
        self.asked: list[str] = []

    def send(self, request: Any, *_args: Any, **_options: Any) -> requests.Response:
        path = urlsplit(request.url).path
        self.asked.append(path)
        status, body = self.says.get(path, lambda: (200, json.dumps(self.answer(path)).encode()))()
        response = requests.Response()
        response.status_code, response._content = status, body
        response.url, response.request = request.url, request
        return response

    def close(self) -> None:
        """Nothing is open."""

    def answer(self, path: str) -> Any:
        return {
            "/.well-known/openid-configuration": lambda: document(),
            "/jwks": lambda: {"keys": [{**OWN_KEY.as_dict(private=False), "kid": "one", "use": "sig"}]},
            "/token": lambda: {"access_token": "a" * 20, "token_type": "Bearer", "id_token": self.make(self)},
            "/userinfo": lambda: self.user,
        }[path]()

    def right_claims(self) -> dict[str, Any]:
        now = int(clock.now().timestamp())
        return {
            "iss": ISSUER, "sub": "tu", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.nonce,
            **self.claims,
        }  # fmt: skip


def document() -> dict[str, Any]:
    places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
    return {
        "issuer": ISSUER,
        "userinfo_endpoint": f"{ISSUER}/userinfo",
        **{name: f"{ISSUER}/{path}" for name, path in places.items()},
    }


def told(fake: Fake) -> dict[str, Any]:
    """The claims as they go into the token; None takes one out."""
    return {name: value for name, value in fake.right_claims().items() if value is not None}


def signed(fake: Fake) -> str:
    return str(jwt.encode(fake.header, told(fake), fake.key))


def unsigned(fake: Fake) -> str:
    """alg none."""
    return f"{part({'alg': 'none'})}.{part(told(fake))}."


def confused(fake: Fake) -> str:
    """HS256 with the public key, which everybody has, as if it were a shared secret."""
    head = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(told(fake))}"
    secret = OWN_KEY.as_pem(private=False)
    return f"{head}.{encoded(hmac.new(secret, head.encode(), hashlib.sha256).digest())}"


def part(value: Any) -> str:
    return encoded(json.dumps(value).encode())


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def install(services: Services) -> Fake:
    """Let this installation believe in the fake."""
    fake = Fake()
    services.settings = services.settings.model_copy(update={"oidc_issuer": ISSUER, "oidc_client_id": CLIENT})
    services.extra["identity"] = (services.settings, Provider(services.settings, ISSUER, fake))
    return fake


def callback(client: FlaskClient, fake: Fake, **more: str) -> str:
    """Leave for the fake; the address it would lead back to."""
    answer = post_form(client, "/login", action="/login/vneid")
    assert answer.status_code == 303, answer.text
    sent = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    assert sent["code_challenge_method"] == "S256" and len(sent["code_challenge"]) == 43
    fake.nonce = sent["nonce"]
    carried = {"state": sent["state"], "code": "good", **more}
    return "/login/vneid/callback?" + "&".join(f"{name}={value}" for name, value in carried.items())
