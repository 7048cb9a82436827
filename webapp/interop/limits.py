"""How often a machine may ask, and how it is told: the RateLimit fields of draft-ietf-httpapi-ratelimit-headers.

Counted in a short transaction of its own, so that asking too often is counted whatever the answer becomes.
"""

from datetime import timedelta

from flask import Response, g, request

from webapp.core import throttle
from webapp.core.errors import TooMany
from webapp.core.text import Text
from webapp.shell.access import actor
from webapp.shell.unit_of_work import database

WINDOW = timedelta(minutes=1)
SECONDS = int(WINDOW.total_seconds())
PER_TOKEN, PER_ADDRESS = 600, 120


def count_request() -> None:
    """Before each request. Raises TooMany."""
    who = actor()
    name, key, limit = (
        ("token", who.account_public or "", PER_TOKEN) if who else ("address", request.remote_addr or "", PER_ADDRESS)
    )
    with database().transaction() as session:
        within = throttle.hit(session, f"api {name}", key, limit, WINDOW)
        used = throttle.seen(session, f"api {name}", key, WINDOW)
        reset = throttle.free_in(session, f"api {name}", key, WINDOW)
    g.rate = (name, limit, max(0, limit - used), reset)
    if not within:
        raise TooMany(Text("Too many requests. Wait %(n)s seconds.", n=reset), retry_after=reset)


def say_limits(response: Response) -> Response:
    """After each request: the policy, what is left, when it begins anew."""
    rate = g.get("rate")
    if rate is not None:
        name, limit, left, reset = rate
        response.headers["RateLimit-Policy"] = f'"{name}";q={limit};w={SECONDS}'
        response.headers["RateLimit"] = f'"{name}";r={left};t={reset}'
    return response
