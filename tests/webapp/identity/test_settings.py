"""Another issuer has other names for things: settings say which, and wrong ones stop the program, not a log-in."""

import pytest
from sqlalchemy import select

from tests.pages import post_form, text_of
from tests.webapp.identity import fake as faking
from webapp.core.settings import Settings
from webapp.identity.claims import Reader
from webapp.identity.models import NationalIdentity
from webapp.identity.provider import Provider

NAMES = "citizen_id=so_dinh_danh,full_name=ho_ten,birth_date=ngay_sinh,sex=gioi_tinh"
LEVELS = "urn:vn:thap=1,urn:vn:cao=2"
TU = {"so_dinh_danh": "038090007788", "ho_ten": "HOÀNG VĂN TÚ", "ngay_sinh": "1990-03-02", "gioi_tinh": "Nam"}


@pytest.mark.parametrize(("level", "ours"), [("urn:vn:cao", 2), ("urn:vn:thap", 1), ("muc2", 1)])
def test_somebody_comes_in_by_an_issuer_with_names_of_its_own(client, services, level, ours):
    fake = faking.install(services)
    named = services.settings.model_copy(update={"oidc_claims": NAMES, "oidc_levels": LEVELS})
    services.settings, services.extra["identity"] = named, (named, Provider(named, faking.ISSUER, fake))
    fake.user = {"sub": "tu", **TU, "acr": level}
    assert post_form(client, faking.callback(client, fake)).headers["Location"] == "/me"
    assert "Hoàng Văn Tú" in text_of(client.get("/me"))
    with services.database.session(write=False) as session:
        assert session.scalars(select(NationalIdentity)).one().level == ours


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_claims": "citizen_id=pid"},
        {"oidc_claims": "full_name=name"},
        {"oidc_claims": ""},
        {"oidc_claims": "citizen_id=pid,full_name=name,religion=rel"},
        {"oidc_claims": "citizen_id=pid,full_name"},
        {"oidc_claims": "citizen_id=,full_name=name"},
        {"oidc_claims": "=pid,full_name=name"},
        {"oidc_levels": "muc1=1,muc2=3"},
        {"oidc_levels": "muc1=one"},
        {"oidc_levels": "muc1"},
    ],
    ids=str,
)
def test_names_that_cannot_be_stop_the_program(wrong):
    with pytest.raises(ValueError, match="MOTCUA_OIDC_"):
        Reader.of(Settings(env="test", **wrong))
