from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.town import FoundTown, Town


@pytest.fixture
def found_town(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[FoundTown]:
    """Founds a town whose city runs until the test ends; one a test."""
    with ExitStack() as stack:

        def found(*devices: str, life_s: float | None = None) -> Town:
            town = Town(tmp_path, free_port, devices, life_s)
            stack.enter_context(town.city)
            return town

        yield found
