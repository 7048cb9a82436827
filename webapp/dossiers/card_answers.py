"""What the QR code of an ID card says answers the questions about one person, as if typed: nobody vouches for it.

The person sees each answer with its source, on the question's page and when reading everything through.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from webapp.catalogue.formspec import ProcedureSpec
from webapp.core.fields import FieldSpec
from webapp.dossiers.models import Dossier
from webapp.dossiers.prefill import fits

CARD = {"kind": "card"}
NUMBER, NAME = "id_no", "name"
# Who said it already knows better than a card that anybody can print.
BETTER = frozenset({"profile", "vneid", "record"})


def about(spec: ProcedureSpec, fields: Iterable[FieldSpec], sources: Mapping[str, Mapping[str, str]]) -> str | None:
    """Whose card may be photographed on a page with these questions: `mother` for mother_name and mother_id_no."""
    for field in fields:
        head, _, tail = field.key.partition("_")
        number = spec.by_key.get(f"{head}_{NUMBER}")
        if tail in (NUMBER, NAME) and number is not None and number.kind == "id_number":
            return head if sources.get(number.key, {}).get("kind") not in BETTER else None
    return None


def put_card(
    dossier: Dossier, spec: ProcedureSpec, whose: str, shown: Iterable[FieldSpec], said: Mapping[str, Any]
) -> None:
    """On the open page the card's answers take the place of others; on further pages they fill what is empty."""
    content = dossier.answers
    open_keys = {field.key for field in shown}
    for tail, value in said.items():
        field = spec.by_key.get(f"{whose}_{tail}")
        if field is None or not fits(field, value):
            continue
        key = field.key
        if key not in open_keys and content["values"].get(key) not in (None, "", []):
            continue
        whole = field.kind != "address" or (value.get("province") and value.get("commune"))
        content["raw"].pop(key, None)
        if whole:
            content["values"][key], content["sources"][key] = value, CARD
        else:  # as far as it goes; the commune of today is for the person to say
            content["raw"][key] = value
    dossier.answers = content
