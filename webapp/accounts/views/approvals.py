"""What one person asked for and another one decides; then the first one's form, to be sent once more.

For the province it is its administrators' (`/manage`), for an office it is of those at its desk (`/counter`); an
office's is to nobody else there at all.
"""

from typing import Any

from flask import request

from webapp.accounts import second_person
from webapp.accounts.permissions import APPROVE, OFFICE_APPROVE
from webapp.accounts.staff_models import Approval
from webapp.accounts.views.bp import bp
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see_path
from webapp.shell.unit_of_work import SAFE_METHODS, db

PAGE = 30


def _approval(public_id: str) -> Approval | None:
    return second_person.find(db(), current_actor(), public_id, lock=request.method not in SAFE_METHODS)


@bp.get("/manage/approvals")
@allow(APPROVE)
def approvals() -> str:
    return _list(second_person.PROVINCE)


@bp.get("/counter/approvals")
@allow(OFFICE_APPROVE)
def office_approvals() -> str:
    return _list(second_person.OFFICE)


def _list(place: str) -> str:
    after = _approval(request.args.get("after", "")[:40])
    rows = second_person.listed(db(), current_actor(), after=after, limit=PAGE + 1)
    more = rows[PAGE - 1].Approval.public_id if len(rows) > PAGE else None
    return page("accounts/approvals.html", rows=rows[:PAGE], more=more, state_of=second_person.state_of, place=place)


@bp.get("/manage/approvals/<id>")
@allow(APPROVE, load=_approval)
def approval(row: Approval) -> str:
    return _one(row)


@bp.get("/counter/approvals/<id>")
@allow(OFFICE_APPROVE, load=_approval)
def office_approval(row: Approval) -> str:
    return _one(row)


def _one(row: Approval) -> str:
    mine = row.asked_by == current_actor().account_id
    asker, decider = second_person.names(db(), row)
    return page(
        "accounts/approval.html", row=row, state=second_person.state_of(row), mine=mine, asker=asker, decider=decider,
        place=second_person.page_of(row), to_do=second_person.TO_DO,
        alone=mine and not second_person.has_another(db(), current_actor()),
    )  # fmt: skip


@bp.post("/manage/approvals/<id>/agree")
@allow(APPROVE, load=_approval, fresh=True)
def agree(row: Approval) -> Any:
    return _agree(row)


@bp.post("/counter/approvals/<id>/agree")
@allow(OFFICE_APPROVE, load=_approval, fresh=True)
def office_agree(row: Approval) -> Any:
    return _agree(row)


def _agree(row: Approval) -> Any:
    second_person.agree(db(), row, by=current_actor())
    flash(_("You agreed. Whoever asked has 24 hours to do it."), "good")
    return see_path(second_person.page_of(row))


@bp.post("/manage/approvals/<id>/refuse")
@allow(APPROVE, load=_approval)
def refuse(row: Approval) -> Any:
    return _refuse(row)


@bp.post("/counter/approvals/<id>/refuse")
@allow(OFFICE_APPROVE, load=_approval)
def office_refuse(row: Approval) -> Any:
    return _refuse(row)


def _refuse(row: Approval) -> Any:
    second_person.refuse(db(), row, by=current_actor())
    flash(_("Refused. Nothing was changed."), "good")
    return see_path(second_person.page_of(row))
