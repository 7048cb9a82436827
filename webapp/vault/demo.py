"""The demo's own record: the earlier marriage of Nguyễn Thị Đào, on a paper that says it is not real."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.demo import DAO_ID
from webapp.accounts.people import find_by_citizen_id
from webapp.core.files import store_file
from webapp.shell.formats import day
from webapp.shell.services import services
from webapp.vault.carry import MARRIAGE, carried
from webapp.vault.models import VaultItem
from webapp.vault.records import keep_result

OWNER = DAO_ID
NUMBER, ISSUED, ISSUER = "12/2024", date(2024, 3, 15), "UBND xã Hoằng Lộc"
SOURCE_CODE = "H56.38.12-240311-0007"
HOME = {"province": "38", "commune": "Xã Hoằng Lộc", "line": "Thôn Đình Nam"}
# The answers of the marriage dossier, as its form asks them; all invented.
ANSWERS: dict[str, Any] = {
    "wife_name": "Nguyễn Thị Đào",
    "wife_dob": "1996-05-14",
    "wife_ethnicity": "Kinh",
    "wife_nationality": "Việt Nam",
    "wife_id_no": OWNER,
    "wife_residence": HOME,
    "husband_name": "Lê Văn Hùng",
    "husband_dob": "1994-02-20",
    "husband_ethnicity": "Kinh",
    "husband_nationality": "Việt Nam",
    "husband_id_no": "038094005678",
    "husband_residence": HOME,
}
PAPER = Path(__file__).parent / "data" / "marriage_demo.typ"


def load_demo_record(session: Session) -> str:
    """One record for Đào; nothing if she has it already."""
    owner = find_by_citizen_id(session, OWNER)
    if owner is None:
        return "no demo people"
    there = select(VaultItem.id).where(VaultItem.person_id == owner.id, VaultItem.result_code == MARRIAGE)
    if session.scalar(there) is not None:
        return "already there"
    keep_result(
        session,
        person_id=owner.id,
        result_code=MARRIAGE,
        title_vi="Giấy chứng nhận kết hôn",
        title_en="Marriage certificate",
        number=NUMBER,
        issuer=ISSUER,
        issued_on=ISSUED,
        valid_until=None,
        file=store_file(session, services().storage, demo_paper(), "giay-chung-nhan-ket-hon.pdf"),
        source_dossier=None,
        source_code=SOURCE_CODE,
        data=carried(MARRIAGE, ANSWERS),
    )
    return "1 added"


def demo_paper() -> bytes:
    """One page of PDF, marked as a demo in words and across the page."""
    values = {
        "number": NUMBER,
        "issued_on": day(ISSUED),
        "issuer": ISSUER,
        **{s: _side(s) for s in ("wife", "husband")},
    }
    made: bytes = typst.compile(
        PAPER,
        font_paths=[str(files("fontpkg_be_vietnam_pro") / "files")],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(values, ensure_ascii=False)},
    )
    return made


def _side(who: str) -> dict[str, str]:
    one = {key.removeprefix(f"{who}_"): value for key, value in ANSWERS.items() if key.startswith(f"{who}_")}
    home = one["residence"]
    return {**one, "dob": day(one["dob"]), "residence": f"{home['line']}, {home['commune']}, tỉnh Thanh Hóa"}
