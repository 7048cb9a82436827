"""The words of people's names beside the offices they sent something to: a name is found without reading an office.

Written when a dossier is sent; when somebody's name changes, or two accounts become one, they follow soon after.
"""

from sqlalchemy import ColumnElement, Insert, and_, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Person, PersonToken
from webapp.core import erasure
from webapp.core.erasure import Outcome
from webapp.core.events import on
from webapp.core.hot import Hot
from webapp.dossiers.models import Dossier, DossierWord
from webapp.dossiers.states import State
from webapp.identity.events import AccountsJoined, IdentityLinked

LENGTH = DossierWord.word.type.length
MOST = 8  # so many words of what was typed are looked for
FIRST, *OTHERS = (DossierWord.__table__.alias(f"word_{number}").c for number in range(MOST))


def _writing(*which: ColumnElement[bool]) -> Insert:
    words = (
        select(Dossier.office_id, func.substr(PersonToken.token, 1, LENGTH), Dossier.id)
        .join(PersonToken, PersonToken.person_id == Dossier.person_id)
        .where(*which)
    )
    return insert(DossierWord).from_select(["office_id", "word", "dossier_id"], words)


# Of one dossier, when it is sent.
WORDS_OF_ONE = Hot(_writing(Dossier.id == bindparam("dossier")))


def write_words(session: Session, *which: ColumnElement[bool]) -> None:
    """One row for each word of the name, of each of these dossiers that has none yet."""
    session.execute(_writing(*which))


def having_all(count: int) -> ColumnElement[bool]:
    """Sent to this `office`, about somebody whose name has so many words; `looked_for` says which."""
    office, (first, *more) = bindparam("office"), (bindparam(f"word{number}") for number in range(count))
    found = select(FIRST.dossier_id).where(FIRST.office_id == office, FIRST.word == first)
    for other, word in zip(OTHERS, more, strict=False):
        found = found.where(other.office_id == office, other.word == word, other.dossier_id == FIRST.dossier_id)
    return Dossier.id.in_(found)


def looked_for(tokens: list[str]) -> dict[str, str]:
    """As `people.name_tokens` gives them, at most MOST, for `having_all`.

    The last word first: that is the given name, which fewer people share than any other.
    """
    return {f"word{number}": token[:LENGTH] for number, token in enumerate(reversed(tokens))}


def follow_name(session: Session, public_id: str) -> None:
    """The words of all that this person has sent, as the name is now."""
    mine = and_(
        Dossier.person_id == select(Person.id).where(Person.public_id == public_id).scalar_subquery(),
        Dossier.state != State.DRAFT.value,
    )
    sent = session.execute(select(Dossier.office_id, Dossier.id).where(mine)).all()
    old = and_(
        DossierWord.office_id.in_({row.office_id for row in sent}), DossierWord.dossier_id.in_([row.id for row in sent])
    )
    session.execute(delete(DossierWord).where(old).execution_options(synchronize_session=False))
    write_words(session, mine)


@on(IdentityLinked, name="dossiers.follow_name")
@on(AccountsJoined, name="dossiers.follow_joined")
def _follow(session: Session, event: IdentityLinked | AccountsJoined) -> None:
    follow_name(session, event.person)


@erasure.part("names of dossiers", order=95)
def _erase(session: Session, public_id: str, _so_far: list[Outcome]) -> list[Outcome]:
    """After the accounts have said whether the name stays."""
    follow_name(session, public_id)
    return []
