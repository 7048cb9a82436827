"""What a web process carries: nothing large that its settings do not ask for."""

import subprocess
import sys

import pytest

from tests.support import house

LARGE = ("alembic", "authlib", "requests", "twilio.rest")
ASK = "import sys, wsgi; wsgi.create_app(); print(*[name for name in sys.argv[1:] if name in sys.modules])"


@pytest.mark.parametrize(
    ("settings", "loaded"),
    [
        ({}, []),
        ({"MOTCUA_OIDC_ISSUER": "https://issuer.example"}, ["authlib", "requests"]),
        ({"MOTCUA_SMS_PROVIDER": "twilio", "MOTCUA_SMS_ACCOUNT": "AC1"}, ["requests", "twilio.rest"]),
    ],
    ids=["none", "issuer", "gateway"],
)
def test_a_server_loads_a_partners_library_only_when_its_settings_name_the_partner(settings, loaded, tmp_path):
    surroundings = {
        "MOTCUA_ENV": "test",
        "MOTCUA_DATABASE_URL": f"sqlite:///{tmp_path}/a.db",
        "MOTCUA_STORAGE_URL": str(tmp_path / "files"),
        "MOTCUA_SMS_TOKEN": "token",
        **settings,
    }
    command = [sys.executable, "-c", ASK, *LARGE]
    found = subprocess.run(
        command, cwd=house.ROOT, env=surroundings, capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.split() == loaded
