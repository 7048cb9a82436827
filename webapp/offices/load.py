"""The units and the calendar that come with the project, put into the tables; running it again changes nothing.

Sources: communes by Decision 19/2025/QĐ-TTg (from vietnamadminunits 1.0.4, MIT); former communes: the same package;
calendar: see data/holidays.yaml.
"""

import csv
from datetime import date
from pathlib import Path

import yaml
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from webapp.core.db import upsert
from webapp.core.text import fold, nfc
from webapp.offices.models import EVERYWHERE, CalendarYear, Commune, FormerCommune, Office, Province, SpecialDay

DATA = Path(__file__).parent / "data"
UNITS_FROM = date(2025, 7, 1)

# Invented for the demo, except the names of the places.
DEMO_OFFICES = [
    ("H56.38.12", "UBND xã Hoằng Lộc", "UBND Hoang Loc", "commune", "15961", "0237 386 1112",
     "Thôn Đình Nam, xã Hoằng Lộc"),
    ("H56.38.27", "UBND xã Bá Thước", "UBND Ba Thuoc", "commune", "14923", "0237 388 0127", "Phố Vận Tải, xã Bá Thước"),
    ("H56.01", "Trung tâm Phục vụ hành chính công tỉnh Thanh Hóa", "TTHCC Thanh Hoa", "province", None, "0237 390 0900",
     "28 Đại lộ Lê Lợi, phường Hạc Thành"),
]  # fmt: skip


def load_units(session: Session) -> str:
    """34 provinces and 3,321 communes."""
    if session.scalar(select(func.count()).select_from(Commune)):
        return "already loaded"
    with (DATA / "provinces.csv").open(encoding="utf-8") as source:
        provinces = [
            {"code": row["code"], "name": nfc(row["name"]), "short_name": nfc(row["short_name"])}
            for row in csv.DictReader(source)
        ]
    with (DATA / "communes.csv").open(encoding="utf-8") as source:
        communes = [
            {
                "code": row["commune_code"],
                "province_code": row["province_code"],
                "name": nfc(row["commune"]),
                "kind": nfc(row["type"]),
                "folded": fold(row["commune"]),
                "valid_from": UNITS_FROM,
            }
            for row in csv.DictReader(source)
        ]
    session.execute(insert(Province), provinces)
    session.execute(insert(Commune), communes)
    return f"{len(provinces)} provinces, {len(communes)} communes"


def load_calendar(session: Session) -> str:
    """Days off and working Saturdays of the years known so far."""
    content = yaml.safe_load((DATA / "holidays.yaml").read_text(encoding="utf-8"))
    years = [{"year": number, "status": year["status"]} for number, year in content["years"].items()]
    known = set(session.scalars(select(CalendarYear.year)))
    session.execute(upsert(session, CalendarYear).values(years).on_conflict_do_nothing())
    rows = []
    for number, year in content["years"].items():
        if number in known:
            continue  # an administrator may have taken a day out again: a year is loaded once
        days = [(day, False, day["kind"]) for day in year["holidays"]]
        days += [(day, True, "swapped_on") for day in year["working_swaps"]]
        rows += [
            {"scope": EVERYWHERE, "day": day["date"], "works": works, "name": nfc(day["vi"]), "kind": kind}
            for day, works, kind in days
        ]
    if rows:
        session.execute(upsert(session, SpecialDay).values(rows).on_conflict_do_nothing())
    return f"{len(rows)} days"


def load_former(session: Session) -> str:
    """Communes of before 01/07/2025 in Thanh Hóa and Phú Thọ, by their old names and districts."""
    if session.scalar(select(func.count()).select_from(FormerCommune)):
        return "already loaded"
    with (DATA / "former_communes.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    session.execute(insert(FormerCommune), [former_commune(row) for row in rows])
    return f"{len(rows)} former communes"


def former_commune(row: dict[str, str]) -> dict[str, object]:
    """One row of the table from one of the file."""
    return {
        "old_code": row["old_code"],
        "name": nfc(row["old_commune"]),
        "district": nfc(row["old_district"]),
        "province_code": row["province_code"],
        "commune_code": row["new_code"],
        "part": row["kind"] != "whole",
        "folded": fold(f"{row['old_commune']}, {row['old_district']}"),
    }


def load_demo_offices(session: Session) -> str:
    """Two communes and the province's centre, so that "another unit" can be tried."""
    added = 0
    for code, name, short, level, commune, phone, address in DEMO_OFFICES:
        if session.scalar(select(Office.id).where(Office.code == code)) is None:
            session.add(
                Office(
                    code=code,
                    name=name,
                    short_name=short,
                    level=level,
                    commune_code=commune,
                    phone=phone,
                    address=address,
                )
            )
            added += 1
    return f"{added} added"
