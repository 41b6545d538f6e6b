"""The broker's supervision, with real processes."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.waiting import wait_for
from megane.mosquitto import BrokerError, Mosquitto

ROOT = Path(__file__).parents[3]
CITY = """
import asyncio, pathlib, sys
from megane.mosquitto import Mosquitto

async def main():
    mosquitto = Mosquitto(pathlib.Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]))
    await mosquitto.start()
    print(mosquitto.pid, flush=True)
    await mosquitto.run()

asyncio.run(main())
"""


def is_open(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


async def until(condition: Callable[[], bool], what: str) -> None:
    await asyncio.to_thread(wait_for, condition, what)


async def test_it_takes_connections_once_started_and_is_gone_once_stopped(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    port = free_port()
    mosquitto = Mosquitto(tmp_path / "broker", "127.0.0.1", port)
    await mosquitto.start()
    assert is_open(port)
    await mosquitto.stop()
    assert mosquitto.pid is None
    assert not is_open(port)
    assert (tmp_path / "broker" / "mosquitto.db").exists()  # it wrote its sessions before it went


async def test_a_broker_that_dies_is_started_again(supervised: Mosquitto) -> None:
    first = supervised.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: supervised.pid not in {None, first}, "another broker")


async def test_a_broker_left_behind_by_a_killed_city_is_adopted(tmp_path: Path, free_port: Callable[[], int]) -> None:
    folder, port = tmp_path / "broker", free_port()
    city = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CITY, str(folder), str(port), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert city.stdout is not None
    pid = int(await city.stdout.readline())
    city.kill()
    await city.wait()
    assert is_open(port)

    heir = Mosquitto(folder, "127.0.0.1", port)
    await heir.start()
    assert heir.pid == pid
    watching = asyncio.create_task(heir.run())
    os.kill(pid, signal.SIGKILL)
    await until(lambda: heir.pid not in {None, pid}, "a broker in place of the adopted one")
    watching.cancel()
    await heir.stop()
    assert not is_open(port)


async def test_one_left_behind_with_another_port_is_replaced(broker: Mosquitto, free_port: Callable[[], int]) -> None:
    elsewhere = Mosquitto(broker.log_file.parent, "127.0.0.1", free_port())
    await elsewhere.start()
    assert elsewhere.pid != broker.pid
    await elsewhere.stop()


async def test_a_pid_file_of_somebody_else_is_not_believed(tmp_path: Path, free_port: Callable[[], int]) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    (folder / "mosquitto.pid").write_text(str(os.getpid()))
    mosquitto = Mosquitto(folder, "127.0.0.1", free_port())
    await mosquitto.start()
    assert mosquitto.pid != os.getpid()
    await mosquitto.stop()


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=str(port)):
            await Mosquitto(tmp_path / "broker", "127.0.0.1", port).start()


async def test_a_missing_mosquitto_is_named(
    tmp_path: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("megane.mosquitto.ALSO_THERE", ())
    with pytest.raises(BrokerError, match="apt-get install mosquitto"):
        await Mosquitto(tmp_path / "broker", "127.0.0.1", free_port()).start()


async def test_the_last_words_of_one_that_does_not_start_are_shown(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    (folder / "mosquitto.db").write_bytes(b"not a database of Mosquitto" * 100)
    with pytest.raises(BrokerError) as failure:
        await Mosquitto(folder, "127.0.0.1", free_port()).start()
    assert "mosquitto.log" in str(failure.value)
    assert "persistent" in str(failure.value)
