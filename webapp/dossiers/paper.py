"""The receipt on paper: form 01 of Circular 03/2025/TT-VPCP on one A5 page. typst: six milliseconds, data as JSON."""

import json
from importlib.resources import files
from typing import Any

import typst

from webapp.dossiers.received import Said
from webapp.dossiers.view import DossierView, PaperView
from webapp.shell.formats import day, daytime, phone
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import t
from webapp.shell.qr import matrix, qr_path

FONTS = str(files("fontpkg_be_vietnam_pro") / "files")
TEMPLATE = files("webapp.dossiers") / "receipt.typ"


def receipt_pdf(
    *, view: DossierView, receipts: list[Said], due: Any, due_is_firm: bool, qr: str, inbound_number: str
) -> bytes:
    """One A5 page, PDF/A-2b: what was said at the sending. The QR is drawn from the same matrix as on the page."""
    row, first = view.row, receipts[0]
    rows = matrix(qr)
    size = len(rows)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path stroke="#000" d="{qr_path(rows)}"/></svg>'
    )
    facts = {
        "office": row.office_name,
        "code": row.code,
        "lookup": row.lookup_code,
        "by_text": by_text(row.lookup_code, inbound_number),
        "applicant": view.applicant,
        "procedure": t(view.spec.name),
        "received": daytime(first.at),
        "due": day(due) if due else _("no fixed day"),
        "due_note": _("Due") if due_is_firm else _("Due, if accepted today"),
        "phone": phone(row.office_phone.replace(" ", "")),
        "address": row.office_address,
        "papers": [_paper(p) for p in first.papers],
        "count": _("%(n)s of %(n)s papers", n=len(first.papers)),
        "qr": svg,
        "seal": first.seal,
        "words": _words(),
    }
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(facts, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )


def by_text(lookup_code: str, number: str) -> str:
    """How to ask by SMS; nothing where nobody can."""
    return _("Or text HS %(code)s to %(number)s.", code=lookup_code.replace("-", ""), number=number) if number else ""


def _paper(paper: PaperView) -> dict[str, str]:
    if paper.record is not None:
        note = _("from your records, %(code)s", code=paper.record.source_code or paper.record.issuer)
    else:
        note = _("%(n)s photos", n=len(paper.files))
    return {"title": t(paper.spec.title), "note": note}


def _words() -> dict[str, str]:
    return {
        "title": _("RECEIPT AND APPOINTMENT"),
        "desk": _("One-stop counter"),
        "number": _("Dossier code"),
        "applicant": _("Applicant"),
        "procedure": _("Procedure"),
        "papers": _("The office has received"),
        "received": _("Received at"),
        "follow": _("To follow it: scan the code with a phone, or open the home page and type the lookup code"),
        "lookup": _("Lookup code"),
        "call": _("Or call"),
        "seal": _("Seal of this receipt"),
        "trial": _("Printed by Một Cửa. This receipt has no value if its code cannot be looked up."),
    }
