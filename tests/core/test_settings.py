"""A province cannot be started by mistake with what everybody knows."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from webapp.core.crypto import Keyring
from webapp.core.settings import DEMO_DATA_KEY, DEMO_SECRET, Settings, new_data_key

ROOT = Path(__file__).resolve().parents[2]
SERIOUS = {
    "env": "production",
    "secret_keys": "a" * 40 + "," + "b" * 40,
    "data_keys": new_data_key(),
    "index_key": "c" * 40,
    "sms_provider": "twilio",
    "base_url": "https://motcua.example",
}


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MOTCUA_{name.upper()}", raising=False)


def test_production_starts_with_secrets_of_its_own():
    made = Settings(**SERIOUS)
    assert made.secure
    assert not made.is_demo
    assert made.secret_ring == ["a" * 40, "b" * 40]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"secret_keys": DEMO_SECRET}, "secrets of your own"),
        ({"secret_keys": "a" * 40 + "," + DEMO_SECRET}, "secrets of your own"),
        ({"index_key": DEMO_SECRET}, "secrets of your own"),
        ({"secret_keys": "short"}, "at least 32 characters"),
        ({"secret_keys": ""}, "MOTCUA_SECRET_KEYS"),
        ({"index_key": ""}, "MOTCUA_INDEX_KEY"),
        ({"data_keys": DEMO_DATA_KEY}, "MOTCUA_DATA_KEYS"),
        ({"data_keys": new_data_key() + "," + DEMO_DATA_KEY}, "MOTCUA_DATA_KEYS"),
        ({"sms_provider": "demo"}, "sends nothing"),
        ({"base_url": "http://motcua.example"}, "https://"),
        ({"limits": "relaxed"}, "MOTCUA_LIMITS"),
    ],
)
def test_production_refuses_what_everybody_knows(change, said):
    with pytest.raises(ValidationError, match=said):
        Settings(**{**SERIOUS, **change})


def test_production_without_any_setting_says_everything_that_is_missing_at_once():
    with pytest.raises(ValidationError) as wrong:
        Settings(env="production")
    for name in ("SECRET_KEYS", "DATA_KEYS", "SMS_PROVIDER", "BASE_URL"):
        assert f"MOTCUA_{name}" in str(wrong.value)


def test_no_secret_is_printed_when_production_is_refused():
    with pytest.raises(ValidationError) as wrong:
        Settings(**{**SERIOUS, "sms_provider": "demo"})
    assert "a" * 40 not in str(wrong.value)
    assert SERIOUS["data_keys"] not in str(wrong.value)


def test_the_demo_needs_no_setting_at_all():
    made = Settings()
    assert (made.env, made.is_demo, made.secure) == ("demo", True, False)


def test_an_unknown_place_is_refused():
    with pytest.raises(ValidationError):
        Settings(env="staging")


def test_settings_come_from_variables(monkeypatch):
    monkeypatch.setenv("MOTCUA_PROVINCE_CODE", "25")
    monkeypatch.setenv("MOTCUA_TRUSTED_PROXIES", "2")
    made = Settings.from_env()
    assert (made.province_code, made.trusted_proxies) == ("25", 2)


def test_printed_settings_hide_every_secret():
    printed = str(Settings(**{**SERIOUS, "sms_token": "very secret token"}).masked())
    for secret in ("a" * 40, "c" * 40, SERIOUS["data_keys"], "very secret token"):
        assert secret not in printed


def test_a_new_data_key_is_one_the_ring_takes():
    assert Keyring(new_data_key(), "x").seal(b"", "x")
    assert new_data_key() != new_data_key()


def test_every_setting_is_documented_in_the_example():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert [n for n in Settings.model_fields if f"MOTCUA_{n.upper()}=" not in example] == []
