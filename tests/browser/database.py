"""Reaching into a running site's database, for what a story takes as given."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tests import people as who
from tests.browser.conftest import Site
from tests.factories import dossiers as factory
from webapp.core import crypto
from webapp.core.actor import Actor, Channel, Role
from webapp.core.db import Database
from webapp.core.settings import Settings
from webapp.core.storage import Storage
from webapp.dossiers.receive import receive_dossier
from webapp.dossiers.settle import settle_dossier


@dataclass(frozen=True)
class Sent:
    """What a story needs to know of a dossier."""

    public_id: str
    code: str


@contextmanager
def session_of(site: Site) -> Iterator[tuple[Session, Storage]]:
    """A transaction in the site's database, and its files."""
    crypto.configure(Settings(env="test"))
    database = Database(site.database_url)
    with database.transaction() as session:
        yield session, Storage(str(site.folder / "files"))
    database.dispose()


def acting(session: Session, username: str, role: Role) -> Actor:
    """A member of staff at their desk."""
    account = who.staff(session, username)
    return Actor(
        role=role,
        channel=Channel.COUNTER,
        account_id=account.id,
        account_public=account.public_id,
        office_id=account.office_id,
        name=account.display_name or "",
    )


def settled_birth(site: Site) -> Sent:
    """Đào's first dossier, from the draft to its result."""
    with session_of(site) as (session, storage):
        dossier = factory.sent(session, storage, who.person(session))
        officer, case = acting(session, "officer", Role.RECEPTION), acting(session, "case", Role.CASE)
        receive_dossier(session, dossier, by=officer, version=dossier.version)
        session.flush()
        file = (factory.photo(), "giay-khai-sinh.jpg")
        settle_dossier(
            session,
            storage,
            dossier,
            by=case,
            version=dossier.version,
            decision="granted",
            number="7/2026",
            file=file,
            no_draft="counter",
        )
        session.flush()
        return Sent(dossier.public_id, dossier.code or "")
