"""The questions of the helper's own forms."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.offices import queries

CARD = FieldSpec(
    "card",
    "text",
    Text("Number on the access card"),
    hint=Text("Scan the QR code of the card, or type the number, for example 7F2-Q8M."),
    autocomplete="off",
)
CITIZEN_ID = FieldSpec(
    "citizen_id",
    "id_number",
    Text("Personal number"),
    hint=Text("12 digits, on the front of the ID card. Scanning the QR code of the ID card works too."),
    sensitive=True,
)
NAME = FieldSpec(
    "name",
    "name",
    Text("Name of the person"),
    hint=Text("Family name and given name at least, with or without marks."),
    autocomplete="off",
)
BIRTH_YEAR = FieldSpec(
    "birth_year", "date_partial", Text("Year of birth"), hint=Text("For example 1954"), autocomplete="off"
)
FIND = {"card": (CARD,), "number": (CITIZEN_ID,), "name": (NAME, BIRTH_YEAR)}

_NEWCOMER = (
    FieldSpec(
        "name",
        "name",
        Text("Family name, middle name, given name"),
        hint=Text("As on the ID card."),
        autocomplete="off",
    ),
    FieldSpec("birth_date", "date_partial", Text("Date of birth"), autocomplete="off"),
    FieldSpec(
        "citizen_id",
        "id_number",
        Text("Personal number"),
        hint=Text("12 digits. Leave it empty if the person has no papers with them."),
        required=False,
        sensitive=True,
    ),
    FieldSpec("residence", "address", Text("Where does the person live?"), autocomplete="off"),
    FieldSpec(
        "phone",
        "phone",
        Text("Phone that reaches the person"),
        hint=Text("Never the phone of a helper or an officer. Leave it empty if there is none."),
        required=False,
        autocomplete="off",
    ),
    FieldSpec(
        "phone_owner",
        "select",
        Text("Whose phone is it?"),
        options=(("mine", Text("The person's own")), ("relative", Text("A relative's"))),
        required=False,
    ),
)


def scanned(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """What a scanner types: of an ID card's QR code (number|old number|name|…) only the number is taken."""
    copy = MultiDict(form)
    copy["citizen_id"] = copy.get("citizen_id", "").split("|")[0]
    return copy


def newcomer(session: Session) -> Sequence[FieldSpec]:
    """Who the person is; the provinces come from the table."""
    provinces = tuple((row.code, row.name) for row in queries.provinces(session))
    return tuple(replace(f, options=provinces) if f.kind == "address" else f for f in _NEWCOMER)


CODE = FieldSpec(
    "code", "otp", Text("Code from the person's phone"), hint=Text("6 digits. The person reads it out to you."),
    autocomplete="off",
)  # fmt: skip
PIN = FieldSpec(
    "pin",
    "pin",
    Text("PIN"),
    hint=Text("4 digits. The person types it. Turn the screen to them and look away."),
)
NEW_PIN = FieldSpec(
    "pin",
    "pin",
    Text("New PIN"),
    hint=Text("The person chooses 4 digits and types them. Turn the screen to them and look away."),
)
PIN_AGAIN = FieldSpec("pin_again", "pin", Text("The same PIN once more"))
OLD_PIN = FieldSpec("old_pin", "pin", Text("PIN of the old card"), hint=Text("The person types it."))
SEEN = FieldSpec("seen", "checkbox", Text("I have the ID card in my hand, and it is this person"))
AT_COUNTER = (CITIZEN_ID, SEEN, NEW_PIN, PIN_AGAIN)
# How a person agrees → what is typed for it.
AGREE = {"code": (CODE,), "card": (CARD, PIN), "first_card": (NEW_PIN, PIN_AGAIN)}
NEW_CARD = (NEW_PIN, PIN_AGAIN)
OBJECTION = (
    FieldSpec(
        "words",
        "textarea",
        Text("What is not right?"),
        hint=Text("In a few words, or leave it empty and we will call you."),
        required=False,
    ),
)
