"""Everything that may differ between a laptop, a test and a province, from `MOTCUA_*` variables."""

import re
import secrets
from base64 import b64encode
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Network = IPv4Network | IPv6Network
DEMO_INBOUND = "8000"  # the trial phone's own short code: no network has it
DEMO_SECRET = "demo-secret-known-to-everyone"  # noqa: S105  (refused in production)
DEMO_DATA_KEY = "d0:bW90Y3VhLWRlbW8ta2V5LW5vdC1mb3ItcmVhbC11c2U="
# Signatures with a key pair; the issuer alone can make them.
SIGNATURES = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})


class Settings(BaseSettings):
    """One field, one variable; `.env.example` documents each, `flask settings` prints them masked."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", env_file=None, extra="ignore", frozen=True)

    env: Literal["demo", "test", "production"] = "demo"
    base_url: str = "http://localhost:8000"
    database_url: str = "sqlite:///var/motcua.db"
    storage_url: str = "var/files"
    clamd: str = ""
    secret_keys: SecretStr = SecretStr(DEMO_SECRET)
    data_keys: SecretStr = SecretStr(DEMO_DATA_KEY)
    index_key: SecretStr = SecretStr(DEMO_SECRET)
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    admin_networks: str = ""
    sms_provider: Literal["demo", "twilio", "http"] = "demo"
    sms_base_url: str = ""
    sms_account: str = ""
    sms_token: SecretStr = SecretStr("")
    sms_sender: str = "MOTCUA"
    sms_inbound_number: str = Field(default="", pattern=r"^(\+?[0-9]{3,15})?$")
    oidc_issuer: str = ""
    oidc_client_id: str = "motcua"
    oidc_client_secret: SecretStr = SecretStr(DEMO_SECRET)
    oidc_scopes: str = "openid profile cccd"
    oidc_claims: str = "citizen_id=citizen_pid,full_name=name,birth_date=birthdate,sex=gender"
    oidc_levels: str = "muc1=1,muc2=2"
    oidc_algorithms: str = "RS256,PS256,ES256"
    limits: Literal["normal", "relaxed"] = "normal"
    province_code: str = "38"
    help_phone: str = "1022"
    sw_mode: Literal["on", "off"] = "on"
    worker_poll_seconds: float = Field(default=0.5, gt=0, le=60)
    metrics_token: SecretStr = SecretStr("")
    min_free_mb: int = Field(default=500, ge=0)
    erasure_list: str = "var/erasures.jsonl"

    @classmethod
    def from_env(cls) -> "Settings":
        return cls()

    @property
    def secure(self) -> bool:
        """Cookies are `__Host-` and `Secure` when the outside world comes by TLS."""
        return self.base_url.startswith("https://")

    @property
    def secret_ring(self) -> list[str]:
        """Signing keys, the current one first."""
        return [k.strip() for k in self.secret_keys.get_secret_value().split(",") if k.strip()]

    @property
    def admin_network_list(self) -> list[Network]:
        """Where administrators may work from; empty: everywhere. ValueError names what is no network."""
        return [ip_network(part.strip()) for part in self.admin_networks.split(",") if part.strip()]

    @model_validator(mode="after")
    def _networks_are_networks(self) -> "Settings":
        try:
            len(self.admin_network_list)
        except ValueError as wrong:
            raise ValueError(f"MOTCUA_ADMIN_NETWORKS takes a list like 10.1.0.0/16, 2001:db8::/32: {wrong}") from None
        return self

    @model_validator(mode="after")
    def _issuer_signs(self) -> "Settings":
        """With a shared secret (HS256) or no signature at all, whoever reads our settings could be anybody."""
        chosen = {name.strip() for name in self.oidc_algorithms.split(",") if name.strip()}
        if not chosen or not chosen <= SIGNATURES:
            raise ValueError(f"MOTCUA_OIDC_ALGORITHMS takes a list of {', '.join(sorted(SIGNATURES))}")
        return self

    @property
    def is_demo(self) -> bool:
        return self.env in ("demo", "test")

    @property
    def inbound_number(self) -> str:
        """Where people send their own texts; empty: nowhere. The trial phone has a number of its own."""
        return self.sms_inbound_number or (DEMO_INBOUND if self.is_demo and self.sms_provider == "demo" else "")

    @model_validator(mode="after")
    def _production_is_serious(self) -> "Settings":
        if self.env != "production":
            return self
        problems = []
        if DEMO_SECRET in (*self.secret_ring, self.index_key.get_secret_value()):
            problems.append("MOTCUA_SECRET_KEYS and MOTCUA_INDEX_KEY must be set to secrets of your own")
        if not self.secret_ring or any(len(key) < 32 for key in self.secret_ring):
            problems.append("each key of MOTCUA_SECRET_KEYS needs at least 32 characters")
        if len(self.index_key.get_secret_value()) < 32:
            problems.append("MOTCUA_INDEX_KEY needs at least 32 characters")
        # Also as an old key of the ring: what it sealed, everybody can open.
        if DEMO_DATA_KEY.partition(":")[2] in self.data_keys.get_secret_value():
            problems.append("MOTCUA_DATA_KEYS must be set to keys of your own (see `flask settings new-key`)")
        if self.sms_provider == "demo":
            problems.append("MOTCUA_SMS_PROVIDER=demo sends nothing; choose a real provider")
        if self.sms_provider == "http":
            problems += self._weak_gateway()
        if self.limits != "normal":
            problems.append("MOTCUA_LIMITS=relaxed is for measuring, and lets anybody guess codes")
        if not self.secure:
            problems.append("MOTCUA_BASE_URL must begin with https://")
        problems += self._weak_issuer()
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _weak_gateway(self) -> list[str]:
        """A plain gateway is believed by its token alone."""
        problems = []
        if not self.sms_base_url.startswith("https://"):
            problems.append("MOTCUA_SMS_BASE_URL must be the gateway's address and begin with https://")
        if len(self.sms_token.get_secret_value()) < 32:
            problems.append("MOTCUA_SMS_TOKEN needs at least 32 characters: reports and texts are signed by it")
        return problems

    def _weak_issuer(self) -> list[str]:
        """What an issuer of electronic identities must not be; without one people come in by phone."""
        if not self.oidc_issuer:
            return []
        problems = []
        if not self.oidc_issuer.startswith("https://"):
            problems.append("MOTCUA_OIDC_ISSUER must begin with https://")
        if self.oidc_issuer.rstrip("/").endswith("/demo/vneid"):
            problems.append("MOTCUA_OIDC_ISSUER is a demo in which anybody may be anybody")
        if self.oidc_client_secret.get_secret_value() in ("", DEMO_SECRET):
            problems.append("MOTCUA_OIDC_CLIENT_SECRET must be set to what the issuer gave you")
        return problems

    def masked(self) -> dict[str, str]:
        """Effective values for a person to check, secrets hidden."""
        return {f"MOTCUA_{name.upper()}": without_password(getattr(self, name)) for name in type(self).model_fields}


def without_password(value: object) -> str:
    """A setting as text; the password in an address (`//user:password@host`, `?password=`) as stars."""
    text = re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1:***@", str(value))
    return re.sub(r"(?i)([?&;][^=&;]*(?:password|secret|token|key)[^=&;]*)=[^&;\s]*", r"\1=***", text)


def new_data_key() -> str:
    """A fresh entry for MOTCUA_DATA_KEYS: an id and 256 random bits."""
    return f"k{secrets.token_hex(2)}:{b64encode(secrets.token_bytes(32)).decode()}"


def ensure_parent(path: str) -> Path:
    """The folder of a local file exists."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
