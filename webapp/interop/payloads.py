"""What machines read of a procedure and of a dossier. Names are English, texts in both languages, moments in UTC.

`portal_status` is the number of the same state at the National Public Service Portal; the others of our states have
none there. Source: the status list that the provinces' systems synchronise by (ten statuses, 1 to 10).
"""

from datetime import date, datetime
from typing import Any

from webapp.catalogue.formspec import DocumentSpec, DueRule
from webapp.catalogue.index import Entry
from webapp.catalogue.queries import Current
from webapp.dossiers import progress
from webapp.dossiers.states import State
from webapp.dossiers.status import StatusView
from webapp.dossiers.view import DossierView, PaperView
from webapp.offices.workdays import CUTOFF

PORTAL_STATUS: dict[State, int] = {
    State.SUBMITTED: 1,
    State.RECEIVED: 2,
    State.DECLINED: 3,
    State.PROCESSING: 4,
    State.SUPPLEMENT_REQUESTED: 5,
    State.PAYMENT_DUE: 6,
    State.WITHDRAWAL_REQUESTED: 7,
    State.STOPPED: 8,
    State.SETTLED: 9,
    State.HANDED_OVER: 10,
}


def moment(value: datetime | date | None) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat() if value else None


def words(value: Any) -> dict[str, str] | None:
    return {"vi": value.get("vi"), "en": value.get("en")} if value is not None else None


def procedure_entry(entry: Entry, today: date) -> dict[str, Any]:
    """One row of the list. `online`: it can be begun and sent from here today."""
    return {
        "code": entry.code,
        "name": words(entry.title),
        "field": words(entry.field),
        "levels": list(entry.levels),
        "online": entry.online and not (entry.off and entry.off.on(today)),
        "href": f"/api/v1/procedures/{entry.code}",
    }


def _time_limit(due: DueRule) -> dict[str, Any]:
    until = f"{CUTOFF:%H:%M}" if due.same_day_cutoff else None
    return {"days": due.days, "unit": due.unit, "same_day_until": until, "after_pause": due.pause}


def procedure(found: Current) -> dict[str, Any]:
    """One procedure as offered today."""
    spec, off = found.spec, found.off
    return {
        "code": spec.code,
        "revision": found.number,
        "name": words(spec.name),
        "plain_name": words(spec.plain),
        "summary": words(spec.summary),
        "field": words(spec.field),
        "authority": words(spec.authority),
        "levels": list(spec.levels),
        "online": found.sendable,
        "not_taken": {"since": moment(off.since), "until": moment(off.until), "reason": off.reason} if off else None,
        # The national list leaves it open, or says it for each way of handing in.
        "time_limit": None if spec.listing else _time_limit(spec.due),
        "documents": [_document(one) for one in spec.documents],
        "results": [{"code": one.code, "reuse_code": one.reuse_code, "name": words(one.title)} for one in spec.results],
        "legal_basis": [one.act for one in spec.legal],
        "page": f"/procedures/{spec.code}",
    }


def _document(one: DocumentSpec) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": words(one.title),
        "required": one.required,
        "given": one.given,
        "originals": one.originals,
        "copies": one.copies,
        "reuse_codes": list(one.reuse_codes),
    }


def _stage(view: StatusView | DossierView) -> dict[str, Any]:
    late = progress.is_overdue(view.state, view.row.due_at)
    return {"state": view.state.value, "portal_status": PORTAL_STATUS.get(view.state), "overdue": late}


def status(view: StatusView) -> dict[str, Any]:
    """What the code and a second fact open: stage and dates."""
    return {
        "code": view.row.code,
        **_stage(view),
        "procedure": {"code": view.spec.code, "name": words(view.spec.plain)},
        "office": {"name": view.row.office_name, "phone": view.row.office_phone},
        "due_at": moment(view.row.due_at),
        "supplement_until": moment(view.row.deadline_on),
        "history": [{"at": moment(move.at), "verb": move.verb, "state": move.to_state.value} for move in view.moves],
    }


def dossier_row(row: Any) -> dict[str, Any]:
    """One row of an agency's list: what changed, not about whom."""
    state = State(row.state)
    return {
        "id": row.public_id,
        "code": row.code,
        "state": state.value,
        "portal_status": PORTAL_STATUS.get(state),
        "procedure_code": row.procedure_code,
        "submitted_at": moment(row.submitted_at),
        "due_at": moment(row.due_at),
        "changed_at": moment(row.updated_at),
        "href": f"/api/v1/dossiers/{row.public_id}",
    }


def dossier(view: DossierView) -> dict[str, Any]:
    """A whole dossier for the office it was sent to: who, what was answered, which files with their hashes."""
    return {
        "id": view.public_id,
        "code": view.row.code,
        "version": view.row.version,
        **_stage(view),
        "procedure": {"code": view.spec.code, "name": words(view.spec.plain)},
        "channel": view.row.channel,
        "submitted_at": moment(view.row.submitted_at),
        "received_at": moment(view.row.received_at),
        "due_at": moment(view.row.due_at),
        "applicant": {"name": view.applicant, "citizen_id": view.citizen_id, "birth_date": view.birth_date},
        "answers": view.answers,
        "papers": [_paper(one, view.public_id) for one in view.documents if one.given],
        "history": [{"at": moment(move.at), "verb": move.verb, "state": move.to_state.value} for move in view.moves],
    }


def _paper(paper: PaperView, dossier_id: str) -> dict[str, Any]:
    files = [
        {
            "id": one.public_id,
            "sha256": one.sha256,
            "size": one.size,
            "media_type": one.media_type,
            "stored_at": moment(one.stored_at),
            "at_desk_at": moment(one.delivered_at),
            "delivered_at": moment(one.acknowledged_at),
            "href": f"/api/v1/dossiers/{dossier_id}/files/{one.public_id}",
        }
        for one in paper.current
    ]
    record = paper.record
    reused = {"code": record.source_code, "issuer": record.issuer, "sha256": record.sha256} if record else None
    return {"key": paper.spec.key, "name": words(paper.spec.title), "files": files, "reused_record": reused}
