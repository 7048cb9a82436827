"""The part of the tour that is about the desk's rarer decisions: declined, to be paid, extended, a draft to look at."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests.factories import dossiers as factory
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.storage import Storage
from webapp.dossiers.deadlines import calendar
from webapp.dossiers.decline import decline_dossier
from webapp.dossiers.draft_check import send_draft
from webapp.dossiers.extend import extend_dossier
from webapp.dossiers.models import Dossier
from webapp.dossiers.pay import pay_dossier
from webapp.dossiers.process import start_processing
from webapp.dossiers.rate import rate_dossier, rating_of
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.require_payment import require_payment
from webapp.dossiers.stop import stop_dossier

DRAFT = """Họ, chữ đệm, tên: LÊ GIA HÂN
Ngày, tháng, năm sinh: 15/11/2026
Giới tính: Nữ. Dân tộc: Kinh. Quốc tịch: Việt Nam
Nơi sinh: Bệnh viện Phụ sản Thanh Hóa
Họ tên mẹ: Trần Thị Lan. Họ tên cha: Lê Văn Bình"""
FEE: dict[str, Any] = {
    "amount": 58_000,
    "what_for": "Lệ phí đăng ký khai sinh quá hạn và 1 bản sao",
    "reason": "Đăng ký quá hạn nên không được miễn lệ phí.",
}


def decisions(
    session: Session, storage: Storage, person: Person, desk: Actor, case: Actor, head: Actor
) -> dict[str, str]:
    """name → id of a dossier that was decided so."""
    rows: dict[str, Dossier] = {}
    for name in ("declined", "to_pay", "paid", "halted", "extended", "drafted"):
        rows[name] = row = factory.sent(session, storage, person, answers={"child_name": "Lê Gia Hân"})
        if name == "declined":
            continue
        receive_dossier(session, row, by=desk, version=row.version)
        start_processing(session, row, by=case, version=row.version)
        session.flush()
    row = rows["declined"]
    decline_dossier(
        session, row, by=desk, version=row.version, basis="Điều 13 Luật Hộ tịch năm 2014",
        reason="Hồ sơ phải nộp tại nơi cư trú của người yêu cầu. Mời ông/bà nộp tại UBND xã Hoằng Thịnh.",
    )  # fmt: skip
    for name in ("to_pay", "paid"):
        require_payment(session, rows[name], by=case, version=rows[name].version, **FEE)
        session.flush()
    row = rows["paid"]
    pay_dossier(session, row, by=desk, version=row.version, method="cash", receipt_number="BL-0001234")
    row = rows["halted"]
    stop_dossier(
        session, row, by=head, version=row.version, reason="Có đơn tranh chấp, khiếu nại liên quan đến hồ sơ.",
        basis="Điều 12 Luật Hộ tịch năm 2014", papers_back="Giấy chứng sinh (bản chính)", refund="Chưa thu phí.",
    )  # fmt: skip
    row = rows["extended"]
    promised = clock.local(row.due_at or clock.now()).date()
    later = calendar(session, row.office_id, promised).add_working(promised, 3)
    extend_dossier(
        session, row, by=head, version=row.version, due_on=later, reason="Cơ quan phối hợp chưa có văn bản trả lời."
    )
    row = rows["drafted"]
    check = send_draft(session, storage, row, by=case, version=row.version, text=DRAFT)
    check.until = check.until + timedelta(days=365)  # the gallery may be looked at for long
    session.flush()
    return {name: row.public_id for name, row in rows.items()}


def rate(session: Session, rows: Mapping[str, Dossier], by: Actor) -> None:
    """She says how it went: a month ago, today, and once without a word."""
    words = "Cán bộ chỉ dẫn tận tình, không phải đi lại."
    rate_dossier(session, rows["handed_over"], by=by, choice="satisfied", words=words)
    rate_dossier(session, rows["granted"], by=by, choice="neutral", words="Chờ hơi lâu ở quầy.")
    rate_dossier(session, rows["refused"], by=by, choice="dissatisfied")
    session.flush()
    for name in ("handed_over", "refused"):
        said = rating_of(session, rows[name].id)
        assert said is not None
        said.rated_at = clock.now() - timedelta(days=30)
