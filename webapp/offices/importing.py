"""Units from a CSV file: communes, offices or former communes, told apart by the head of the file. Run it as often as
you like: what is there already is left alone, what differs is changed, and a row that cannot be taken says why."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.actor import SYSTEM
from webapp.core.audit import audit
from webapp.core.errors import DomainError
from webapp.core.text import fold, nfc
from webapp.offices.load import UNITS_FROM, former_commune
from webapp.offices.models import Commune, FormerCommune, Office, Province
from webapp.offices.queries import read_hours
from webapp.offices.units import by_code, checked, hours_words

Row = Mapping[str, str]


class NotUnits(ValueError):
    """The head of the file names none of the three kinds."""


@dataclass
class Report:
    """What became of the rows."""

    kind: str
    added: int = 0
    changed: int = 0
    same: int = 0
    rejects: list[tuple[int, str]] = field(default_factory=list)  # line of the file, why

    def __str__(self) -> str:
        return (
            f"{self.kind}: {self.added} added, {self.changed} changed, {self.same} as they were, "
            f"{len(self.rejects)} rejected"
        )


class Refused(ValueError):
    """Why a row cannot be taken."""


def take_commune(session: Session, row: Row) -> str:
    code, province = row["commune_code"].strip(), row["province_code"].strip()
    if not (code.isdigit() and len(code) == 5):
        raise Refused(f"commune code {code!r} has not five digits (a spreadsheet may have eaten the zeros)")
    if session.get(Province, province) is None:
        raise Refused(f"there is no province {province!r}")
    name = nfc(row["commune"])
    if not name:
        raise Refused("the commune has no name")
    values = {"province_code": province, "name": name, "kind": nfc(row["type"]), "folded": fold(name)}
    there = session.get(Commune, code)
    if there is None:
        session.add(Commune(code=code, valid_from=UNITS_FROM, **values))
        return "added"
    return _changed(there, values)


def take_office(session: Session, row: Row) -> str:
    try:
        values = checked(session, row)
    except DomainError as refused:
        raise Refused(str(refused.text)) from None
    there = by_code(session, values["code"])
    if there is None:
        session.add(Office(**values))
        return "added"
    hours = values.pop("hours")
    done = _changed(there, values)
    if row.get("hours", "").strip() and read_hours(hours) != read_hours(there.hours):
        raise Refused(
            f"the hours of {there.code} stay {hours_words(there.hours)}: other hours move due dates, so an "
            "administrator changes them on the page of the office and sees which (all else of the row is taken)"
        )
    return done


def take_former(session: Session, row: Row) -> str:
    if session.get(Commune, row["new_code"].strip()) is None:
        raise Refused(f"there is no commune {row['new_code']!r} today")
    if session.get(Province, row["province_code"].strip()) is None:
        raise Refused(f"there is no province {row['province_code']!r}")
    values = former_commune({name: value.strip() for name, value in row.items()})
    there = session.scalar(
        select(FormerCommune).where(
            FormerCommune.old_code == values["old_code"], FormerCommune.commune_code == values["commune_code"]
        )
    )
    if there is None:
        session.add(FormerCommune(**values))
        return "added"
    return _changed(there, values)


def _changed(there: object, values: Mapping[str, object]) -> str:
    different = {name: value for name, value in values.items() if getattr(there, name) != value}
    for name, value in different.items():
        setattr(there, name, value)
    return "changed" if different else "same"


KINDS: dict[str, tuple[tuple[str, ...], Callable[[Session, Row], str]]] = {
    "communes": (("province_code", "commune_code", "commune", "type"), take_commune),
    "former communes": (
        ("old_code", "old_commune", "old_district", "new_code", "province_code", "kind"),
        take_former,
    ),
    "offices": (("code", "name", "level"), take_office),
}


def lines(file: Path) -> Iterator[tuple[int, Row]]:
    """Rows with the lines they stand in. Raises NotUnits for a file in another encoding."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            reader = csv.DictReader(source)
            for row in reader:
                yield reader.line_num, {k: v or "" for k, v in row.items() if k is not None}
    except UnicodeDecodeError:
        raise NotUnits("the file is not UTF-8; save it as CSV UTF-8") from None


def import_units(session: Session, file: Path, step: Callable[[], None]) -> Report:
    """Take in the whole file, in the caller's transaction. Raises NotUnits."""
    report: Report | None = None
    take: Callable[[Session, Row], str] | None = None
    for line, row in lines(file):
        if report is None or take is None:
            kind = next((name for name, (head, _) in KINDS.items() if set(head) <= set(row)), None)
            if kind is None:
                raise NotUnits(f"the head of the file is {', '.join(row)}; see `flask units import --help`")
            report, take = Report(kind), KINDS[kind][1]
        step()
        try:
            done = take(session, row)
            session.flush()
        except Refused as why:
            report.rejects.append((line, str(why)))
        else:
            setattr(report, done, getattr(report, done) + 1)
    if report is None:
        raise NotUnits("the file has no rows")
    audit(session, SYSTEM, "units:import", None, kind=report.kind, added=report.added, changed=report.changed)
    return report
