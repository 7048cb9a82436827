"""How many requests nobody thought of are sent, and what no answer to them may tell.

CI sends 5,000 bad ones, always the same. The long run, about half an hour, sends twenty times as many:

    MOTCUA_FUZZ=100000 .venv/bin/python -m pytest tests/cases/test_d24* tests/webapp/interop/test_fuzz.py \
        -o log_cli=true --log-cli-level=INFO

It says how many were sent by whom and to which operation of the API. Each has a test of its own (`-k "d24 and lan"`),
so a long run can be made in parts.
"""

import logging
import os
import re

log = logging.getLogger("motcua.fuzzing")  # how many there were; tests/README.md says how to see them
WANTED = int(os.environ.get("MOTCUA_FUZZ", "5000"))
TO_API = WANTED // 10  # on top of them the API gets as many good ones
TO_PAGES = WANTED - TO_API

TELLING = re.compile(
    r"Traceback \(most|sqlalchemy|sqlite3|psycopg|SELECT .+ FROM |INSERT INTO |site-packages|/webapp/\w+/\w+\.py"
)


def each(requests: int, groups: int) -> int:
    """Shared among so many, rounded up."""
    return -(-requests // groups)
