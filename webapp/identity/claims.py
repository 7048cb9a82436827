"""What an issuer says about somebody, in our words. Pure: the names of claims and levels come from settings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from webapp.core import parsing
from webapp.core.actor import Assurance
from webapp.core.errors import DomainError
from webapp.core.settings import Settings
from webapp.core.text import Text, fold, one_line

OURS = ("citizen_id", "full_name", "birth_date", "sex")
SEXES = {"nam": "nam", "male": "nam", "m": "nam", "nu": "nu", "female": "nu", "f": "nu"}
CARD_LEVEL = 2  # VNeID level 2: fingerprints and face were taken; by Decree 69/2024 it counts as the ID card


class Silent(DomainError):
    """The issuer did not say who this is, or not in a way we can read."""


@dataclass(frozen=True)
class Claimed:
    """Somebody, as one issuer knows them."""

    issuer: str
    subject: str
    level: int
    citizen_id: str
    full_name: str
    birth_date: str | None = None
    sex: str | None = None

    @property
    def assurance(self) -> Assurance:
        return Assurance.VNEID if self.counts_as_card else Assurance.VNEID_1

    @property
    def counts_as_card(self) -> bool:
        return self.level >= CARD_LEVEL

    def facts(self) -> dict[str, Any]:
        """What is kept of it beside the identity."""
        return {key: getattr(self, key) for key in OURS if getattr(self, key)}

    def dump(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Claimed":
        return cls(**stored)

    def is_like(self, full_name: str, birth_date: str | None) -> bool:
        """The same name, marks aside, and the same year of birth as far as both are known."""
        years = {date[:4] for date in (self.birth_date, birth_date) if date}
        return fold(self.full_name) == fold(full_name) and len(years) < 2


@dataclass(frozen=True)
class Reader:
    """How this issuer's claims are read."""

    names: Mapping[str, str]
    levels: Mapping[str, int]

    @classmethod
    def of(cls, settings: Settings) -> "Reader":
        """Raises ValueError at the start of the program, not at somebody's log-in."""
        names = _pairs(settings.oidc_claims, "MOTCUA_OIDC_CLAIMS")
        if set(names) - set(OURS) or not {"citizen_id", "full_name"} <= set(names):
            raise ValueError(f"MOTCUA_OIDC_CLAIMS needs citizen_id and full_name, and knows only {', '.join(OURS)}")
        levels = _pairs(settings.oidc_levels, "MOTCUA_OIDC_LEVELS")
        if set(levels.values()) - {"1", "2"}:
            raise ValueError("MOTCUA_OIDC_LEVELS knows the levels 1 and 2")
        return cls(names, {acr: int(level) for acr, level in levels.items()})

    @property
    def wanted(self) -> set[str]:
        """Claims to ask the issuer for until all are there."""
        return {*self.names.values(), "acr"}

    def read(self, said: Mapping[str, Any]) -> Claimed:
        """Raises Silent when number or name are missing; a birth date or sex we cannot read is left out."""
        given = {ours: one_line(str(said[theirs])) for ours, theirs in self.names.items() if said.get(theirs)}
        try:
            number = parsing.citizen_id(given.get("citizen_id", ""))
            name = parsing.person_name(given.get("full_name", ""))
        except parsing.FieldError as wrong:
            raise Silent(
                Text("VNeID did not tell us your personal number and name. Log in with your phone instead.")
            ) from wrong
        return Claimed(
            issuer=str(said["iss"]),
            subject=str(said["sub"]),
            level=self.levels.get(str(said.get("acr", "")), 1),
            citizen_id=number,
            full_name=name.title() if name.isupper() else name,
            birth_date=_date(given.get("birth_date", "")),
            sex=SEXES.get(fold(given.get("sex", ""))),
        )


def _date(text: str) -> str | None:
    try:
        return parsing.partial_date(text) if text else None
    except parsing.FieldError:
        return None


def _pairs(text: str, setting: str) -> dict[str, str]:
    """a=b,c=d."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not sign or not name.strip() or not value.strip() for name, sign, value in pairs):
        raise ValueError(f"{setting} is a list such as name=claim,name=claim")
    return {name.strip(): value.strip() for name, _sign, value in pairs}
