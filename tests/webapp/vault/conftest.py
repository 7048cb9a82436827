"""Records for the tests: of Đào and of others, new, ended and withdrawn."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests import people
from webapp.core.actor import Actor, Assurance, Channel, Role
from webapp.core.files import store_file
from webapp.shell.services import Services
from webapp.vault.carry import MARRIAGE
from webapp.vault.models import VaultItem
from webapp.vault.records import keep_result

PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PAPER += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

Keep = Callable[..., VaultItem]


@pytest.fixture
def session(services: Services) -> Iterator[Session]:
    with services.database.transaction() as opened:
        yield opened


@pytest.fixture
def dao(session: Session) -> Actor:
    """Nguyễn Thị Đào on her own phone."""
    return people.as_citizen(session, people.person(session))


@pytest.fixture
def stranger(session: Session) -> Actor:
    """Somebody else with an account of their own."""
    account = people.citizen(session, "Hà Văn Nam", "038090001111")
    return people.as_citizen(session, people.person(session, "038090001111")) if account else None


@pytest.fixture
def pha(session: Session, dao: Actor) -> Actor:
    """The helper Lò Văn Pha, acting for Đào with her mandate."""
    account = people.staff(session, "helper")
    return Actor(
        role=Role.HELPER, roles=frozenset({Role.HELPER}), channel=Channel.ASSISTED, account_id=account.id,
        account_public=account.public_id, person_id=dao.person_id, person_public=dao.person_public,
        office_id=account.office_id, mandate_id=1, mandate_public="m" * 22, assurance=Assurance.PHONE,
        name="Lò Văn Pha", subject_name=dao.name,
    )  # fmt: skip


@pytest.fixture
def keep(session: Session, services: Services) -> Keep:
    """Make a record: `keep(person_id, number="9/2025", issued_on=…, valid_until=…, data={…})`."""

    def make(person_id: int | None, **changes: Any) -> VaultItem:
        values: dict[str, Any] = {
            "result_code": MARRIAGE,
            "title_vi": "Giấy chứng nhận kết hôn",
            "title_en": "Marriage certificate",
            "number": "9/2025",
            "issuer": "UBND xã Bá Thước",
            "issued_on": date(2025, 6, 1),
            "valid_until": None,
            "source_dossier": None,
            "source_code": None,
            "data": {},
            **changes,
        }
        file = store_file(session, services.storage, PAPER, "giay.pdf")
        return keep_result(session, person_id=person_id or 0, file=file, **values)

    return make


@pytest.fixture
def count_queries(services: Services) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with count_queries() as seen:` collects the statements that reach the database."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                seen.append(statement)

        event.listen(services.database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(services.database.engine, "before_cursor_execute", note)

    return collect
