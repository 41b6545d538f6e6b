"""Fixtures that every kind of test may ask for."""

from collections.abc import Callable

import pytest

from bench import servers


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Gives ports of the loopback that nobody listens on."""
    return servers.free_port
