"""A broker that others can reach lets in those in its file of users, and nobody else."""

import asyncio
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from city.wire.mqtt import Connack, Connect
from city.wire.mqtt_parser import MqttParser
from megane.mosquitto import BrokerError, Mosquitto

EVERYWHERE = "0.0.0.0"


async def code_of(port: int, username: str | None, password: str | None) -> int:
    """What the broker answers to this user."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(Connect("someone", username=username, password=password).encode())
    async with asyncio.timeout(60):
        (connack,) = MqttParser().feed(await reader.read(100))
    writer.close()
    await writer.wait_closed()
    assert isinstance(connack, Connack)
    return connack.code


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """A file with one user, made as the README says."""
    file = tmp_path / "users"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(file), "megane", "right"], check=True)
    return file


async def test_open_to_all_addresses_it_takes_its_users_alone(
    tmp_path: Path, users: Path, free_port: Callable[[], int]
) -> None:
    mosquitto = Mosquitto(tmp_path / "broker", EVERYWHERE, free_port(), users)
    await mosquitto.start()
    try:
        assert await code_of(mosquitto.port, "megane", "right") == 0
        assert await code_of(mosquitto.port, "megane", "wrong") != 0
        assert await code_of(mosquitto.port, None, None) != 0
    finally:
        await mosquitto.stop()


async def test_open_to_all_addresses_without_users_it_says_what_to_do(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    with pytest.raises(BrokerError, match="mosquitto_passwd"):
        await Mosquitto(tmp_path / "broker", EVERYWHERE, free_port()).start()
