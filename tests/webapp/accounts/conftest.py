"""A clock that tests may turn, and short ways to look into the tables."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from webapp.accounts.models import Account
from webapp.shell.services import Services

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 09:00 in Thanh Hóa


@pytest.fixture
def later() -> Iterator[Callable[..., None]]:
    """`later(minutes=6)`: so much time goes by. The clock stands still otherwise."""
    with time_machine.travel(START, tick=False) as traveller:
        yield lambda **much: traveller.shift(timedelta(**much))


@pytest.fixture
def change(services: Services) -> Callable[..., None]:
    """`change(username, disabled_at=…)`: what a manager would do to a staff account."""

    def run(username: str, **values: Any) -> None:
        with services.database.transaction() as session:
            account = session.scalars(select(Account).where(Account.username == username)).one()
            for name, value in values.items():
                setattr(account, name, value)

    return run
