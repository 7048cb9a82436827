"""The questions of this room's forms, in the order they are asked."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts import ownership, people, recovery
from webapp.core.actor import Role
from webapp.core.fields import FieldSpec
from webapp.core.text import Text
from webapp.offices import queries
from webapp.shell.forms import Form

PHONE = FieldSpec("phone", "phone", Text("Mobile phone number"), hint=Text("10 digits, for example 0912 345 678"))
CODE = FieldSpec("code", "otp", Text("The 6 digits in the message"))
# What is asked beside the code on a new device (`second_proof.Fact`).
FACTS = {
    "last_four": FieldSpec(
        "proof", "text", Text("The last 4 digits of your personal number"),
        hint=Text("The 12-digit number on the front of the ID card"), autocomplete="off",
    ),
    "birth_year": FieldSpec(
        "proof", "text", Text("The year you were born"), hint=Text("For example 1954"), autocomplete="off"
    ),
}  # fmt: skip
_OWNERS = (("mine", Text("Mine")), ("relative", Text("It belongs to a relative")))
OWNER = FieldSpec(
    "owner",
    "select",
    Text("Whose phone is this?"),
    options=(*_OWNERS, ("none", Text("I have no phone at all"))),
    hint=Text("A relative's phone is fine. We only want to know whom a message reaches."),
)
WHOSE = replace(OWNER, options=_OWNERS)
RELATION = FieldSpec(
    "relation", "select", Text("Whose, if it is not yours"), options=ownership.RELATIONS, required=False
)
SAY_WHOSE = (WHOSE, RELATION)
NEW_PHONE = (replace(PHONE, label=Text("New mobile phone number")), WHOSE, RELATION)
STOP = (
    replace(PHONE, label=Text("Your phone number"), hint=Text("The one on which the message came")),
    FieldSpec("code", "text", Text("Code in the message"), hint=Text("For example 7K4-92M"), autocomplete="off"),
)
NOT_ME = STOP
CAUSE = FieldSpec(
    "cause", "select", Text("What is it like with you?"), options=tuple((c.key, c.sign) for c in ownership.CAUSES)
)
LOG_IN = (PHONE,)
REGISTER = (PHONE, OWNER)
CODE_FORM = (CODE,)
OTP_FORM = (FieldSpec("otp", "otp", Text("Code from your phone's code app"), autocomplete="one-time-code"),)
STAFF = (
    FieldSpec("username", "text", Text("User name"), autocomplete="username"),
    FieldSpec("password", "password", Text("Password"), autocomplete="current-password"),
    FieldSpec("otp", "otp", Text("Code from your phone's code app"), autocomplete="one-time-code"),
)
PAPER_CODE = (
    STAFF[0],
    STAFF[1],
    FieldSpec("recovery_code", "text", Text("One of your ten codes"), hint=Text("For example 7K4Q9-2MAPD"),
              autocomplete="off"),
)  # fmt: skip
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


# Somebody whom an office wrote down, with a code of theirs from a paper.
CLAIM = (
    _PERSON[2],
    _PERSON[1],
    FieldSpec(
        "lookup", "text", Text("Lookup code"), hint=Text("On the receipt or the slip, for example 7K4-92M"),
        autocomplete="off",
    ),
)  # fmt: skip


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


# A new phone at the counter, for whoever's card lies there.
SEEN = FieldSpec("seen", "checkbox", Text("I have the ID card in my hand, and it is this person's face"))
REASON = FieldSpec("reason", "select", Text("Why is a new phone needed?"), options=recovery.REASONS)
RECOVERY = (
    _PERSON[2],
    replace(_PERSON[1], autocomplete="off"),
    REASON,
    replace(PHONE, label=Text("New mobile phone number"), autocomplete="off"),
    WHOSE,
    SEEN,
)


# Staff: who they are for us, and what they set for themselves.
_HINTS = Text("Small letters without marks, for example mai.lt"), Text("As it stands on papers they sign")
USERNAME = FieldSpec("username", "text", Text("User name"), hint=_HINTS[0], autocomplete="off")
STAFF_NAME = FieldSpec("name", "name", Text("Full name"), hint=_HINTS[1], autocomplete="off")
ROLE_LABELS = {
    Role.HELPER: Text("Helps people without a phone"),
    Role.RECEPTION: Text("Receives and hands over at the counter"),
    Role.CASE: Text("Works on dossiers and settles them"),
    Role.MANAGER: Text("Manages the office"),
    Role.ADMIN: Text("Administers the whole province"),
}
RESET = FieldSpec(
    "kind",
    "select",
    Text("What is gone?"),
    options=(
        ("factor", Text("The code app only; the password is still known")),
        ("all", Text("The password, too")),
    ),
)
NEW_PASSWORD = FieldSpec(
    "password",
    "password",
    Text("New password"),
    hint=Text("At least 15 characters. A few words that nobody expects beside each other are best; you may paste it."),
    autocomplete="new-password",
)
AGAIN = FieldSpec("password_again", "password", Text("The same password again"), autocomplete="new-password")
APP_CODE = FieldSpec("otp", "otp", Text("The 6 digits that the app shows now"), autocomplete="one-time-code")
ENROL_ALL = (NEW_PASSWORD, AGAIN, APP_CODE)
ENROL_FACTOR = (replace(STAFF[1], label=Text("The password you have used so far")), APP_CODE)


def staff_roles(roles: Iterable[Role]) -> tuple[FieldSpec, ...]:
    """One box a task; none of them must be ticked, at least one has to be."""
    return tuple(FieldSpec(f"role_{role.value}", "checkbox", ROLE_LABELS[role], required=False) for role in roles)


def office_choice(session: Session) -> FieldSpec:
    """All offices of the province, for an administrator; administrators themselves have none."""
    options = tuple((row.code, f"{row.name} ({row.code})") for row in queries.offices(session))
    hint = Text("An administrator of the province has none")
    return FieldSpec("office", "select", Text("Office"), hint=hint, options=options, required=False)
