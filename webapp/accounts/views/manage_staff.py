"""Staff: who works where and as what; in and out, and a new way in for whoever lost theirs."""

from typing import Any

from flask import request

from webapp.accounts import invitations, questions, second_person, staff_admin
from webapp.accounts.models import Account
from webapp.accounts.permissions import MANAGE_STAFF
from webapp.accounts.staff_admin import WrongStaff
from webapp.accounts.views.bp import bp
from webapp.core.actor import Role
from webapp.core.text import N_, one_line
from webapp.offices import queries
from webapp.offices.models import Office
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.qr import qr_svg
from webapp.shell.services import settings
from webapp.shell.unit_of_work import SAFE_METHODS, db

PAGE = 40


def in_reach(public_id: str) -> Account | None:
    return staff_admin.find(db(), current_actor(), public_id, lock=request.method not in SAFE_METHODS)


@bp.get("/manage/staff")
@allow(MANAGE_STAFF)
def staff_list() -> str:
    who, args = current_actor(), request.args
    text, office = one_line(args.get("q", ""))[:80], args.get("office", "")[:30]
    rows = staff_admin.listed(db(), who, after=args.get("after", "")[:40], text=text, office=office, limit=PAGE + 1)
    more = rows[PAGE - 1].Account.username if len(rows) > PAGE else None
    return page(
        "accounts/staff_list.html",
        rows=rows[:PAGE], more=more, q=text, office=office, state_of=staff_admin.state_of, labels=questions.ROLE_LABELS,
        offices=queries.offices(db()) if staff_admin.sees_all(who) else [],
    )  # fmt: skip


def _specs(*, new: bool) -> list[Any]:
    who = current_actor()
    first = [questions.USERNAME, questions.STAFF_NAME] if new else [questions.STAFF_NAME]
    office = [questions.office_choice(db())] if staff_admin.sees_all(who) else []
    return [*first, *office, *questions.staff_roles(staff_admin.grantable(who))]


def _chosen(form: Form) -> tuple[list[Role], Office | None]:
    """Tasks and office of the form; a manager's office is the own one, whatever was posted."""
    who = current_actor()
    roles = [role for role in staff_admin.grantable(who) if form.values.get(f"role_{role.value}")]
    if staff_admin.sees_all(who):
        return roles, staff_admin.office_of_code(db(), form.values.get("office", ""))
    return roles, queries.office(db(), who.office_id) if who.office_id else None


def _refuse(form: Form, error: WrongStaff) -> None:
    """At the field it is about; the tasks are several boxes, the first one stands for them."""
    first_role = next(spec.key for spec in form.specs if spec.key.startswith("role_"))
    form.refuse(first_role if error.field == "roles" else error.field, error.text)


def _form_page(form: Form, account: Account | None = None) -> str:
    return page("accounts/staff_form.html", form=form, errors=form.errors, account=account)


def _agreed(title: str, username: str, name: str) -> None:
    second_person.require(title, {N_("Name"): name, N_("User name"): username})


def _of_administrator(title: str, account: Account, *, becomes: bool = False) -> None:
    """Go on when nobody with the whole province in their hands is concerned, or another administrator agreed."""
    staff_admin.guard(db(), account, current_actor())
    if becomes or Role.ADMIN.value in account.roles:
        _agreed(title, account.username or "", account.display_name or "")


def _link_page(account: Account, token: str, *, new: bool) -> str:
    """The link, this once: to be shown or read to its owner. Not by a redirect, or it would have to be kept."""
    link = f"{settings().base_url.rstrip('/')}/staff/enrol/{token}"
    picture = qr_svg(link, _("QR code of the link"))
    return page("accounts/staff_link.html", account=account, link=link, picture=picture, new=new)


@bp.get("/manage/staff/new")
@allow(MANAGE_STAFF, fresh=True)
def new_staff() -> str:
    return _form_page(Form.show(_specs(new=True)))


@bp.post("/manage/staff/new")
@allow(MANAGE_STAFF, fresh=True)
def create_staff() -> Any:
    form = Form.read(_specs(new=True), request.form)
    if not form.ok:
        return _form_page(form), 422
    roles, office = _chosen(form)
    name, who = form.values["name"], current_actor()
    try:
        username, _office = staff_admin.check_new(db(), form.values["username"], roles, office, who)
        if Role.ADMIN in roles:
            _agreed(N_("Make an administrator"), username, name)
        account, token = staff_admin.create(db(), username=username, name=name, roles=roles, office=office, by=who)
    except WrongStaff as error:
        _refuse(form, error)
        return _form_page(form), error.status
    return _link_page(account, token, new=True)


@bp.get("/manage/staff/<id>")
@allow(MANAGE_STAFF, load=in_reach)
def staff_member(account: Account) -> str:
    office = queries.office(db(), account.office_id) if account.office_id else None
    return page(
        "accounts/staff_member.html",
        account=account, office=office, state=staff_admin.state_of(account), labels=questions.ROLE_LABELS,
        reset=questions.RESET, own=account.id == current_actor().account_id,
    )  # fmt: skip


@bp.get("/manage/staff/<id>/change")
@allow(MANAGE_STAFF, load=in_reach, fresh=True)
def change_staff_form(account: Account) -> str:
    office = queries.office(db(), account.office_id) if account.office_id else None
    begun = {f"role_{role}": "yes" for role in account.roles}
    begun |= {"name": account.display_name or "", "office": office.code if office else ""}
    return _form_page(Form.show(_specs(new=False), begun), account)


@bp.post("/manage/staff/<id>/change")
@allow(MANAGE_STAFF, load=in_reach, fresh=True)
def change_staff(account: Account) -> Any:
    form = Form.read(_specs(new=False), request.form)
    if not form.ok:
        return _form_page(form, account), 422
    roles, office = _chosen(form)
    name, who = form.values["name"], current_actor()
    try:
        staff_admin.check(who, roles, office)
        _of_administrator(N_("Make or change an administrator"), account, becomes=Role.ADMIN in roles)
        staff_admin.change(db(), account, name=name, roles=roles, office=office, by=who)
    except WrongStaff as error:
        _refuse(form, error)
        return _form_page(form, account), error.status
    flash(_("Kept. It is in force at their next click."), "good")
    return see(".staff_member", id=account.public_id)


@bp.post("/manage/staff/<id>/disable")
@allow(MANAGE_STAFF, load=in_reach)
def disable_staff(account: Account) -> Any:
    staff_admin.disable(db(), account, by=current_actor())
    flash(_("Closed. They are logged out everywhere."), "good")
    return see(".staff_member", id=account.public_id)


@bp.post("/manage/staff/<id>/enable")
@allow(MANAGE_STAFF, load=in_reach, fresh=True)
def enable_staff(account: Account) -> str:
    _of_administrator(N_("Open an administrator's account again"), account)
    return _link_page(account, staff_admin.enable(db(), account, by=current_actor()), new=False)


@bp.post("/manage/staff/<id>/reset")
@allow(MANAGE_STAFF, load=in_reach, fresh=True)
def reset_staff(account: Account) -> Any:
    form = Form.read([questions.RESET], request.form)
    kind = form.values.get("kind", invitations.FACTOR)
    _of_administrator(N_("A new way in for an administrator"), account)
    return _link_page(account, staff_admin.reset(db(), account, kind, by=current_actor()), new=False)
