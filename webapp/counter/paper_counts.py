"""How many of each paper came on paper: typed by the officer who has them in hand, printed on form 01."""

from flask import request

from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.counter.deciding import Answer, decide, form_again, form_page, load_row, the_view
from webapp.counter.views import bp, load_view
from webapp.dossiers.count_papers import MOST
from webapp.dossiers.count_papers import count_papers as count_verb
from webapp.dossiers.models import Dossier
from webapp.dossiers.permissions import COUNT_PAPERS
from webapp.dossiers.view import Counted, DossierView, PaperView
from webapp.shell.access import allow, current_actor
from webapp.shell.forms import Form
from webapp.shell.i18n import gettext as _
from webapp.shell.unit_of_work import db

KINDS = {"originals": Text("Originals"), "certified": Text("Certified copies"), "plain": Text("Plain copies")}


def _specs(view: DossierView) -> list[FieldSpec]:
    return [
        FieldSpec(f"{kind}_{paper.spec.key}", "int", label, required=False)
        for paper in view.documents
        for kind, label in KINDS.items()
    ]


def _known(view: DossierView) -> dict[str, int | str]:
    """What was written down; before that, where the person stood at the counter, what the procedure asks for."""
    return {
        f"{kind}_{paper.spec.key}": "" if number is None else number
        for paper in view.documents
        for kind, number in _of(paper, view.row.channel == "counter").items()
    }


def _of(paper: PaperView, brought: bool) -> dict[str, int | None]:
    counted = paper.counted
    if counted == Counted() and brought and paper.current:
        counted = Counted(paper.spec.originals or None, None, paper.spec.copies or None)
    return {kind: getattr(counted, kind) for kind in KINDS}


@bp.get("/counter/dossiers/<id>/count-papers")
@allow(COUNT_PAPERS, load=load_view)
def counting(view: DossierView) -> Answer:
    return form_page("count_papers", view, Form.show(_specs(view), _known(view)))


@bp.post("/counter/dossiers/<id>/count-papers")
@allow(COUNT_PAPERS, load=load_row)
def count_papers(dossier: Dossier) -> Answer:
    view = load_view(dossier.public_id)  # not `the_view`: it would let the lock on the row go
    assert view is not None  # access has loaded its row
    form = Form.read(_specs(view), request.form)
    for key in [key for key, number in form.values.items() if number > MOST]:
        form.refuse(key, Text("At most %(n)s. Look at the number again.", n=MOST))
    again = form_again("count_papers", form)
    if not form.ok:
        return again(the_view(dossier.public_id), None)
    keys = [paper.spec.key for paper in view.documents]
    counts = {key: Counted(*(form.values.get(f"{kind}_{key}") for kind in KINDS)) for key in keys}

    def act(row: Dossier, version: int) -> None:
        count_verb(db(), row, by=current_actor(), version=version, counts=counts)

    return decide(dossier, "count_papers", act, _("Written down. The receipt, form 01, says it now."), again)
