"""A clock that tests may turn."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine


@pytest.fixture
def later() -> Iterator[Callable[..., None]]:
    """`later(minutes=11)`: so much time goes by. The clock stands still otherwise."""
    with time_machine.travel(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), tick=False) as traveller:
        yield lambda **much: traveller.shift(timedelta(**much))
