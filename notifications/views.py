"""The box of a person, the demo's phone, and the door where the gateway reports."""

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from notifications import callbacks, queries
from notifications.permissions import READ_MESSAGES
from webapp.core.parsing import FieldError, mobile
from webapp.shell.access import allow, current_actor, public
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.security import csrf
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db

bp = Blueprint("notifications", __name__)
demo = Blueprint("demo_phone", __name__)


def _person() -> int:
    """Whose box; only a citizen has the right, and a citizen is always somebody."""
    person_id = current_actor().person_id
    if person_id is None:
        abort(404)
    return person_id


@bp.get("/me/messages")
@allow(READ_MESSAGES)
def messages() -> str:
    rows, after = queries.inbox_of(db(), _person(), request.args.get("after"))
    return page(
        "notifications/messages.html",
        rows=rows,
        unread=queries.unread(db(), _person()),
        older=url_for(".messages", after=after) if after else None,
        newest=url_for(".messages") if "after" in request.args else None,
    )


@bp.post("/me/messages/read")
@allow(READ_MESSAGES)
def mark_read() -> Response:
    queries.mark_read(db(), _person())
    flash(_("All messages are marked as read."))
    return see(".messages")


@bp.post(callbacks.PATH)
@csrf.exempt
@public("the gateway reports here, and signs every report")
def sms_status() -> tuple[str, int]:
    if callbacks.has_repeats(request.form) or callbacks.has_repeats(request.args):
        abort(400)
    query = request.query_string.decode("ascii", "replace")
    if not callbacks.is_genuine(settings(), query, request.form, request.headers.get("X-Twilio-Signature")):
        abort(403)
    status = request.form.get("MessageStatus") or request.form.get("SmsStatus", "")
    ref, why = request.form.get("MessageSid", ""), request.form.get("ErrorCode", "")
    if not callbacks.take_report(db(), request.args.get("message"), ref, status, why):
        abort(404)
    return "", 204


@demo.get("/demo/phone")
@public("a trial phone with invented numbers; production does not have this page")
def demo_phone() -> str:
    typed = request.args.get("number", "").strip()
    number, wrong = None, False
    if typed:
        try:
            number = mobile(typed)
        except FieldError:
            wrong = True
    texts = [] if wrong else queries.demo_texts(db(), number)
    numbers = sorted({text.number for text in queries.demo_texts(db())})
    return page("notifications/demo_phone.html", texts=texts, numbers=numbers, number=number, typed=typed, wrong=wrong)
