"""Who hears that the ways into an account have changed: its owner, on the phone that was there before, too."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import facts
from notifications.handlers import tell
from notifications.sending import Chosen
from webapp.accounts.models import Person
from webapp.core.events import on
from webapp.identity.events import AccountsJoined, IdentityLinked, IdentityUnlinked
from webapp.identity.models import NationalIdentity


def _tell(session: Session, key: str, kind: str, person: str, *, by_sms: bool) -> None:
    person_id = session.scalar(select(Person.id).where(Person.public_id == person))
    settings = Chosen.settings
    assert settings is not None, "sending.configure(settings) was not called"
    if person_id is None:
        return
    phone = {"phone": settings.help_phone}
    known = facts.Facts(person_id, facts.unit_of_code(session, {}, settings.province_code), phone, phone)
    tell(session, key, kind, known, dossier=None, by_sms=by_sms)


def _key(session: Session, event: IdentityLinked | IdentityUnlinked) -> str:
    """One identity may be linked again later; that is news, too."""
    since = session.scalar(select(NationalIdentity.linked_at).where(NationalIdentity.public_id == event.identity))
    return f"{event.type_name()}:{event.identity}:{int(since.timestamp()) if since else 0}"


@on(IdentityLinked, name="notifications.identity_linked")
def tell_linked(session: Session, event: IdentityLinked) -> None:
    """A new way in: whoever opened it may not be the owner."""
    _tell(session, _key(session, event), "identity_linked", event.person, by_sms=True)


@on(IdentityUnlinked, name="notifications.identity_unlinked")
def tell_unlinked(session: Session, event: IdentityUnlinked) -> None:
    """A line to keep."""
    _tell(session, _key(session, event), "identity_unlinked", event.person, by_sms=False)


@on(AccountsJoined, name="notifications.accounts_joined")
def tell_joined(session: Session, event: AccountsJoined) -> None:
    """It cannot be taken apart again, so it is said at once."""
    _tell(session, f"{event.type_name()}:{event.join}", "accounts_joined", event.person, by_sms=True)
