"""The trial's own issuer of electronic identities: an OpenID provider with four invented people. Never in production.

It keeps nothing but which codes were used: a code is a sealed note to ourselves. Its key is made from the signing key
of the installation, so that every web process has the same one.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy.orm import Session

from webapp.accounts.demo import DAO_ID, NHAN_ID
from webapp.core import clock, throttle
from webapp.core.settings import Settings
from webapp.identity.issuers import DEMO_PATH

CODE_LIFE, TOKEN_LIFE = 60, 300
ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Invented:
    """Somebody who does not exist; `key` is their `sub`."""

    key: str
    citizen_id: str
    name: str
    birthdate: str
    gender: str
    level: int

    def claims(self) -> dict[str, str]:
        return {
            "sub": self.key, "citizen_pid": self.citizen_id, "name": self.name, "birthdate": self.birthdate,
            "gender": self.gender, "acr": f"muc{self.level}",
        }  # fmt: skip


PEOPLE = {
    one.key: one
    for one in (
        Invented("demo-dao", DAO_ID, "NGUYỄN THỊ ĐÀO", "1996-05-14", "Nữ", 2),
        Invented("demo-nhan", NHAN_ID, "VI THỊ NHÀN", "1954", "Nữ", 2),
        Invented("demo-tu", "038090007788", "HOÀNG VĂN TÚ", "1990-03-02", "Nam", 2),
        Invented("demo-sen", "038301004455", "BÙI THỊ SEN", "2001-11-20", "Nữ", 1),
    )
}


@dataclass(frozen=True)
class Asked:
    """What a client asked for; everything but the person stands in the code."""

    redirect_uri: str
    nonce: str
    challenge: str
    state: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], settings: Settings) -> "Asked | None":
        """None for anything but our own client's honest question."""
        ours = f"{settings.base_url}/login/vneid/callback"
        wanted = {
            "client_id": settings.oidc_client_id, "redirect_uri": ours, "response_type": "code",
            "code_challenge_method": "S256",
        }  # fmt: skip
        if any(given.get(name) != value for name, value in wanted.items()) or not given.get("code_challenge"):
            return None
        return cls(ours, given.get("nonce", ""), given["code_challenge"], given.get("state", ""))


def document(settings: Settings) -> dict[str, Any]:
    """OpenID Connect Discovery."""
    issuer = _issuer(settings)
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def keys(settings: Settings) -> dict[str, Any]:
    return {"keys": [{**_key(settings).as_dict(private=False), "kid": "demo", "use": "sig", "alg": "ES256"}]}


def answer(settings: Settings, asked: Asked, person: str | None) -> dict[str, str]:
    """What the browser carries back."""
    back = {"iss": _issuer(settings), "state": asked.state}
    if person not in PEOPLE:
        return {**back, "error": "access_denied"}
    return {**back, "code": _notes(settings, "code").dumps({**asdict(asked), "person": person})}


def token(session: Session, settings: Settings, form: Mapping[str, str], basic: tuple[str, str] | None) -> Any:
    """The answer of the token endpoint, or the name of the error."""
    secret = settings.oidc_client_secret.get_secret_value()
    if basic is None or basic[0] != settings.oidc_client_id or not hmac.compare_digest(basic[1], secret):
        return "invalid_client"
    note = _read(settings, "code", form.get("code", ""), CODE_LIFE)
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    if note is None or note["challenge"] != urlsafe_b64encode(digest).rstrip(b"=").decode():
        return "invalid_grant"
    if form.get("redirect_uri") != note["redirect_uri"]:
        return "invalid_grant"
    if not throttle.hit(session, "demo issuer code", form["code"], 1, timedelta(minutes=10)):
        return "invalid_grant"
    now = int(clock.now().timestamp())
    claims = {
        "iss": _issuer(settings), "sub": note["person"], "aud": settings.oidc_client_id, "iat": now,
        "exp": now + TOKEN_LIFE, "nonce": note["nonce"],
    }  # fmt: skip
    return {
        "access_token": _notes(settings, "access").dumps(note["person"]),
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFE,
        "id_token": jwt.encode({"alg": "ES256", "kid": "demo"}, claims, _key(settings)),
    }


def userinfo(settings: Settings, header: str) -> dict[str, str] | None:
    person = _read(settings, "access", header.removeprefix("Bearer "), TOKEN_LIFE)
    return PEOPLE[person].claims() if person in PEOPLE else None


def _issuer(settings: Settings) -> str:
    return settings.base_url.rstrip("/") + DEMO_PATH


def _key(settings: Settings) -> ECKey:
    seed = hashlib.sha256(b"demo issuer " + settings.secret_ring[0].encode()).digest()
    private = ec.derive_private_key(int.from_bytes(seed) % (ORDER_OF_P256 - 1) + 1, ec.SECP256R1())
    return ECKey.import_key(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _notes(settings: Settings, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.secret_ring[0], salt=f"demo issuer {purpose}")


def _read(settings: Settings, purpose: str, text: str, life: int) -> Any:
    try:
        return _notes(settings, purpose).loads(text, max_age=life)
    except BadSignature:
        return None
