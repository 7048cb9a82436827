"""Tables of the boards: what was counted, the sums of it, and how long things take. No person is in any of them."""

from datetime import date

from sqlalchemy import ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base

FILED, ENDED = "filed", "ended"
# What may have happened to a dossier, by the name of its counter: how it was sent, and what it came to.
WAYS = ("online", "assisted", "at_counter", "elsewhere")
ENDS = ("on_time", "late", "untimed", "declined", "stopped", "withdrawn")
COUNTERS = (*WAYS, *ENDS, "papers", "reused")
ALL = ""  # instead of a procedure: all of them together
DAY, MONTH = "day", "month"


class CountedFact(Base):
    """A dossier was sent, or came to its end: each is counted once, however often it is told.

    No foreign key to the dossier: what was sent is never deleted.
    """

    __tablename__ = "counted_facts"
    __table_args__ = (
        Index("ix_counted_facts_office", "office_id", "day", "procedure_code", "what", "papers", "reused"),
        {"sqlite_with_rowid": False},
    )
    dossier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fact: Mapped[str] = mapped_column(String(5), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    procedure_code: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    what: Mapped[str] = mapped_column(String(10))  # which of WAYS or ENDS
    papers: Mapped[int] = mapped_column(SmallInteger)  # of its first receipt
    reused: Mapped[int] = mapped_column(SmallInteger)  # of these: records that stood for a paper


class UnitStanding(Base):
    """The sums of an office: of a day and of a month, of each procedure and of all. Boards read nothing else."""

    __tablename__ = "unit_standings"
    __table_args__ = (
        Index("ix_unit_standings_all", "procedure_code", "span", "starts_on"),
        {"sqlite_with_rowid": False},
    )
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True, autoincrement=False)
    span: Mapped[str] = mapped_column(String(5), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    procedure_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    online: Mapped[int]
    assisted: Mapped[int]
    at_counter: Mapped[int]
    elsewhere: Mapped[int]
    on_time: Mapped[int]
    late: Mapped[int]
    untimed: Mapped[int]
    declined: Mapped[int]
    stopped: Mapped[int]
    withdrawn: Mapped[int]
    papers: Mapped[int]
    reused: Mapped[int]


class WorkTime(Base):
    """How long an office worked on a dossier, for as long as usual times are made of it (see `measuring.REACH`)."""

    __tablename__ = "work_times"
    dossier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    procedure_code: Mapped[str] = mapped_column(String(20))
    day: Mapped[date] = mapped_column(index=True)  # when it was settled
    minutes: Mapped[int]  # of a working day of eight hours, whatever the office's own hours are


EVERYWHERE = 0  # instead of an office: all of them


class UsualTime(Base):
    """Nine of ten dossiers of a procedure were ready within this working time; made anew once a day."""

    __tablename__ = "usual_times"
    __table_args__ = ({"sqlite_with_rowid": False},)
    procedure_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    office_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # or EVERYWHERE
    dossiers: Mapped[int]  # of so many
    minutes: Mapped[int]
    measured_on: Mapped[date]
