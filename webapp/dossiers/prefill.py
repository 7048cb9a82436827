"""What we know already: the profile, records, earlier answers. Each prefilled answer keeps its source, and shows it."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person
from webapp.accounts.people import own_phones
from webapp.catalogue.formspec import ProcedureSpec, suggestions
from webapp.core.fields import FieldSpec
from webapp.dossiers.models import Dossier
from webapp.dossiers.states import State
from webapp.identity import queries as identity
from webapp.vault import reuse
from webapp.vault.models import VaultItem

# The end of a field's key → where a person's own profile has it.
SUFFIXES = (
    "name",
    "id_no",
    "id_type",
    "id_issued",
    "residence",
    "phone",
    "email",
    "dob",
    "sex",
    "ethnicity",
    "nationality",
)
# Persons who stay the same from dossier to dossier; a child or somebody deceased does not.
STEADY = ("applicant_", "mother_", "father_", "husband_", "wife_", "bank")

# What an issuer of identities can vouch for: suffix → a person's column.
CONFIRMABLE = {"name": "full_name", "dob": "birth_date", "id_no": "citizen_id"}

Found = dict[str, tuple[Any, dict[str, str]]]


def own_data(session: Session, person: Person) -> dict[str, Any]:
    """The profile under the suffixes fields use."""
    profile = person.profile or {}
    phone = next(iter(own_phones(session, person.id)), None)
    values = {
        "name": person.full_name,
        "id_no": person.citizen_id,
        "id_type": profile.get("id_type") or ("can_cuoc" if person.citizen_id else None),
        "id_issued": profile.get("id_issued"),
        "residence": profile.get("residence"),
        "phone": phone.number if phone else None,
        "email": profile.get("email"),
        "dob": person.birth_date,
        "sex": profile.get("sex"),
        "ethnicity": profile.get("ethnicity"),
        "nationality": profile.get("nationality"),
    }
    return {key: value for key, value in values.items() if value}


def own_sources(session: Session, person: Person) -> dict[str, str]:
    """Suffix → source, for what somebody vouches for; everything else is simply the profile."""
    confirmed = identity.confirmed(session, person)
    return {suffix: "vneid" for suffix, key in CONFIRMABLE.items() if key in confirmed}


def from_profile(
    fields: Iterable[FieldSpec], own: Mapping[str, Any], prefix: str, sources: Mapping[str, str]
) -> Found:
    """Fields `<prefix>_<suffix>` that the profile can answer, in a form the field accepts."""
    found: Found = {}
    for spec in fields:
        head, _, suffix = spec.key.partition("_")
        if head == prefix and suffix in SUFFIXES and suffix in own and fits(spec, own[suffix]):
            found[spec.key] = (own[suffix], {"kind": sources.get(suffix, "profile")})
    return found


def from_records(fields: Iterable[FieldSpec], items: Iterable[VaultItem]) -> Found:
    """Answers that the person's records carry: of each type its newest paper."""
    wanted = {spec.key: spec for spec in fields}
    found: Found = {}
    for item in reuse.newest_of_each_type(items):
        source = {"kind": "record", **{f"title_{lang}": words for lang, words in reuse.title_of(item).items()}}
        for key, (value, _words) in reuse.prefill_from([item]).items():
            if key in wanted and key not in found and fits(wanted[key], value):
                found[key] = (value, source)
    return found


def from_earlier(session: Session, fields: Iterable[FieldSpec], person_id: int) -> Found:
    """Answers of the person's newest sent dossiers, for what does not change between them."""
    wanted = {spec.key: spec for spec in fields if spec.key.startswith(STEADY)}
    found: Found = {}
    earlier = session.scalars(
        select(Dossier)
        .where(Dossier.person_id == person_id, Dossier.state != State.DRAFT.value)
        .order_by(Dossier.submitted_at.desc())
        .limit(3)
    )
    for dossier in earlier:
        for key, value in (dossier.answers or {}).get("values", {}).items():
            if key in wanted and key not in found and value and fits(wanted[key], value):
                found[key] = (value, {"kind": "dossier", "code": dossier.code or ""})
    return found


def prefill(session: Session, spec: ProcedureSpec, person: Person, items: Iterable[VaultItem]) -> Found:
    """Everything a new draft can begin with. Profile before records before earlier dossiers."""
    fields = spec.fields
    found = from_earlier(session, fields, person.id)
    found.update(from_records(fields, items))
    found.update(from_profile(fields, own_data(session, person), "applicant", own_sources(session, person)))
    return found


def for_section(session: Session, spec: ProcedureSpec, answers: Mapping[str, Any], person: Person) -> Found:
    """Once the applicant says who they are to the subject ("I am the mother"), their own data answer that part."""
    found = suggestions(spec, answers, own_data(session, person))
    sources = own_sources(session, person)
    return {
        key: (value, {"kind": sources.get(key.partition("_")[2], "profile")})
        for key, value in found.items()
        if fits(spec.by_key[key], value)
    }


def fits(spec: FieldSpec, value: Any) -> bool:
    """A stored value of another kind of field is not pressed into this one."""
    if spec.kind in ("address", "date_and_text", "table"):
        return isinstance(value, dict if spec.kind != "table" else list)
    if spec.kind == "select":
        return value in {option for option, _ in spec.options}
    return isinstance(value, str | int)
