"""A sheet as PDF/A: one template for all forms; words go in as JSON, never as markup."""

import json
from importlib.resources import files

import typst

from webapp.dossiers.papers.sheet import Sheet
from webapp.shell.i18n import gettext as _
from webapp.shell.i18n import language
from webapp.shell.qr import matrix, qr_path

FONTS = str(files("fontpkg_be_vietnam_pro") / "files")
TEMPLATE = files("webapp.dossiers.papers") / "paper.typ"


def sheet_pdf(sheet: Sheet) -> bytes:
    data = {
        **sheet.data(),
        "lang": language(),
        "sign_here": _("(signature, full name)"),
        "qr_svg": _drawn(sheet.qr) if sheet.qr else "",
    }
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
    )


def _drawn(address: str) -> str:
    """From the same matrix as on the page."""
    rows = matrix(address)
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path stroke="#000" d="{qr_path(rows)}"/></svg>'
    )
