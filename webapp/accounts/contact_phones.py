"""Numbers that only take messages: a son's, a neighbour's. They reach somebody; they are not who somebody is.

Nobody logs in or consents by one. It still shows by a code that it is there, so that no stranger gets the messages.
"""

from sqlalchemy.orm import Session

from webapp.accounts import codes, devices, people
from webapp.accounts.models import CodeChallenge, Phone
from webapp.accounts.phone_change import count_try, own_person
from webapp.core import clock
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.errors import Conflict, DomainError
from webapp.core.text import Text

MOST = 3


def ask_for_contact(session: Session, who: Actor, number: str, *, owner: str, relation: str | None) -> CodeChallenge:
    """Send a code to the number that is to take messages, too."""
    person = own_person(session, who)
    phones = people.phones_of(session, person.id)
    if people.phone_index(number) in {phone.number_index for phone in phones}:
        raise DomainError(Text("This number is yours already. Type the new one."))
    if sum(phone.contact_only for phone in phones) >= MOST:
        raise Conflict(Text("You have %(n)s numbers for messages. Remove one first.", n=MOST))
    count_try(session, who)
    context = {
        "account": who.account_public, "contact": True, "owner": owner, "relation": relation, "about": codes.CONTACT,
    }  # fmt: skip
    device = devices.known(session, who.account_id) if who.account_id else None
    return codes.request_code(session, number, codes.PHONE_CHANGE, context, device=device)


def add_contact(session: Session, who: Actor, challenge: CodeChallenge, code: str) -> Phone:
    """The code was read on that phone. Wrong tries are counted: the view calls `keep_changes()`."""
    person = own_person(session, who)
    device = devices.known(session, who.account_id) if who.account_id else None
    challenge = codes.check_code(session, challenge.public_id, code, codes.PHONE_CHANGE, device=device)
    codes.spend(challenge)
    owner, relation = challenge.context["owner"], challenge.context["relation"]
    phone = people.add_phone(session, person, challenge.phone, owner=owner, verified_at=challenge.used_at)
    phone.owner, phone.relation, phone.contact_only = owner, relation, True
    audit(session, who, "phone:add_contact", phone.public_id, owner=owner)
    return phone


def remove_contact(session: Session, who: Actor, phone: Phone) -> None:
    """No more messages there. The phones one comes in by are replaced, never just taken away."""
    if not phone.contact_only:
        raise Conflict(Text("You log in with this phone. Put another one in its place instead."))
    phone.replaced_at = clock.now()
    audit(session, who, "phone:remove_contact", phone.public_id)
