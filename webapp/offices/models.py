"""Provinces, communes, offices and the calendar. All are data with dates: units and holidays change by decision."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
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


class CalendarDay(Base):
    """A day that differs from the week: off (holiday, substitute, swapped) or a working Saturday."""

    __tablename__ = "calendar_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
