"""How a dossier ends well: its draft, its result, and the hand that takes it."""

from datetime import date

from flask import abort, request

from webapp.accounts.fresh import require_fresh
from webapp.catalogue import queries as catalogue
from webapp.core import clock
from webapp.core.fields import FieldSpec
from webapp.core.files import Given
from webapp.core.text import Text
from webapp.counter import sheet
from webapp.counter.deciding import Answer, decide, form_again, form_page, load_row, reason_of, the_view
from webapp.counter.views import bp, load_view
from webapp.dossiers.draft_check import lacks_draft, newest
from webapp.dossiers.draft_check import send_draft as send_draft_verb
from webapp.dossiers.hand_over import hand_over as hand_over_verb
from webapp.dossiers.models import Dossier
from webapp.dossiers.permissions import HAND_OVER, SEND_DRAFT, SETTLE
from webapp.dossiers.phrases import phrases
from webapp.dossiers.settle import NO_DRAFT as MISSING_DRAFT
from webapp.dossiers.settle import settle_dossier
from webapp.dossiers.view import DossierView
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import speaking, t
from webapp.shell.services import services
from webapp.shell.unit_of_work import db
from webapp.shell.uploads import take_in

DECISION = FieldSpec(
    "decision",
    "select",
    Text("What was decided?"),
    options=(("granted", Text("Granted: there is a result")), ("refused", Text("Refused, with the reason"))),
)
NUMBER = FieldSpec("number", "text", Text("Number of the result"), required=False)
ISSUED_ON = FieldSpec("issued_on", "date", Text("Issued on"))
REASON = FieldSpec(
    "reason",
    "textarea",
    Text("In your own words"),
    hint=Text("Say what is missing and what the applicant can do."),
    required=False,
)
NO_DRAFT = FieldSpec(
    "no_draft",
    "select",
    Text("Why was no draft shown?"),
    options=tuple((phrase.key, phrase.words) for phrase in phrases("no_draft")),
    required=False,
)
SETTLING = [DECISION, NUMBER, ISSUED_ON, REASON, NO_DRAFT]
DRAFT = FieldSpec(
    "text", "textarea", Text("What will stand on the result"), hint=Text("One line each, as it will be printed.")
)
TO_WHOM = FieldSpec("to_whom", "name", Text("Who takes it?"), hint=Text("Full name, as on the ID card."))
HOW = FieldSpec(
    "how",
    "select",
    Text("How?"),
    options=(
        ("counter", Text("At the counter, after looking at the ID card")),
        ("post", Text("By post")),
        ("phone", Text("The file on the phone is enough")),
    ),
)
HANDING = [TO_WHOM, HOW]
# What the applicant asked for on the form → how it is handed over, as far as nobody says otherwise.
WISHED = {"tai_bo_phan_mot_cua": "counter", "buu_chinh_cong_ich": "post", "dien_tu": "phone"}


# ------------------------------------------------------------------------------------------------ a draft of it


@bp.get("/counter/dossiers/<id>/send-draft")
@allow(SEND_DRAFT, load=load_view)
def drafting(view: DossierView) -> Answer:
    last = newest(db(), view.row.id)
    text = last.text if last is not None else draft_lines(view)
    return form_page("send_draft", view, Form.show([DRAFT], {"text": text}), draft=last)


@bp.post("/counter/dossiers/<id>/send-draft")
@allow(SEND_DRAFT, load=load_row)
def send_draft(dossier: Dossier) -> Answer:
    form = Form.read([DRAFT], request.form)
    dossier, given = given_file(dossier)
    again = form_again("send_draft", form, draft=newest(db(), dossier.id))
    if not form.ok:
        return again(the_view(dossier.public_id), None)

    def act(row: Dossier, version: int) -> None:
        send_draft_verb(
            db(), services().storage, row, by=current_actor(), version=version, text=form.values["text"], file=given
        )

    return decide(dossier, "send_draft", act, _("Sent. The applicant gets a message now."), again, (form, "file"))


