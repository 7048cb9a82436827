"""Files of a post, opened and kept before anything is written about them: no transaction waits for a photo."""

from flask import request

from webapp.core.actor import Actor
from webapp.core.files import Prepared, TurnedAway, stored_today, try_prepare
from webapp.core.text import Text, one_line
from webapp.shell.services import services
from webapp.shell.unit_of_work import let_go, look

AT_ONCE = 20
MAX_DAY_BYTES = 300 * 1024 * 1024
TOO_MANY = Text("Send at most 20 files at a time; the others were left out. Send them after these.")
DAY_IS_FULL = Text("You have sent 300 MB today, all that fits in a day. Send the rest tomorrow, or at the counter.")


def take_in(name: str, *, by: Actor) -> list[Prepared | TurnedAway]:
    """Open and keep what was chosen in this box. Ends the transaction: load what you act on after it."""
    chosen = [f for f in request.files.getlist(name) if f.filename]
    if not chosen:
        return []
    used = stored_today(look(), by.account_public or "")
    let_go()
    made: list[Prepared | TurnedAway] = []
    for file in chosen[:AT_ONCE]:
        if used >= MAX_DAY_BYTES:
            made.append(TurnedAway(one_line(file.filename or "")[:60], DAY_IS_FULL))
            continue
        with file.stream as stream:
            one = try_prepare(services().storage, stream.read(), file.filename or "")
        used += one.size if isinstance(one, Prepared) else 0
        made.append(one)
    if len(chosen) > AT_ONCE:
        made.append(TurnedAway(one_line(chosen[AT_ONCE].filename or "")[:60], TOO_MANY))
    return made
