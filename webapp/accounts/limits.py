"""All figures about codes and log-ins, in one table to read, argue about and change.

From security design 2.2 and 2.3; its anchors are NIST SP 800-63B-4 (codes of 6 digits, 100 wrong in a row at most,
waits that grow), login.gov's published rate limits (25 codes in 5 minutes for one address, lists of known devices) and
the volume of a province (about 1,570 dossiers a working day with 4 messages each).

`hard` limits refuse. `soft` ones only ask to wait a little: a commune office, or half a city behind its mobile
network, may be one address.
"""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy.orm import Session

from webapp.core import throttle

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """So many in so long a window, for each value of what it counts."""

    name: str
    times: int
    window: timedelta

    def hit(self, session: Session, who: str) -> bool:
        """Count one; False when it would be too many."""
        return throttle.hit(session, self.name, who, self.times, self.window)

    def is_full(self, session: Session, who: str) -> bool:
        return not throttle.is_relaxed() and throttle.seen(session, self.name, who, self.window) >= self.times

    def free_in(self, session: Session, who: str) -> int:
        """Seconds until it begins anew."""
        return throttle.free_in(session, self.name, who, self.window)

    def give_back(self, session: Session, who: str) -> None:
        throttle.give_back(session, self.name, who, self.window)


# One code.
CODE_LIFE = timedelta(minutes=5)
TRIES_PER_CODE = 5
PROOF_LIFE = timedelta(minutes=30)  # "this browser reads that phone"

# Wrong codes, for one phone (and for each known device by itself, so that strangers lock only strangers out).
WRONG_PER_HOUR = 10
LOCKS = tuple(timedelta(minutes=n) for n in (10, 20, 40, 60))  # the last one again and again
WRONG_IN_A_ROW = 100  # then no code helps any more: in person
LOCKS_FORGOTTEN_AFTER = DAY

# Codes sent to one phone. Used ones do not count: whoever typed one in reads that phone.
LADDER = (30, 60, 120, 240)
PHONE_PER_HOUR, PHONE_PER_DAY = 5, 10
PHONE_WITH_USED = Limit("code phone", 40, DAY)

# Codes asked for from somewhere. Used ones are given back.
DEVICE = Limit("code device", 10, HOUR)
ADDRESS = Limit("code address", 25, 5 * MINUTE)  # soft
ADDRESS_DAY = Limit("code address", 200, DAY)  # soft
NETWORK = Limit("code network", 500, HOUR)  # soft; /24, or /48 of IPv6
# After waiting: one at a time, every five seconds, for each address.
AFTER_WAIT = Limit("code after wait", 1, timedelta(seconds=5))

# Codes sent by the whole installation. Messages about dossiers have nothing to do with these.
PREFIX = Limit("code prefix", 30, 10 * MINUTE)  # the first six digits: numbers that were bought together
GLOBAL_MINUTE = Limit("code global", 60, MINUTE)
GLOBAL_DAY = Limit("code global", 20_000, DAY)

# Breakers.
WRONG_EVERYWHERE, WRONG_EVERYWHERE_WINDOW = 300, 10 * MINUTE
# ... or ten times as many as usual: as the median of such windows of a week, of those in which a code was wrong at all
# (at night none is). A few mistakes of a quiet morning are nobody's attack.
WRONG_TIMES_USUAL, WRONG_AT_LEAST, WRONG_WEEK = 10, 30, 7 * DAY
SENT_AT_LEAST, VERIFIED_SHARE, SENT_WINDOW = 50, 0.30, 15 * MINUTE
OPEN_FOR = 15 * MINUTE

# Log-ins: (idle, whatever they do), by kind of account.
SESSIONS = {
    "citizen": (30 * MINUTE, 12 * HOUR),
    "helper": (15 * MINUTE, 10 * HOUR),
    "officer": (15 * MINUTE, 10 * HOUR),
    "admin": (10 * MINUTE, 4 * HOUR),
}
WARNING = timedelta(seconds=150)
# How many devices may be logged in at once; the oldest log-in ends when one more begins.
AT_ONCE = {"citizen": 5, "helper": 1, "officer": 1, "admin": 1}
# How long a proof counts as fresh, for acts that need one.
FRESH = {"citizen": 10 * MINUTE, "helper": 20 * MINUTE, "officer": 20 * MINUTE, "admin": 20 * MINUTE}

# A device that was not seen for so long is new again: networks give a number that nobody uses to somebody else.
DEVICE_LIFE = timedelta(days=90)
ALARM_LIFE = timedelta(days=7)
ALARM_TRIES = Limit("not me", 30, 5 * MINUTE)  # wrong codes of "this was not me" from one address
KEPT_FORM_LIFE = HOUR

# The wait on the page that stands between a soft limit and the next code.
WAIT = timedelta(seconds=20)
TICKET_LIFE = 15 * MINUTE


def address_key(address: str) -> str:
    """One household: an IPv4 address, or the /64 that an IPv6 line has to itself."""
    return _network(address, 32, 64)


def network_key(address: str) -> str:
    """One operator's block: /24, or /48 of IPv6."""
    return _network(address, 24, 48)


def _network(address: str, bits4: int, bits6: int) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return f"6:{int(found) >> (128 - bits6):x}/{bits6}"
        found = found.ipv4_mapped
    return f"4:{int(found) >> (32 - bits4):x}/{bits4}"


def prefix_of(phone: str) -> str:
    """The first six digits of +84912345678 as people write it: 091234."""
    return "0" + phone.removeprefix("+84")[:5]
