"""The first page of the two ways in: a phone, and a code is on its way. Logging in and registering differ in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request

from webapp.accounts import entry, questions, sessions
from webapp.accounts.origins import WaitFirst
from webapp.core import clock
from webapp.core.errors import DomainError, TooMany
from webapp.core.fields import FieldSpec
from webapp.shell.access import actor, safe_path
from webapp.shell.forms import Form
from webapp.shell.pages import page, see, see_path
from webapp.shell.services import settings
from webapp.shell.unit_of_work import db


@dataclass(frozen=True)
class Way:
    """A page that asks for a phone."""

    path: str
    template: str
    specs: Sequence[FieldSpec]
    new: bool


LOG_IN = Way("/login", "accounts/log_in.html", questions.LOG_IN, new=False)
REGISTER = Way("/register", "accounts/register.html", questions.REGISTER, new=True)


def address() -> str:
    """Where a request comes from; the proxies before us are already looked through."""
    return request.remote_addr or ""


def _page(way: Way, form: Form, target: str) -> str:
    why = sessions.why_out(db()) if request.method == "GET" else None
    return page(way.template, form=form, errors=form.errors, next=target, demo=settings().is_demo, why_out=why)


def show(way: Way) -> Any:
    target = safe_path(request.args.get("next"), entry.HOME)
    return see_path(target) if actor() else _page(way, Form.show(way.specs), target)


def send(way: Way) -> Any:
    """Ask for the code; or say what is wrong with the number, or how long to wait."""
    target = safe_path(request.form.get("next"), entry.HOME)
    form = Form.read(way.specs, request.form)
    if not form.ok:
        return _page(way, form, target), 422
    wanted = entry.Entry("", target, form.values.get("owner", "mine"), way.new)
    try:
        entry.ask(db(), form.values["phone"], wanted, request.form.get("ticket"))
    except WaitFirst as wait:
        typed = {spec.key: form.raw.get(spec.key, "") for spec in way.specs}
        return waiting_page(wait, way.path, {**typed, "next": target})
    except DomainError as error:
        form.refuse("phone", error.text)
        return _page(way, form, target), error.status, retry_after(error)
    return see(".code")


def waiting_page(wait: WaitFirst, action: str, fields: dict[str, Any]) -> Any:
    """The same form once more, its values kept, with the ticket and the moment from which it is taken."""
    ready_at = clock.local(clock.now() + timedelta(seconds=wait.retry_after))
    body = page(
        "accounts/wait.html",
        action=action,
        fields={**fields, "ticket": wait.ticket},
        ready_at=f"{ready_at:%H:%M:%S}",
        seconds=wait.retry_after,
    )
    return body, wait.status, retry_after(wait)


def retry_after(error: DomainError) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
