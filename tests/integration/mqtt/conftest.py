import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from megane.mosquitto import Mosquitto


@pytest.fixture
async def broker(tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[Mosquitto]:
    """A broker as a city runs it, on a port of its own; ended with the test, whoever restarted it meanwhile."""
    mosquitto = Mosquitto(tmp_path / "broker", "127.0.0.1", free_port())
    await mosquitto.start()
    yield mosquitto
    await mosquitto.stop()


@pytest.fixture
async def supervised(broker: Mosquitto) -> AsyncIterator[Mosquitto]:
    """The same, and started again whenever it dies."""
    watching = asyncio.create_task(broker.run())
    yield broker
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
