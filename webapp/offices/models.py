"""Provinces, communes, offices and the calendar. All are data with dates: units and holidays change by decision."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base, HasPublicId


class Province(Base):
    """One of the 34 provinces and cities since 2025-07-01; code of the statistics office."""

    __tablename__ = "provinces"
    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    short_name: Mapped[str] = mapped_column(String(60))


class Commune(Base):
    """One of the 3,321 communes, wards and special zones. Codes keep their leading zeros."""

    __tablename__ = "communes"
    __table_args__ = (Index("ix_communes_search", "province_code", "folded"),)
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    province_code: Mapped[str] = mapped_column(ForeignKey("provinces.code"))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    folded: Mapped[str] = mapped_column(String(80))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Office(HasPublicId, Base):
    """An agency with a one-stop counter."""

    __tablename__ = "offices"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(60))  # fits an SMS without accents
    level: Mapped[str] = mapped_column(String(12))  # commune or province
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("communes.code"))
    phone: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    # [["07:00", "11:30"], ["13:30", "17:00"]]; None: as most offices.
    hours: Mapped[list[Any] | None] = mapped_column(JSON, sort_order=6)
    # Closed by decision: takes no new dossiers after this day.
    valid_to: Mapped[date | None] = mapped_column(sort_order=6)


EVERYWHERE = "*"  # the scope of a day that is not of one office


class SpecialDay(Base):
    """A day that differs from the week: off (holiday, substitute, swapped) or a working Saturday.

    `scope`: everywhere, or the code of the one office that closes for a funeral or works on a Saturday.
    """

    __tablename__ = "special_days"
    scope: Mapped[str] = mapped_column(String(30), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))


class CalendarYear(Base):
    """How sure the holidays of a year are: official, or only derived from the law until the plan is published."""

    __tablename__ = "calendar_years"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(12))


class CalendarChange(HasPublicId, Base):
    """An administrator's change of one day, or of the hours of an office from that day on, and how far the due dates
    that it shifts have been worked out again."""

    __tablename__ = "calendar_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    scope: Mapped[str] = mapped_column(String(30))
    day: Mapped[date]
    works: Mapped[bool | None]  # None: the day is a plain day of the week again
    hours: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True), sort_order=5)  # not None: no day, hours
    name: Mapped[str] = mapped_column(String(120))
    expected: Mapped[int]
    moved: Mapped[int]
    seen_until: Mapped[int]  # the dossier that the last batch ended with
    finished_at: Mapped[datetime | None]


class FormerCommune(Base):
    """A commune of before 01/07/2025: people and old papers still say its name, and its district's."""

    __tablename__ = "former_communes"
    __table_args__ = (Index("ix_former_communes_search", "province_code", "folded"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    old_code: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(80))
    district: Mapped[str] = mapped_column(String(80))
    province_code: Mapped[str] = mapped_column(ForeignKey("provinces.code"))  # of today
    commune_code: Mapped[str] = mapped_column(ForeignKey("communes.code"), index=True)  # of today
    part: Mapped[bool]  # only a part of it came here: ask, never guess
    folded: Mapped[str] = mapped_column(String(170))
