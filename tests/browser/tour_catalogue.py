"""The part of the tour that is about procedures: some of the national list, one switched off, one revised for
later and looked at once more."""

import tempfile
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from tests.webapp.catalogue.national import entry, index_of, write
from webapp.catalogue import editing, proposing, publishing, switching
from webapp.catalogue.history import procedure_of
from webapp.catalogue.importing import import_lines
from webapp.catalogue.national_list import read_lines
from webapp.catalogue.revising import newest
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.db import Database

LISTED, OFF, REVISED = "9.000001", "9.000002", "1.003197"


def import_some(database: Database) -> None:
    """Two with their whole text, two hundred by name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = write(folder / "l.jsonl", entry(LISTED), entry(OFF, name="Cấp giấy kiểm dịch ong giống"))
        import_lines(database, read_lines(whole))
        import_lines(database, read_lines(index_of(folder / "index.tsv", 200, fields=12)))


def look_after(session: Session, admin: Actor) -> None:
    """By the verbs, as an administrator would."""
    today = clock.today()
    off = procedure_of(session, OFF)
    assert off is not None
    reason = "Đang chuyển dữ liệu về cơ quan mới."
    switching.switch_off(session, off, reason=reason, since=today, until=today + timedelta(days=14), by=admin)
    row = procedure_of(session, REVISED)
    latest = newest(session, row) if row is not None else None
    assert row is not None and latest is not None
    texts = {
        **editing.current_texts(latest.content),
        "summary_vi": "Tên được xóa khỏi nơi thường trú cũ.",
        "due_days": 5,
    }
    made = publishing.publish(
        session, row, editing.with_texts(latest.content, texts), number=latest.number,
        valid_from=today + timedelta(days=30), reason="Thông tư 99/2026/TT-BCA", by=admin,
    )  # fmt: skip
    later = editing.with_texts(made.content, {**texts, "plain_vi": "Xóa tên khỏi nơi ở cũ"})
    proposing.propose(session, row, later, number=made.number, valid_from=today, reason="Dễ hiểu hơn", by=admin)
