"""The page of managers about texts that did not arrive."""

from flask import request, url_for
from werkzeug.wrappers import Response

from notifications import undelivered
from notifications.models import Message
from notifications.permissions import SEE_TO_MESSAGES
from notifications.views import bp
from webapp.core.errors import DomainError
from webapp.core.text import Text
from webapp.shell.access import allow, current_actor
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.pages import flash, page, see
from webapp.shell.unit_of_work import db

PATH = "/manage/messages"


def in_reach(public_id: str) -> Message | None:
    return undelivered.find(db(), current_actor(), public_id)


def _page(error: Text | None = None) -> str:
    no_phone = request.args.get("show") == "no-phone"
    after = request.args.get("after", "")[:22] or None
    rows, more = undelivered.listed(db(), current_actor(), no_phone=no_phone, after=after)
    show = "no-phone" if no_phone else None
    return page(
        "notifications/undelivered.html",
        rows=rows, no_phone=no_phone, more=url_for(".undelivered_texts", show=show, after=more) if more else None,
        errors=[("", t(error))] if error else None,
    )  # fmt: skip


@bp.get(PATH)
@allow(SEE_TO_MESSAGES)
def undelivered_texts() -> str:
    return _page()


@bp.post(f"{PATH}/<id>/send-again")
@allow(SEE_TO_MESSAGES, load=in_reach)
def send_text_again(message: Message) -> Response | tuple[str, int]:
    if not undelivered.is_open(db(), message):
        return _already()
    try:
        undelivered.send_again(db(), message, by=current_actor())
    except DomainError as error:
        return _page(error.text), error.status
    flash(_("The text message is on its way again."), "good")
    return _back()


@bp.post(f"{PATH}/<id>/told")
@allow(SEE_TO_MESSAGES, load=in_reach)
def told_otherwise(message: Message) -> Response:
    if not undelivered.is_open(db(), message):
        return _already()
    undelivered.told(db(), message, by=current_actor())
    flash(_("Noted: this person knows."), "good")
    return _back()


def _already() -> Response:
    flash(_("Somebody has already seen to this message."), "info")
    return _back()


def _back() -> Response:
    """To the list that the button stood in."""
    return see(".undelivered_texts", show="no-phone" if request.args.get("show") == "no-phone" else None)
