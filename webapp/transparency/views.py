"""The public boards: all offices, one office, and both as files. Only sums, so nobody can be found in them."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from webapp.catalogue.memory import index
from webapp.core import clock
from webapp.core.text import N_
from webapp.shell.access import public
from webapp.shell.formats import day, number
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.page_cache import cacheable
from webapp.shell.pages import page
from webapp.shell.spreadsheet import Cell, file_of
from webapp.shell.unit_of_work import db
from webapp.transparency import queries
from webapp.transparency.figures import (
    DEFAULT,
    FEW,
    NOTHING,
    Period,
    Standing,
    all_apart,
    last_months,
    periods,
    shown_apart,
)
from webapp.transparency.models import ALL, COUNTERS

bp = Blueprint("transparency", __name__)
ROWS = 20
PUBLIC = "how the offices do is for everybody: sums only, nothing of a person"
HEAD = (
    N_("Sent online"), N_("Sent with a helper"), N_("Brought to the counter"), N_("Sent in another way"),
    N_("Settled on time"), N_("Settled late"), N_("Settled, no time limit"), N_("Declined"), N_("Stopped"),
    N_("Withdrawn"), N_("Papers"), N_("Of these from records"),
)  # fmt: skip


def asked_period() -> Period:
    """What the address asks for; 404 for a time that is not offered."""
    return periods(clock.today()).get(request.args.get("period", DEFAULT)) or abort(404)


def choices(address: Callable[[str | None], str]) -> list[tuple[str, str, bool]]:
    """(words, address, is it shown) of each time; the usual one needs no word in the address, so it can be kept."""
    here = asked_period().key
    return [
        (each.words, address(None if each.key == DEFAULT else each.key), each.key == here)
        for each in periods(clock.today()).values()
    ]


def tiles(standing: Standing, open_now: int, late_now: int) -> list[dict[str, Any]]:
    """For the macro `figures`."""
    return [
        {"value": number(standing.received), "label": _("Received")},
        _share(standing.on_time, standing.timed, _("On time")),
        {"value": number(standing.late), "label": _("Settled late")},
        {"value": number(open_now), "label": _("Still open")},
        {"value": number(late_now), "label": _("Late now")},
        _share(standing.online, standing.received, _("Online")),
        _share(standing.reused, standing.papers, _("Papers from records")),
    ]


def _share(part: int, whole: int, label: str) -> dict[str, Any]:
    """Rounded down, with what it is of; none at all of too few."""
    if whole < FEW:
        return {"value": "–", "label": label, "note": _("fewer than %(n)s", n=FEW) if whole else ""}
    value = f"{part * 100 // whole}%"
    return {"value": value, "label": label, "note": _("of %(n)s", n=number(whole))}


def of_all(lines: list[queries.Line]) -> list[dict[str, Any]]:
    """The tiles of the whole province."""
    opened, late = (sum(getattr(line.office, name) for line in lines) for name in ("open", "late"))
    return tiles(sum((line.standing for line in lines), NOTHING), opened, late)


def part_of(
    lines: list[queries.Line], address: Callable[..., str]
) -> tuple[list[queries.Line], str | None, str | None]:
    """One page of the offices, behind the one that the address names; and the ways on and back to the first."""
    codes = [line.office.code for line in lines]
    after = request.args.get("after")
    start = codes.index(after) + 1 if after in codes else 0
    kept = {key: request.args.get(key) or None for key in ("period", "q")}
    shown, more = lines[start : start + ROWS], start + ROWS < len(lines)
    return shown, address(after=codes[start + ROWS - 1], **kept) if more else None, address(**kept) if start else None


def unit_figures(office: Any, period: Period, *, exact: bool = False) -> dict[str, Any]:
    """What a page shows of one office. Not `exact`: what is too few to stand alone is only named."""
    standings = queries.by_procedure(db(), office.id, period)
    figures = tiles(standings.pop(ALL, NOTHING), office.open, office.late)
    figures.append(_share(*queries.satisfied(db(), office.id, period), _("Satisfied")))
    large, few = (shown_apart if not exact else all_apart)(standings)
    months = queries.by_month(db(), office.id, last_months(clock.today()))
    return {
        "figures": figures,
        "procedures": [(code, title_of(code), standings[code]) for code in large],
        "small": [title_of(code) for code in few],
        "months": months,
        "busiest": max(standing.received for standing in months.values()),
        "few": FEW,
        "exact": exact,
    }


@bp.get("/board")
@public(PUBLIC)
@cacheable
def board() -> str:
    period, q = asked_period(), request.args.get("q", "")[:80].strip()
    everywhere = queries.board(db(), period)
    lines = queries.named(everywhere, q) if q else everywhere
    shown, next_href, previous_href = part_of(lines, lambda **at: url_for("transparency.board", **at))
    return page(
        "transparency/board.html",
        period=period,
        choices=choices(lambda key: url_for("transparency.board", period=key, q=q or None)),
        q=q,
        shown=shown,
        figures=of_all(everywhere),
        few=FEW,
        next_href=next_href,
        previous_href=previous_href,
    )


@bp.get("/board/figures.csv")
@public(PUBLIC)
def board_file() -> Response:
    period = asked_period()
    return file_of(board_rows(period), f"bang-cong-khai-{period.key}")


def board_rows(period: Period) -> list[list[Cell]]:
    rows: list[list[Cell]] = [
        [_("From"), _("Until"), _("Identifier"), _("Office"), *map(_, HEAD), _("Still open"), _("Late now")]
    ]
    for line in queries.board(db(), period):
        office = line.office
        rows.append([*_time(period), office.code, office.name, *_cells(line.standing), office.open, office.late])
    return rows


@bp.get("/board/<unit>")
@public(PUBLIC)
@cacheable
def unit_board(unit: str) -> str:
    office = queries.unit(db(), unit) or abort(404)
    period = asked_period()
    return page(
        "transparency/unit.html",
        office=office,
        period=period,
        choices=choices(lambda key: url_for("transparency.unit_board", unit=unit, period=key)),
        **unit_figures(office, period),
    )


@bp.get("/board/<unit>/figures.csv")
@public(PUBLIC)
def unit_file(unit: str) -> Response:
    office = queries.unit(db(), unit) or abort(404)
    return file_of(list(unit_rows(office, asked_period())), f"bang-cong-khai-{unit}")


def unit_rows(office: Any, period: Period, *, exact: bool = False) -> Iterator[list[Cell]]:
    """The table of procedures, then the one of months, as they stand on the page."""
    yield [_("From"), _("Until"), _("Procedure code"), _("Procedure"), *map(_, HEAD)]
    standings = queries.by_procedure(db(), office.id, period)
    yield [*_time(period), "", _("All procedures"), *_cells(standings.pop(ALL, NOTHING))]
    large, few = (shown_apart if not exact else all_apart)(standings)
    for code in large:
        yield [*_time(period), code, t(title_of(code)), *_cells(standings[code], hide=not exact)]
    for code in few:
        yield [*_time(period), code, t(title_of(code)), *[_("under %(n)s", n=FEW)] * len(COUNTERS)]
    for month, standing in queries.by_month(db(), office.id, last_months(clock.today())).items():
        yield [f"{month:%m/%Y}", f"{month:%m/%Y}", "", _("All procedures"), *_cells(standing)]


def _time(period: Period) -> list[Cell]:
    return [day(period.start), day(clock.today())]


def _cells(standing: Standing, *, hide: bool = False) -> list[Cell]:
    counts = [int(getattr(standing, name)) for name in COUNTERS]
    return [_("under %(n)s", n=FEW) if hide and 0 < count < FEW else count for count in counts]


def title_of(code: str) -> Any:
    """What a procedure is called; the code of one that is no longer in the catalogue."""
    entry = index(db()).by_code.get(code)
    return entry.title if entry else code
