"""Places in a question: "khai sinh hoằng hóa" names a district that is gone; what is it today, who sits there?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import Session

from webapp.core.text import fold
from webapp.offices.models import Commune, FormerCommune, Office

LONGEST = 5  # syllables of a name with its kind: "thị trấn bút sơn", "đặc khu …"
MOST = 40
KINDS = ("dac khu", "thanh pho", "thi tran", "thi xa", "phuong", "huyen", "quan", "xa", "tp")
_BEFORE = frozenset(("o", "tai", "cua", "cho", "ubnd", "uy", "ban"))


@dataclass(frozen=True)
class Here:
    """A commune of today, and its counter if it has one here."""

    name: str
    office: str | None
    address: str | None
    phone: str | None


@dataclass(frozen=True)
class Places:
    """What was named, what it is today, and the question without it."""

    named: str
    former: bool
    communes: tuple[Here, ...]
    rest: str


def bare(name: str) -> str:
    """Folded, without its kind: Huyện Hoằng Hóa → hoang hoa."""
    folded = fold(name)
    kind = next((k for k in KINDS if folded.startswith(f"{k} ")), None)
    return folded.removeprefix(f"{kind} ") if kind else folded


def places_in(session: Session, q: str, province: str) -> Places | None:
    """The longest name in the question that a place of this province has or had."""
    words = fold(q).split()
    spans = [
        (start, start + length)
        for length in range(min(LONGEST, len(words)), 1, -1)
        for start in range(len(words) - length + 1)
    ]
    spans = [span for span in spans if bare(" ".join(words[slice(*span)])).count(" ")]  # a name of two syllables
    if not spans:
        return None
    names = {bare(" ".join(words[slice(*span)])) for span in spans}
    rows = _rows(session, names, province)
    for span in spans:
        said = " ".join(words[slice(*span)])
        found = [row for row in rows if _is(said, row)]
        if found:
            return _made(session, found, said, _rest(words, *span))
    return None


def _rows(session: Session, names: set[str], province: str) -> list[tuple[str, str, str, bool]]:
    """(name, district, code of today's commune, former?) of those whose folded text holds one of the names."""

    def holds(column: Any) -> ColumnElement[bool]:
        padded = literal(" ") + func.replace(column, ",", "") + literal(" ")
        return or_(*(padded.contains(f" {name} ", autoescape=True) for name in names))

    now = session.execute(
        select(Commune.name, Commune.code).where(
            Commune.province_code == province, Commune.valid_to.is_(None), holds(Commune.folded)
        )
    )
    then = session.execute(
        select(FormerCommune.name, FormerCommune.district, FormerCommune.commune_code).where(
            FormerCommune.province_code == province, holds(FormerCommune.folded)
        )
    )
    return [(row.name, "", row.code, False) for row in now] + [
        (row.name, row.district, row.commune_code, True) for row in then
    ]


def _is(said: str, row: tuple[str, str, str, bool]) -> bool:
    name, district, _code, _former = row
    return said in (fold(name), bare(name), fold(district), bare(district))


def _rest(words: Sequence[str], start: int, end: int) -> str:
    before = list(words[:start])
    while before and (before[-1] in _BEFORE or " ".join(before[-2:]) in KINDS or before[-1] in KINDS):
        before = before[:-2] if " ".join(before[-2:]) in KINDS else before[:-1]
    return " ".join([*before, *words[end:]])


def _made(session: Session, found: list[tuple[str, str, str, bool]], said: str, rest: str) -> Places:
    of_district = [row for row in found if said in (fold(row[1]), bare(row[1]))]
    today = [row for row in found if not row[3]]
    rows = of_district or today or found  # a district holds the commune that took its name
    former = rows is not today
    named = rows[0][1] if of_district else rows[0][0]
    codes = list(dict.fromkeys(row[2] for row in rows))[:MOST]
    query = (
        select(Commune.name, Office.name.label("office"), Office.address, Office.phone)
        .outerjoin(Office, (Office.commune_code == Commune.code) & Office.active)
        .where(Commune.code.in_(codes))
        .order_by(Office.name.is_(None), Commune.folded)
    )
    here = tuple(Here(row.name, row.office, row.address, row.phone) for row in session.execute(query))
    return Places(named, former, here, rest)
