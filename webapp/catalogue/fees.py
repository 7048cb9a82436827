"""What a procedure costs. Pure; whole đồng; None where only the province or the agency knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.catalogue.conditions import Condition
from webapp.catalogue.words import Words

KINDS = ("free", "per_unit", "per_page", "by_channel", "by_case", "local")


@dataclass(frozen=True)
class FeeCase:
    """Another amount for some people or requests."""

    condition: Condition
    amount: int


@dataclass(frozen=True)
class Discount:
    """A cut that the law grants for some time."""

    percent: int
    valid_from: date
    valid_to: date
    act: str


@dataclass(frozen=True)
class FeeSpec:
    """The rule. `times` and `pages` name the answers that count; `copy_amount` is for an extra copy."""

    kind: str
    amount: int | None
    note: Words | None = None
    unit: Words | None = None
    counter_amount: int | None = None
    ceiling_amount: int | None = None
    copy_amount: int | None = None
    times: str | None = None
    pages: str | None = None
    more_amount: int | None = None
    more_from_page: int | None = None
    max_amount: int | None = None
    cases: tuple[FeeCase, ...] = ()
    discounts: tuple[Discount, ...] = ()
    source: str = ""
    confidence: str = ""

    def total(self, answers: Mapping[str, Any], *, on: date, online: bool = True) -> int | None:
        """The fee of one dossier, or None where it is not known before appraisal."""
        one = self._one(answers, online)
        if one is None:
            return None
        total = one * _count(answers, self.times)
        for discount in self.discounts:
            if discount.valid_from <= on <= discount.valid_to:
                total = total * (100 - discount.percent) // 100
        if self.copy_amount and answers.get("copies_wanted") in ("yes", True):
            total += self.copy_amount * _count(answers, "copies_n")
        return total

    def _one(self, answers: Mapping[str, Any], online: bool) -> int | None:
        for case in self.cases:
            if case.condition.holds(answers):
                return case.amount
        if self.kind == "by_channel" and not online:
            return self.counter_amount
        if self.kind == "per_page" and self.amount is not None:
            return self._pages(_count(answers, self.pages), self.amount)
        return None if self.kind == "local" else self.amount

    def _pages(self, pages: int, amount: int) -> int:
        cheap_from = self.more_from_page or pages + 1
        dear = min(pages, cheap_from - 1)
        total = dear * amount + (pages - dear) * (self.more_amount or 0)
        return min(total, self.max_amount) if self.max_amount else total


def _count(answers: Mapping[str, Any], key: str | None) -> int:
    """How many the person asked for; one when the question was not asked or not answered."""
    if key is None:
        return 1
    try:
        return max(1, int(answers.get(key) or 1))
    except (TypeError, ValueError):
        return 1
