"""What this suite takes for granted of the tools that run it."""

import os

import pytest


@pytest.mark.xdist_group("house")
def test_a_group_of_tests_stays_on_one_process(request: pytest.FixtureRequest) -> None:
    """Otherwise each process starts its own servers and looks at every page again, and nobody is told."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@house")
