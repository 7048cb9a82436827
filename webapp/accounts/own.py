"""A person's own data: to look at, to correct, to take along."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts import devices as known_devices
from webapp.accounts import people, sessions
from webapp.accounts.device_models import KnownDevice
from webapp.accounts.models import Person, Phone
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import NotAllowed
from webapp.core.text import Text
from webapp.offices import queries

CHANGEABLE = ("residence", "email", "sex", "ethnicity")


@dataclass(frozen=True)
class Profile:
    """One person, for their own page."""

    person: Person
    answers: dict[str, Any]
    phones: list[Phone]
    home: str


def _person(session: Session, who: Actor) -> Person:
    """The actor themselves, never somebody they act for."""
    person = session.get(Person, who.person_id) if who.person_id and not who.acts_for_another else None
    if person is None:
        raise NotAllowed(Text("This page is for other tasks. Go back, or log in with the right account."))
    return person


def profile(session: Session, who: Actor) -> Profile:
    person = _person(session, who)
    answers = person.profile or {}
    return Profile(person, answers, people.phones_of(session, person.id), _home(session, answers.get("residence")))


def answers(session: Session, who: Actor) -> dict[str, Any]:
    """The changeable part, as a form shows it."""
    held = _person(session, who).profile or {}
    return {key: held.get(key, "") for key in CHANGEABLE}


def change(session: Session, who: Actor, values: Mapping[str, Any]) -> None:
    """Keep the new answers; dossiers that were sent keep what they were sent with."""
    person = _person(session, who)
    before = person.profile or {}
    people.change_profile(person, **{key: values.get(key) for key in CHANGEABLE})
    changed = [key for key in CHANGEABLE if (before.get(key) or None) != ((person.profile or {}).get(key) or None)]
    audit(session, who, "profile:change", person.public_id, fields=changed)


def end_other_log_ins(session: Session, who: Actor) -> int:
    assert who.account_id is not None
    count = sessions.end_others(session, who.account_id)
    audit(session, who, "session:end_others", who.account_public, count=count)
    return count


@dataclass(frozen=True)
class Device:
    """A place where the account is, or was, logged in."""

    name: str
    since: datetime
    seen_at: datetime
    is_open: bool
    is_here: bool
    public_id: str | None  # none: from before devices were remembered


def devices(session: Session, who: Actor) -> list[Device]:
    """Every device that the account knows, and every log-in that is on none of them; this one first."""
    assert who.account_id is not None
    here = sessions.current_login()
    log_ins = sessions.open_sessions(session, who.account_id)
    last = {row.known_device: row for row in reversed(log_ins)}
    rows = []
    for known in known_devices.of_account(session, who.account_id):
        log_in = last.pop(known.public_id, None)
        rows.append(
            Device(
                known.name, known.created_at, (log_in.seen_at if log_in else None) or known.seen_at,
                log_in is not None, here is not None and here.known_device == known.public_id, known.public_id,
            )
        )  # fmt: skip
    rows += [
        Device(
            row.device, row.created_at, row.seen_at or row.created_at, True,
            here is not None and here.id == row.id, None,
        )  # fmt: skip
        for row in log_ins
        if row.known_device is None
    ]
    return sorted(rows, key=lambda row: (not row.is_here, not row.is_open))


def forget_device(session: Session, who: Actor, device: KnownDevice) -> None:
    """Log a device out, and let it be a stranger again."""
    assert who.account_id is not None
    count = sessions.end_of_device(session, who.account_id, device.public_id)
    known_devices.forget(session, who.account_id, device.public_id)
    audit(session, who, "device:forget", who.account_public, device=device.public_id, ended=count)


def take_copy(session: Session, who: Actor) -> Person:
    """Who takes along everything that is held about them (`core/own_copy.py`); that it was taken is written down."""
    person = _person(session, who)
    audit(session, who, "person:copy", person.public_id)
    return person


def _home(session: Session, residence: Mapping[str, str] | None) -> str:
    if not residence:
        return ""
    names = {row.code: row.name for row in queries.provinces(session)}
    parts = (residence.get("line"), residence.get("commune"), names.get(residence.get("province", "")))
    return ", ".join(part for part in parts if part)
