"""Everything that may differ between a laptop, a test and a province, from `MOTCUA_*` variables."""

import secrets
from base64 import b64encode
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEMO_SECRET = "demo-secret-known-to-everyone"  # noqa: S105  (refused in production)
DEMO_DATA_KEY = "d0:bW90Y3VhLWRlbW8ta2V5LW5vdC1mb3ItcmVhbC11c2U="


class Settings(BaseSettings):
    """One field, one variable; `.env.example` documents each, `flask settings` prints them masked."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", env_file=None, extra="ignore", frozen=True)

    env: Literal["demo", "test", "production"] = "demo"
    base_url: str = "http://localhost:8000"
    database_url: str = "sqlite:///var/motcua.db"
    storage_url: str = "var/files"
    secret_keys: SecretStr = SecretStr(DEMO_SECRET)
    data_keys: SecretStr = SecretStr(DEMO_DATA_KEY)
    index_key: SecretStr = SecretStr(DEMO_SECRET)
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    sms_provider: Literal["demo", "twilio"] = "demo"
    sms_base_url: str = ""
    sms_account: str = ""
    sms_token: SecretStr = SecretStr("")
    sms_sender: str = "MOTCUA"
    province_code: str = "38"
    help_phone: str = "1022"
    sw_mode: Literal["on", "off"] = "on"
    worker_poll_seconds: float = Field(default=0.5, gt=0, le=60)

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
    def is_demo(self) -> bool:
        return self.env in ("demo", "test")

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
        if not self.secure:
            problems.append("MOTCUA_BASE_URL must begin with https://")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def masked(self) -> dict[str, str]:
        """Effective values for a person to check, secrets hidden."""
        return {f"MOTCUA_{name.upper()}": str(getattr(self, name)) for name in type(self).model_fields}


def new_data_key() -> str:
    """A fresh entry for MOTCUA_DATA_KEYS: an id and 256 random bits."""
    return f"k{secrets.token_hex(2)}:{b64encode(secrets.token_bytes(32)).decode()}"


def ensure_parent(path: str) -> Path:
    """The folder of a local file exists."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
