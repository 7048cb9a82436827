"""Where one is logged in; and "this was not me", for whoever was told of a device that is not theirs."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from webapp.accounts import devices, not_me, own, questions, sessions
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.permissions import OWN_SESSIONS
from webapp.accounts.views import asking
from webapp.accounts.views.bp import bp
from webapp.core.errors import DomainError
from webapp.shell.access import allow, current_actor, public
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import ngettext
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db, keep_changes


def _own(public_id: str) -> KnownDevice | None:
    account_id = current_actor().account_id
    return next((row for row in devices.of_account(db(), account_id or 0) if row.public_id == public_id), None)


@bp.get("/me/devices")
@allow(OWN_SESSIONS)
def my_devices() -> str:
    return page("accounts/devices.html", rows=own.devices(db(), current_actor()))


@bp.post("/me/devices/<id>/end")
@allow(OWN_SESSIONS, load=_own)
def end_device(device: KnownDevice) -> Response:
    own.forget_device(db(), current_actor(), device)
    flash(_("This device is logged out. Whoever comes in on it next must show more than the phone."), "good")
    return see(".my_devices")


@bp.post("/me/devices/end-others")
@allow(OWN_SESSIONS)
def end_others() -> Response:
    count = own.end_other_log_ins(db(), current_actor())
    flash(ngettext("%(n)s other log-in was ended.", "%(n)s other log-ins were ended.", count), "good")
    return see(".my_devices")


def _not_me_page(form: Form, device: KnownDevice | None = None) -> str:
    return page("accounts/not_me.html", form=form, errors=form.errors, device=device, action=request.path)


def _deny(device: KnownDevice) -> str:
    ended = not_me.deny(db(), device)
    here = sessions.current_login()
    if here is None or here.account_id == device.account_id:
        sessions.end(db())
    return page("accounts/not_me_done.html", ended=ended)


@bp.get("/not-me")
@public("lets nobody in: ends log-ins that their owner does not know")
def not_me_by_code() -> str:
    return _not_me_page(Form.show(questions.NOT_ME))


@bp.post("/not-me")
@public("lets nobody in: ends log-ins that their owner does not know")
def deny_by_code() -> Any:
    form = Form.read(questions.NOT_ME, request.form)
    if not form.ok:
        return _not_me_page(form), 422
    try:
        device = not_me.told(db(), form.values["phone"], form.values["code"], asking.address())
    except DomainError as error:
        keep_changes()  # wrong tries count
        form.refuse("code", error.text)
        return _not_me_page(form), error.status, asking.retry_after(error)
    return _deny(device)


@bp.get("/not-me/<token>")
@public("a signed link from a message in the app; opening it changes nothing")
def not_me_by_link(token: str) -> Any:
    device = devices.by_alarm_link(db(), token)
    if device is None:
        return see(".not_me_by_code")
    return _not_me_page(Form.show([]), device)


@bp.post("/not-me/<token>")
@public("a signed link from a message in the app, good for this one act")
def deny_by_link(token: str) -> Any:
    device = devices.by_alarm_link(db(), token)
    return _deny(device) if device is not None else see(".not_me_by_code")
