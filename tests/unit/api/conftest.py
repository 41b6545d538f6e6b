from collections.abc import Iterator

import httpx
import pytest

from tests.support.served_pages import browse
from tests.support.shown_city import ShownCity, flood, sabae


@pytest.fixture(scope="module")
def flooded() -> ShownCity:
    """Looked at only: a test that changes its city takes `empty`."""
    city = sabae()
    flood(city)
    return city


@pytest.fixture(scope="module")
def client(flooded: ShownCity) -> Iterator[httpx.Client]:
    with browse(flooded) as found:
        yield found


@pytest.fixture
def empty() -> Iterator[tuple[ShownCity, httpx.Client]]:
    city = sabae()
    with browse(city) as found:
        yield city, found
