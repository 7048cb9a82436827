"""Reading the terms of a procedure: what it costs, how long it takes."""

from dataclasses import replace
from datetime import date

from webapp.catalogue import fees
from webapp.catalogue.formspec import PAUSES, DueRule
from webapp.catalogue.place import Place, Raw

FEE_NUMBERS = (
    "counter_amount",
    "ceiling_amount",
    "copy_amount",
    "more_amount",
    "more_from_page",
    "max_amount",
)
FEE = f"kind amount note* unit* times pages cases discounts source confidence {' '.join(FEE_NUMBERS)}"


LONGEST = 365  # days of a term; the calendar is known for a little more to both sides of a day


def read_due(place: Place, raw: Raw) -> DueRule:
    place.only(raw, "days unit same_day_cutoff pause")
    unit = place.one_of(raw, "unit", ("working_day", "day"))
    pause = place.one_of(raw, "pause", PAUSES) if "pause" in raw else PAUSES[0]
    days = place.need(raw, "days", int)
    same_day = bool(place.need({"same_day_cutoff": False, **raw}, "same_day_cutoff", bool))
    if not 1 <= days <= LONGEST:
        raise place.wrong(f"days is {days}; write a number from 1 to {LONGEST}", "days")
    if same_day and (days, unit) != (1, "working_day"):
        raise place.wrong("what is settled the same day has days: 1 and unit: working_day; correct one of them", "days")
    return DueRule(days, unit, same_day, pause)


def read_day(place: Place, raw: Raw, key: str) -> date:
    try:
        return date.fromisoformat(str(raw.get(key)))
    except ValueError:
        raise place.wrong(f"{key}: write a date like '2026-11-22'") from None


def read_fee(place: Place, raw: Raw) -> fees.FeeSpec:
    place.only(raw, FEE)
    made = fees.FeeSpec(
        kind=place.one_of(raw, "kind", fees.KINDS),
        amount=place.need(raw, "amount", int) if raw.get("amount") is not None else None,
        note=place.words_or_none(raw, "note"),
        unit=place.words_or_none(raw, "unit"),
        cases=tuple(_case(place.at("cases"), case) for case in place.rows(raw, "cases")),
        discounts=tuple(_discount(place.at("discounts"), cut) for cut in place.rows(raw, "discounts")),
        source=place.text_or_none(raw, "source") or "",
        confidence=place.text_or_none(raw, "confidence") or "",
    )
    made = replace(made, **{n: place.need(raw, n, int) for n in FEE_NUMBERS if n in raw})
    made = replace(made, **{n: place.need(raw, n) for n in ("times", "pages") if n in raw})
    if made.amount is None and made.kind != "local":
        raise place.wrong("amount is missing; write whole đồng, or kind: local where the province sets it")
    return made


def _case(place: Place, raw: Raw) -> fees.FeeCase:
    place.only(raw, "when amount")
    amount = raw.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise place.wrong("amount is missing; write whole đồng, 0 for free")
    return fees.FeeCase(place.condition(raw), amount)


def _discount(place: Place, raw: Raw) -> fees.Discount:
    place.only(raw, "percent valid_from valid_to act")
    start, end = read_day(place, raw, "valid_from"), read_day(place, raw, "valid_to")
    return fees.Discount(place.need(raw, "percent", int), start, end, place.need(raw, "act"))
