"""The questions of this room's forms, in the order they are asked."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts import people
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.offices import queries
from webapp.shell.forms import Form

PHONE = FieldSpec("phone", "phone", Text("Mobile phone number"), hint=Text("10 digits, for example 0912 345 678"))
CODE = FieldSpec("code", "otp", Text("The 6 digits in the message"))
OWNER = FieldSpec(
    "owner",
    "select",
    Text("Whose phone is this?"),
    options=(("mine", Text("Mine")), ("relative", Text("It belongs to a relative"))),
    hint=Text("A relative's phone is fine. We only want to know whom a message reaches."),
)
LOG_IN = (PHONE,)
REGISTER = (PHONE, OWNER)
CODE_FORM = (CODE,)
STAFF = (
    FieldSpec("username", "text", Text("User name"), autocomplete="username"),
    FieldSpec("password", "password", Text("Password"), autocomplete="current-password"),
    FieldSpec("otp", "otp", Text("Code from your phone's code app"), autocomplete="one-time-code"),
)
SEX = FieldSpec(
    "sex", "select", Text("Sex"), options=(("nu", Text("Female")), ("nam", Text("Male"))), autocomplete="sex"
)
ETHNICITY = FieldSpec(
    "ethnicity", "text", Text("Ethnic group"), hint=Text("For example Kinh, Mường, Thái"), required=False
)
RESIDENCE = FieldSpec("residence", "address", Text("Where you live"), autocomplete="street-address")
EMAIL = FieldSpec(
    "email", "email", Text("E-mail"), hint=Text("Messages always come by SMS; e-mail is only for your forms."),
    required=False,
)  # fmt: skip
CONSENT = FieldSpec("consent", "checkbox", Text("I agree that you keep and use these answers for my dossiers"))
_PERSON = (
    FieldSpec("full_name", "name", Text("Full name"), hint=Text("As on the ID card, for example Hà Thị Lan")),
    FieldSpec("birth_date", "date_partial", Text("Date of birth"), autocomplete="bday"),
    FieldSpec(
        "citizen_id", "id_number", Text("Personal number"), hint=Text("The 12 digits on the front of the ID card")
    ),
    SEX,
    ETHNICITY,
)


def person(session: Session) -> Sequence[FieldSpec]:
    """Who somebody is, asked once when they register."""
    return (*_PERSON, _residence(session), CONSENT)


def settings(session: Session) -> Sequence[FieldSpec]:
    """What a person may change on their own; name, birth and number are changed at the counter, with the ID card."""
    return (_residence(session), EMAIL, replace(SEX, required=False), ETHNICITY)


def _residence(session: Session) -> FieldSpec:
    return replace(RESIDENCE, options=tuple((row.code, row.name) for row in queries.provinces(session)))


def know_commune(session: Session, form: Form) -> None:
    """Write the commune by its full name of today; one we do not know stays as typed (people live in old names)."""
    home: dict[str, Any] | None = form.values.get("residence")
    if not home:
        return
    if home["province"] not in {row.code for row in queries.provinces(session)}:
        form.refuse("residence", Text("Choose the province."))
        return
    found = queries.commune_named(session, home["province"], home["commune"])
    if found is not None:
        form.values["residence"] = {**home, "commune": found.name}


def doubts(form: Form) -> list[tuple[str, Text]]:
    """What to look at once more before it is kept."""
    values = form.values
    return list(people.doubts(values.get("citizen_id"), values.get("birth_date"), values.get("sex")))
