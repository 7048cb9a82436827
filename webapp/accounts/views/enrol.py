"""A member of staff sets the own password and code app, by a link that is good once; the ten codes are shown once."""

from typing import Any

from flask import request

from webapp.accounts import invitations, questions
from webapp.accounts.views.bp import bp
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.shell.access import public
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import page
from webapp.shell.qr import qr_svg
from webapp.shell.unit_of_work import db, keep_changes


def _gone() -> tuple[str, int]:
    return page("accounts/enrol_gone.html"), 404


def _specs(kind: str) -> Any:
    return questions.ENROL_ALL if kind == invitations.ALL else questions.ENROL_FACTOR


def _page(found: Any, form: Form) -> str:
    row, account = found
    picture = qr_svg(invitations.app_address(row, account), _("QR code for the code app"))
    secret = " ".join(row.secret[at : at + 4] for at in range(0, len(row.secret), 4))
    return page(
        "accounts/enrol.html", account=account, form=form, errors=form.errors, picture=picture, secret=secret,
        kind=row.kind,
    )  # fmt: skip


@bp.get("/staff/enrol/<token>")
@public("whoever holds the link has no password yet")
def enrol(token: str) -> Any:
    found = invitations.find(db(), token)
    return _page(found, Form.show(_specs(found[0].kind))) if found else _gone()


@bp.post("/staff/enrol/<token>")
@public("whoever holds the link has no password yet")
def enrol_now(token: str) -> Any:
    found = invitations.find(db(), token, lock=True)
    if found is None:
        return _gone()
    row, account = found
    form = Form.read(_specs(row.kind), request.form)
    if form.ok and form.values["password"] != form.values.get("password_again", form.values["password"]):
        form.refuse("password_again", Text("The two passwords differ. Type both again."))
    if not form.ok:
        return _page(found, form), 422
    try:
        codes = invitations.enrol(db(), row, account, form.values["password"], form.values["otp"])
    except DomainError as error:
        keep_changes()  # tries count
        form.refuse(getattr(error, "field", "otp"), error.text)
        return _page(found, form), error.status
    return page("accounts/enrolled.html", account=account, codes=codes)
