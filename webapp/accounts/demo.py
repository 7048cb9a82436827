"""The demo's people, all invented (real names of places). Loaded by `flask seed demo`, never in production."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts import people, staff
from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.actor import Assurance, Role
from webapp.offices.models import Office

STAFF_PASSWORD = "mot-cua-demo-2026"  # noqa: S105  (of invented people; production does not load them)
STAFF_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  (the same)
DAO_PHONE = "+84912000001"
DAO_ID, NHAN_ID = "038196001234", "038154004321"
HOME, NEXT_DOOR = "H56.38.12", "H56.38.27"

# user name, name, roles, office
STAFF: list[tuple[str, str, list[Role], str | None]] = [
    ("helper", "Lò Văn Pha", [Role.HELPER], HOME),
    ("officer", "Lê Thị Mai", [Role.RECEPTION], HOME),
    ("case", "Trần Quốc Việt", [Role.CASE], HOME),
    ("manager", "Phạm Hồng Sơn", [Role.MANAGER], HOME),
    ("officer2", "Hà Văn Tuấn", [Role.RECEPTION], NEXT_DOOR),
    ("admin", "Hoàng Thị Sâm", [Role.ADMIN], None),  # the whole province
    ("admin2", "Đỗ Minh Quân", [Role.ADMIN], None),  # what gives power needs two of them
]

_RESIDENCE = {"province": "38", "commune": "Xã Hoằng Lộc", "commune_code": "15961", "line": "Thôn Đình Nam"}
DAO: dict[str, Any] = {
    "sex": "nu",
    "ethnicity": "Kinh",
    "nationality": "Việt Nam",
    "residence": _RESIDENCE,
    "id_type": "can_cuoc",
    "id_issued": {"date": "2023-08-16", "text": "Bộ Công an"},
}
NHAN: dict[str, Any] = {
    "sex": "nu",
    "ethnicity": "Thái",
    "nationality": "Việt Nam",
    "residence": {**_RESIDENCE, "line": "Thôn Đình Bảng"},
    "id_type": "can_cuoc",
}


def load_demo_people(session: Session) -> str:
    """Two citizens and seven members of staff; running it again changes nothing."""
    return f"{_citizens(session) + _staff(session)} added"


def _citizens(session: Session) -> int:
    added = 0
    if people.find_by_citizen_id(session, DAO_ID) is None:
        dao = people.create_person(
            session, full_name="Nguyễn Thị Đào", citizen_id=DAO_ID, birth_date="1996-05-14", profile=DAO,
            assurance=Assurance.PHONE,
        )  # fmt: skip
        people.open_account(session, dao)
        people.add_phone(session, dao, DAO_PHONE, verified_at=clock.now())
        added += 1
    if people.find_by_citizen_id(session, NHAN_ID) is None:
        people.create_person(
            session, full_name="Vi Thị Nhàn", citizen_id=NHAN_ID, birth_date="1954", profile=NHAN,
            assurance=Assurance.IN_PERSON,
        )  # fmt: skip
        added += 1
    return added


def _staff(session: Session) -> int:
    offices = {code: key for key, code in session.execute(select(Office.id, Office.code))}
    known = set(session.scalars(select(Account.username).where(Account.kind == "staff")))
    new = [row for row in STAFF if row[0] not in known]
    for username, name, roles, office in new:
        staff.create_staff(
            session, username=username, name=name, roles=roles, office_id=offices[office] if office else None,
            password=STAFF_PASSWORD, totp_secret=STAFF_SECRET,
        )  # fmt: skip
    return len(new)
