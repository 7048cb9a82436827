"""No mandate without evidence: both databases refuse one themselves, whatever the program does."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests import people
from tests.cases.conftest import BOTH, settings_on
from tests.notifications import stories


@pytest.fixture(params=BOTH)
def settings(request, tmp_path):
    return settings_on(request, tmp_path)


def test_the_database_refuses_it(services):
    with services.database.transaction() as session:
        mandate = stories.mandate_of(session, people.person(session)).id
    for change in ("evidence_id = ''", "evidence_kind = 'his word'", "expires_at = granted_at"):
        with services.database.session() as session, pytest.raises(IntegrityError, match="ck_mandates"):
            session.execute(text(f"UPDATE mandates SET {change} WHERE id = {mandate}"))
