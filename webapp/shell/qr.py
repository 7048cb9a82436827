"""QR as one small SVG path: runs of dark modules drawn as lines, far smaller than the library's own drawing."""

from itertools import groupby

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_H


def matrix(text: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_H, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows: list[list[bool]] = code.get_matrix()
    return rows


def qr_path(rows: list[list[bool]]) -> str:
    """A line through the middle of each run of dark modules; from one run to the next only the gap is written."""
    parts = []
    for y, row in enumerate(rows):
        end: int | None = None
        for dark, run in groupby(range(len(row)), key=row.__getitem__):
            if not dark:
                continue
            start, *more = run
            parts.append(f"M{start} {y}.5" if end is None else f"m{start - end} 0")
            parts.append(f"h{len(more) + 1}")
            end = start + len(more) + 1
    return "".join(parts)


def qr_svg(text: str, label: str = "") -> Markup:
    """An SVG for a page or a paper; black on white in every theme, so that cameras read it in the dark too."""
    rows = matrix(text)
    n = len(rows)
    return Markup(
        '<svg class="qr" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {n} {n}" role="img" aria-label="{label}"'
        ' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{n}v{n}H0z"/><path stroke="#000" d="{path}"/></svg>'
    ).format(n=n, label=label, path=qr_path(rows))
