"""The same news in the app: whole sentences in the reader's language, put into words when they are read.

Behind a log-in, so the procedure is named here; what was decided stands on the dossier's own page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.core.text import Text
from webapp.shell.formats import day


@dataclass(frozen=True)
class Letter:
    """What one row of the box says."""

    title: Text
    body: Text


class Words(dict[str, str]):
    """A name kept as {"vi", "en"}; `t()` asks it for the reader's language."""

    def get(self, language: str, default: Any = None) -> Any:
        return super().get(language) or super().get("vi", default)


def _received(v: Mapping[str, Any]) -> Letter:
    if v.get("due"):
        body = Text("The office took on %(procedure)s (%(code)s). The result is due on %(due)s.", **v)
    else:
        body = Text("The office took on %(procedure)s (%(code)s).", **v)
    return Letter(Text("Your dossier was taken on"), body)


def _paid(v: Mapping[str, Any]) -> Letter:
    if v.get("due"):
        body = Text("%(office)s has your payment for %(procedure)s (%(code)s). The result is due on %(due)s.", **v)
    else:
        body = Text("%(office)s has your payment for %(procedure)s (%(code)s).", **v)
    return Letter(Text("Your payment was recorded"), body)


LETTERS: dict[str, Callable[[Mapping[str, Any]], Letter]] = {
    "submitted": lambda v: Letter(
        Text("Your dossier was sent"),
        Text("%(office)s has %(procedure)s (%(code)s). They answer within 8 working hours.", **v),
    ),
    "assisted_done": lambda v: Letter(
        Text("%(helper)s sent a dossier for you", **v),
        Text(
            "%(helper)s of %(office)s sent %(procedure)s (%(code)s) in your name. Not right? Call %(phone)s.", **v
        ),
    ),
    "received": _received,
    "supplement": lambda v: Letter(
        Text("Your dossier needs something more"),
        Text("Open %(procedure)s (%(code)s) to see what to add. Send it by %(deadline)s.", **v),
    ),
    "supplement_sent": lambda v: Letter(
        Text("What you added has arrived"),
        Text("%(office)s has everything you added to %(procedure)s (%(code)s).", **v),
    ),
    "processing": lambda v: Letter(
        Text("An officer is working on your dossier"),
        Text("%(office)s is working on %(procedure)s (%(code)s).", **v),
    ),
    "due_moved": lambda v: Letter(
        Text("The day of your result has changed"),
        Text("The calendar of days off changed, so %(procedure)s (%(code)s) is now due on %(due)s.", **v),
    ),
    "supplement_moved": lambda v: Letter(
        Text("You have more time to send what is missing"),
        Text(
            "The calendar of days off changed. Send what is missing in %(procedure)s (%(code)s) by %(deadline)s.", **v
        ),
    ),
    "draft_moved": lambda v: Letter(
        Text("You have more time to look through the draft"),
        Text(
            "The calendar of days off changed. Look through the draft of %(procedure)s (%(code)s) until %(check)s.", **v
        ),
    ),
    "settled": lambda v: Letter(
        Text("Your dossier is settled"),
        Text("Open %(procedure)s (%(code)s) to see the answer, or come to the one-stop counter.", **v),
    ),
    "handed_over": lambda v: Letter(
        Text("The result was handed over"),
        Text("%(procedure)s (%(code)s) was handed over. Was it not you? Call %(phone)s.", **v),
    ),
    "withdrawal_requested": lambda v: Letter(
        Text("You asked for your dossier back"),
        Text("%(office)s has your wish to take back %(procedure)s (%(code)s). Was it not you? Call %(phone)s.", **v),
    ),
    "withdrawal_answered": lambda v: Letter(
        Text("Your wish to take the dossier back was answered"),
        Text("Open %(procedure)s (%(code)s) to read the answer.", **v),
    ),
    "new_device": lambda v: Letter(
        Text("A log-in on a new device"),
        Text("%(device)s, %(time)s. If it was you, do nothing. If not, say so here, or call %(phone)s.", **v),
    ),
    "device_denied": lambda _v: Letter(
        Text("All log-ins of your account were ended"),
        Text("You told us that a log-in was not yours. On the next new device we ask for more than the phone."),
    ),
    "phone_changed": lambda v: Letter(
        Text("Your phone was changed"),
        Text("You log in with %(new)s now, no longer with %(old)s. Was it not you? Call %(phone)s at once.", **v),
    ),
    "phone_change_stopped": lambda v: Letter(
        Text("The change of your phone was undone"),
        Text("Whoever holds %(old)s stopped it. Results stay closed for a day. Need help? Call %(phone)s.", **v),
    ),
    "phone_recovered": lambda v: Letter(
        Text("A new phone was bound to your name"),
        Text("%(office)s did it, with your ID card. Was it not you? Call %(phone)s at once.", **v),
    ),
    "identity_linked": lambda v: Letter(
        Text("VNeID opens your account"),
        Text("VNeID was linked to your account. Was it not you? Call %(phone)s at once.", **v),
    ),
    "identity_unlinked": lambda v: Letter(
        Text("VNeID no longer opens your account"),
        Text("VNeID was taken away from your account. Was it not you? Call %(phone)s at once.", **v),
    ),
    "accounts_joined": lambda v: Letter(
        Text("Your two accounts are one"),
        Text("Dossiers, records, messages and phones of both are together now. Was it not you? Call %(phone)s.", **v),
    ),
    "declined": lambda v: Letter(
        Text("Your dossier was not accepted"),
        Text("Open %(procedure)s (%(code)s) to read why, and what you can do. Questions? Call %(phone)s.", **v),
    ),
    "stopped": lambda v: Letter(
        Text("The office stopped your dossier"),
        Text("Open %(procedure)s (%(code)s) to read why. Fetch your papers at the one-stop counter.", **v),
    ),
    "payment_required": lambda v: Letter(
        Text("A fee is to be paid"),
        Text("Open %(procedure)s (%(code)s) to see how much, what for and where. Nobody asks for it by phone.", **v),
    ),
    "paid": _paid,
    "extended": lambda v: Letter(
        Text("The office needs more time"),
        Text("We are sorry: the result of %(procedure)s (%(code)s) will come on %(due)s. Open it to read why.", **v),
    ),
    "draft_sent": lambda v: Letter(
        Text("Look through the draft of your result"),
        Text("Open %(procedure)s (%(code)s) and say yes or what is wrong, until %(check)s. No answer means yes.", **v),
    ),
    "draft_answered": lambda v: Letter(
        Text("Your answer to the draft has arrived"),
        Text("%(office)s has your answer to the draft of %(procedure)s (%(code)s).", **v),
    ),
    "infected": lambda v: Letter(
        Text("A file of your dossier has a virus"),
        Text(
            "Nobody can open one file of %(procedure)s (%(code)s). Keep the paper at hand: %(office)s will ask for "
            "it again, or call %(phone)s.",
            **v,
        ),
    ),
    "mandate_granted": lambda v: Letter(
        Text("You let %(helper)s act for you", **v),
        Text(
            "%(helper)s of %(office)s may do dossiers for you until %(until)s. Not right? Call %(phone)s, "
            "or stop it on the page of your helpers.",
            **v,
        ),
    ),
    "mandate_revoked": lambda v: Letter(
        Text("The permission of %(helper)s was taken back", **v),
        Text("%(helper)s of %(office)s can no longer act for you.", **v),
    ),
    "helper_ended": lambda v: Letter(
        Text("The visit with %(helper)s is over", **v),
        Text(
            "%(helper)s of %(office)s can no longer act for you. What was done stands on the page of your helpers.",
            **v,
        ),
    ),
    "draft_waits": lambda v: Letter(
        Text("A dossier that you began is not sent"),
        Text("The office does not have %(procedure)s yet. Open it, look through it once more and send it.", **v),
    ),
    "draft_ends": lambda v: Letter(
        Text("A dossier that you began will be deleted"),
        Text("You have not sent %(procedure)s. Go on with it before %(deadline)s, or it will be deleted.", **v),
    ),
}
DAYS = ("due", "deadline")


def letter(kind: str, params: Mapping[str, Any]) -> Letter:
    """The sentences of a kind, filled."""
    values = {key: Words(value) if isinstance(value, dict) else value for key, value in params.items()}
    for key in DAYS:
        if values.get(key):
            values[key] = day(values[key])
    return LETTERS[kind](values)
