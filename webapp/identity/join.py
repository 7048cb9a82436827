"""Two accounts of one person become one: sessions, phones, dossiers, records, messages, cards, all of it.

Which tables point at a person is read from the tables themselves, so a room above need not be known here, and a new
table follows by itself. What only says who did something (an account in a dossier's history) stays as it was.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, and_, exists, select, update
from sqlalchemy.orm import Session

from webapp.accounts import people
from webapp.accounts.models import Account, Person, PersonToken, Phone
from webapp.core import clock, outbox
from webapp.core.actor import Actor
from webapp.core.audit import audit
from webapp.core.db import Base
from webapp.core.errors import Conflict, NotAllowed
from webapp.core.text import Text
from webapp.identity.events import AccountsJoined
from webapp.identity.models import AccountJoin
from webapp.identity.recognise import is_seen

# People's rows that stay: the other account itself, its search words, and the record of the join.
PERSON_STAYS = {"accounts.person_id", "person_tokens.person_id", "account_joins.gone_id"}
# Accounts' rows that go along: ways in. All others say who did something.
ACCOUNT_FOLLOWS = {
    "login_sessions.account_id", "known_devices.account_id", "kept_forms.account_id", "phone_changes.account_id",
}  # fmt: skip


def join_accounts(session: Session, keep: Person, gone: Person, by: Actor) -> AccountJoin:
    """Everything of `gone` becomes `keep`'s. The caller has proof that both are the actor's own.

    `keep` keeps its name, number and birth date; answers of the profile that only `gone` had are added.
    """
    _lock(session, keep, gone)
    _check(session, keep, gone, by)
    kept_account = people.account_of(session, keep.id) or people.open_account(session, keep)
    gone_account = people.account_of(session, gone.id)
    session.flush()
    _prove_phones(session, keep, gone)
    for column in person_columns():
        _hand_over(session, column, gone.id, keep.id)
    if gone_account is not None:
        for column in account_columns():
            _hand_over(session, column, gone_account.id, kept_account.id)
        _keep_hold(kept_account, gone_account)
        gone_account.disabled_at = clock.now()
    people.change_profile(keep, **{k: v for k, v in (gone.profile or {}).items() if k not in (keep.profile or {})})
    _empty(session, gone)
    done = AccountJoin(kept_id=keep.id, gone_id=gone.id, by=by.account_public or "", joined_at=clock.now())
    session.add(done)
    session.flush()
    session.expire_all()  # the rows above were handed over behind the session's back
    audit(session, by, "account:join", keep.public_id, gone=gone.public_id)
    outbox.record(session, AccountsJoined(person=keep.public_id, join=done.public_id))
    return done


def _lock(session: Session, keep: Person, gone: Person) -> None:
    """In one order, so that two joins at once wait for each other instead of for ever."""
    query = select(Person.id).where(Person.id.in_((keep.id, gone.id))).order_by(Person.id).with_for_update()
    session.execute(query).all()


def _check(session: Session, keep: Person, gone: Person, by: Actor) -> None:
    if by.acts_for_another or by.person_id not in (keep.id, gone.id):
        raise NotAllowed(Text("Only the person themselves can join their two accounts."))
    if keep.id == gone.id:
        raise Conflict(Text("These two are one account already."))
    was_joined = select(AccountJoin.id).where(AccountJoin.gone_id.in_((keep.id, gone.id)))
    if session.scalar(was_joined) is not None:
        raise Conflict(Text("These two are one account already."))
    differ = keep.citizen_id and gone.citizen_id and keep.citizen_id != gone.citizen_id
    if differ and is_seen(session, keep) and is_seen(session, gone):
        raise NotAllowed(
            Text("Both accounts belong to a checked personal number, and the numbers differ. Come to the counter.")
        )
    accounts = (people.account_of(session, person.id) for person in (keep, gone))
    if any(account is not None and account.disabled_at is not None for account in accounts):
        raise NotAllowed(Text("This account is closed. Come to the one-stop counter with the ID card."))


def person_columns() -> Iterator[Column[Any]]:
    """Every column that says whose something is."""
    return (column for column in _pointing_at("people.id") if str(column) not in PERSON_STAYS)


def account_columns() -> Iterator[Column[Any]]:
    """Every column that is a part of somebody's way in."""
    return (column for column in _pointing_at("accounts.id") if str(column) in ACCOUNT_FOLLOWS)


def _pointing_at(target: str) -> Iterator[Column[Any]]:
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.target_fullname == target:
                yield key.parent


def _hand_over(session: Session, column: Column[Any], old: int, new: int) -> None:
    """A row that the new owner has already (the same phone, the same device) stays behind: unique is unique."""
    query = update(column.table).where(column == old).values({column.key: new})
    for others in _unique_with(column):
        twin = column.table.alias()
        same = and_(twin.c[column.key] == new, *(twin.c[name] == column.table.c[name] for name in others))
        query = query.where(~exists(select(1).where(same)))
    session.execute(query, execution_options={"synchronize_session": False})


def _unique_with(column: Column[Any]) -> Iterator[list[str]]:
    """The other columns of each unique rule that this one is part of."""
    table: Table = column.table  # type: ignore[assignment]
    rules = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    names = [list(rule.columns.keys()) for rule in rules]
    names += [list(index.columns.keys()) for index in table.indexes if index.unique]
    for rule in names:
        if column.key in rule:
            yield [name for name in rule if name != column.key]


def _prove_phones(session: Session, keep: Person, gone: Person) -> None:
    """A number both have is proved if either proved it."""
    mine = {phone.number_index: phone for phone in session.scalars(select(Phone).where(Phone.person_id == keep.id))}
    for phone in session.scalars(select(Phone).where(Phone.person_id == gone.id)):
        same = mine.get(phone.number_index)
        if same is not None:
            same.verified_at = same.verified_at or phone.verified_at
    session.flush()


def _keep_hold(kept: Account, gone: Account) -> None:
    """Results held back for safety must not come free by joining; nor is "this was not me" forgotten."""
    kept.guarded_at = kept.guarded_at or gone.guarded_at
    if gone.held_why is None:
        return
    endless = kept.held_why is not None and kept.held_until is None
    if not endless and (gone.held_until is None or kept.held_until is None or gone.held_until > kept.held_until):
        kept.held_why, kept.held_until = gone.held_why, gone.held_until


def _empty(session: Session, gone: Person) -> None:
    """The row stays, because history points at its account; nobody finds it any more."""
    gone.full_name = "–"
    gone.citizen_id = gone.citizen_id_index = gone.birth_date = None
    gone.profile = {}
    for token in session.scalars(select(PersonToken).where(PersonToken.person_id == gone.id)):
        session.delete(token)
    session.flush()
