"""The box of a person, the demo's phone, and the doors where the gateway reports and brings people's texts."""

from collections.abc import Mapping

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from notifications import callbacks, queries, texts_in
from notifications.permissions import READ_MESSAGES
from webapp.core.fields import FieldSpec
from webapp.core.ids import new_public_id
from webapp.core.parsing import FieldError, mobile
from webapp.core.text import Text
from webapp.shell.access import allow, current_actor, public
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.pages import flash, page, see
from webapp.shell.security import csrf
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db

bp = Blueprint("notifications", __name__)
demo = Blueprint("demo_phone", __name__)
SEND = (
    FieldSpec("sender", "phone", Text("From the phone")),
    FieldSpec("text", "text", Text("Text"), Text("For example HS 7K492M")),
)


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
    said = _said_by_gateway(callbacks.PATH)
    ref, status, why = (said.get(name, "") for name in ("id", "status", "error"))
    if not callbacks.take_report(db(), said.get("message"), ref, status, why):
        abort(404)
    return "", 204


@bp.post(callbacks.INBOUND)
@csrf.exempt
@public("the gateway brings people's own texts here, and signs each")
def sms_inbound() -> tuple[str, int]:
    ours = settings().inbound_number
    if not ours:
        abort(404)
    said = _said_by_gateway(callbacks.INBOUND)
    if not said.get("id") or not said.get("from"):
        abort(400)
    if said.get("to", ours).lstrip("+") != ours.lstrip("+"):
        abort(404)  # of another service on the same account, which answers by itself
    texts_in.take(db(), settings(), texts_in.TextIn(said["id"], said["from"], said.get("text", "")))
    return "", 204


def _said_by_gateway(path: str) -> Mapping[str, str]:
    """What it posted; refused when it is not signed by it, or cannot be."""
    body = request.get_data()
    if callbacks.has_repeats(request.form) or callbacks.has_repeats(request.args):
        abort(400)
    query = request.query_string.decode("ascii", "replace")
    posted = callbacks.Posted(path, query, request.args, request.form, body, request.headers)
    said = callbacks.said_by_gateway(settings(), posted)
    if said is None:
        abort(403)
    return said


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
    return _phone_page(number, typed, wrong=wrong)


@demo.post("/demo/phone")
@public("the same trial phone sends a text, which goes the way of a real one")
def demo_send() -> Response | tuple[str, int]:
    form = Form.read(SEND, request.form)
    if not settings().inbound_number:
        abort(404)
    if not form.ok:
        return _phone_page(None, "", form=form), 422
    ref = request.form.get("key") or new_public_id()  # a second tap sends the same text
    texts_in.take(db(), settings(), texts_in.TextIn(ref, form.values["sender"], form.values["text"]))
    flash(_("Sent. The answer comes in a second or two; open this page again."))
    return see("demo_phone.demo_phone", number=form.values["sender"])


def _phone_page(number: str | None, typed: str, *, wrong: bool = False, form: Form | None = None) -> str:
    texts = [] if wrong else queries.demo_texts(db(), number)
    return page(
        "notifications/demo_phone.html",
        texts=texts, numbers=sorted({text.number for text in queries.demo_texts(db())}), number=number, typed=typed,
        wrong=wrong, form=form or Form.show(SEND, {"sender": number or ""}), key=new_public_id(),
        errors=form.errors if form else None,
    )  # fmt: skip