def draft_lines(view: DossierView) -> str:
    """What the answers say, line by line, but for how to reach the person and to give the result: the officer takes
    away what else does not stand on it."""
    lines = []
    with speaking("vi"):  # as it will be printed
        for group in (g for g in sheet.groups(view) if g.key != "result"):
            told = [a for a in group.answers if a.value is not None and a.kind not in ("phone", "email")]
            said = [f"{t(a.label)}: {t(a.value)}" for a in told]
            lines += [f"{t(group.title)}", *said, ""] if said else []
    return "\n".join(lines).strip()[:5000]


# ------------------------------------------------------------------------------------------------ the result


@bp.get("/counter/dossiers/<id>/settle")
@allow(SETTLE, load=load_view)
def settling(view: DossierView) -> Answer:
    require_fresh()
    form = Form.show(SETTLING, {"issued_on": clock.today().isoformat()})
    return form_page("settle", view, form, lacks_draft=lacks_draft(db(), view.spec, view.row.channel, view.row.id))


@bp.post("/counter/dossiers/<id>/settle")
@allow(SETTLE, load=load_row)
def settle(dossier: Dossier) -> Answer:
    require_fresh()
    form = Form.read(SETTLING, request.form)
    dossier, given = given_file(dossier)
    unseen = no_draft_seen(dossier)
    reason = check_result(form, given, unseen)
    again = form_again("settle", form, lacks_draft=unseen)
    if not form.ok:
        return again(the_view(dossier.public_id), None)

    def act(row: Dossier, version: int) -> None:
        v = form.values
        settle_dossier(
            db(), services().storage, row, by=current_actor(), version=version, decision=v["decision"],
            number=v.get("number", ""), issued_on=date.fromisoformat(v["issued_on"]), file=given,
            reason=reason, no_draft=v.get("no_draft", ""),
        )  # fmt: skip

    return decide(dossier, "settle", act, _("Settled. The applicant gets a message now."), again, (form, "file"))


def given_file(dossier: Dossier) -> tuple[Dossier, Given | None]:
    """The file of the result, if one was chosen, and the row read anew: nobody waits while a file is opened."""
    public_id = dossier.public_id
    given = take_in("file", by=current_actor())
    return load_row(public_id) or abort(404), given[0] if given else None


def no_draft_seen(dossier: Dossier) -> bool:
    spec = catalogue.spec_by_revision(db(), dossier.revision_id)
    return lacks_draft(db(), spec, dossier.channel, dossier.id)


def check_result(form: Form, given: Given | None, unseen: bool) -> str:
    """Granted needs the paper and a draft that was seen, refused the reason, which is returned."""
    decision = form.values.get("decision")
    if decision == "granted" and given is None:
        form.refuse("file", Text("Add the file of the result (PDF or photo)."))
    if decision == "granted" and unseen and not form.values.get("no_draft"):
        form.refuse("no_draft", MISSING_DRAFT)
    return reason_of("settle", form) if decision == "refused" else ""


# ------------------------------------------------------------------------------------------------ into a hand


@bp.get("/counter/dossiers/<id>/hand-over")
@allow(HAND_OVER, load=load_view)
def handing(view: DossierView) -> Answer:
    require_fresh()
    how = WISHED.get(view.answers.get("result_channel", ""), "counter")
    return form_page("hand_over", view, Form.show(HANDING, {"to_whom": view.applicant, "how": how}))


@bp.post("/counter/dossiers/<id>/hand-over")
@allow(HAND_OVER, load=load_row)
def hand_over(dossier: Dossier) -> Answer:
    require_fresh()
    form = Form.read(HANDING, request.form)
    again = form_again("hand_over", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)

    def act(row: Dossier, version: int) -> None:
        with speaking("vi"):  # it stands in the register
            how = t(dict(HOW.options)[form.values["how"]])
        hand_over_verb(db(), row, by=current_actor(), version=version, to_whom=f"{form.values['to_whom']} ({how})")

    return decide(dossier, "hand_over", act, _("Handed over."), again, (form, "to_whom"))
