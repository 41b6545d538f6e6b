from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from megane.mosquitto import Mosquitto


@pytest.fixture
async def broker(tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[Mosquitto]:
    """A broker as a city runs it, on a port of its own."""
    mosquitto = Mosquitto(tmp_path / "broker", "127.0.0.1", free_port())
    await mosquitto.start()
    yield mosquitto
    await mosquitto.stop()
