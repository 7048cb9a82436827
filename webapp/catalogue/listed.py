"""An imported procedure as a `ProcedureSpec`: shown like the others, never offered for sending. Pure."""

from webapp.catalogue.fees import FeeSpec
from webapp.catalogue.formspec import DueRule, LegalAct, ProcedureSpec
from webapp.catalogue.listing import listing_of
from webapp.catalogue.national_list import ministry_name
from webapp.catalogue.place import Raw
from webapp.catalogue.words import Words

AUTHORITIES = {
    "commune": Words("Ủy ban nhân dân xã, phường", "Commune People's Committee"),
    "province": Words("Cơ quan cấp tỉnh", "Province agency"),
    "other": Words("Cơ quan ghi trong thủ tục", "The agency named in the procedure"),
}


def same(text: str) -> Words:
    """The list's own words, which exist in Vietnamese only."""
    return Words(text, text)


def listed_spec(raw: Raw) -> ProcedureSpec:
    """From content that `national_list` has cleaned and checked. What the list does not say is not made up."""
    row = raw["listing"]
    listing = listing_of(row)
    ministry = same(ministry_name(row["ministry"]))
    level = listing.levels[0]
    return ProcedureSpec(
        code=raw["code"],
        slug=raw["code"],
        checked_on=None,
        name=same(row["name"]),
        plain=same(row["name"]),
        summary=same(row["name"]),
        synonyms=(),
        life_event=row["life_event"],
        icon="file-check",
        field=same(row["field"]),
        ministry=ministry,
        level=level,
        authority=AUTHORITIES.get(level, ministry),
        service_level="information",
        service_note=None,
        time_note=None,
        due=DueRule(0, "working_day", same_day_cutoff=False),
        fee=FeeSpec("local", None),
        legal=tuple(LegalAct(act) for act in listing.legal),
        documents=(),
        results=(),
        sections=(),
        others=(),
        listing=listing,
    )
