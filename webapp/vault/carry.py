"""Which answers of a form its result carries into later forms. Pure.

A marriage certificate of Đào and Hùng answers who the mother and the father of their child are, so nobody
types it again. Only what is printed on the paper is carried: never phones or how the result was delivered.
"""

from collections.abc import Mapping
from typing import Any

_PERSON = ("name", "dob", "ethnicity", "nationality", "id_no", "residence")

MARRIAGE, BIRTH, DEATH = "KQ.G15.000032", "KQ.G15.000031", "KQ.G15.000034"


def _renamed(source: str, target: str) -> dict[str, str]:
    return {f"{source}_{part}": f"{target}_{part}" for part in _PERSON}


def _same(*keys: str) -> dict[str, str]:
    return {key: key for key in keys}


# Result type code → answer of its own form → the name later forms ask it by.
CARRIES: dict[str, dict[str, str]] = {
    MARRIAGE: {**_renamed("wife", "mother"), **_renamed("husband", "father")},
    BIRTH: _same(
        "child_name", "child_dob", "child_sex", "child_ethnicity", "child_nationality", "child_hometown"
    ),
    DEATH: {**_renamed("deceased", "deceased"), **_same("death_date")},
}


# Types of which one person may hold several, about different people: the answer that says about whom.
ABOUT = {BIRTH: "child_name", DEATH: "deceased_name"}


def about(result_code: str, data: Mapping[str, Any] | None) -> str | None:
    """Whose birth or death a record tells of, by its `data`; None where the paper is the owner's own."""
    name = (data or {}).get(ABOUT.get(result_code, ""))
    return str(name) if name else None


def carried(result_code: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The `data` of a record of this type, from the answers of the dossier it settles."""
    names = CARRIES.get(result_code, {})
    return {
        names[key]: value
        for key, value in answers.items()
        if key in names and value not in (None, "", {}, [])
    }
