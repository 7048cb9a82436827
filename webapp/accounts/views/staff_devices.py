"""Where a member of staff was logged in, and "this was not me"."""

from werkzeug.wrappers import Response

from webapp.accounts import own, sessions, staff_devices
from webapp.accounts.permissions import STAFF_DEVICES
from webapp.accounts.views.bp import bp
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db


@bp.get("/staff/devices")
@allow(STAFF_DEVICES)
def own_staff_devices() -> str:
    who = current_actor()
    new = staff_devices.unanswered(db(), who.account_id or 0)
    return page("accounts/staff_devices.html", rows=own.devices(db(), who), new=new)


@bp.post("/staff/devices/mine")
@allow(STAFF_DEVICES)
def own_new_devices() -> Response:
    staff_devices.own_them(db(), by=current_actor())
    flash(_("Good: these log-ins were yours."), "good")
    return see(".own_staff_devices")


@bp.post("/staff/devices/not-me")
@allow(STAFF_DEVICES)
def deny_new_devices() -> Response:
    if not staff_devices.deny_them(db(), by=current_actor()):
        return see(".own_staff_devices")
    sessions.end(db())
    flash(
        _(
            "Your account is closed and everybody is logged out of it. Go to your manager or the administrator: they "
            "open it again, and you set a new password and a new code app."
        ),
        "warn",
    )
    return see(".staff_log_in")
