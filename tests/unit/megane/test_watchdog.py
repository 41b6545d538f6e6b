import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from megane.clocks import ScaledClock
from megane.watchdog import Watchdog


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[tuple[socket.socket, dict[str, str]]]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(str(tmp_path / "notify"))
        s.setblocking(False)
        yield s, {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}


async def _heard(s: socket.socket) -> str:
    async with asyncio.timeout(10):
        return (await asyncio.get_running_loop().sock_recv(s, 100)).decode()


async def test_it_is_fed_while_the_probe_passes_and_not_fed_while_it_fails(
    systemd: tuple[socket.socket, dict[str, str]],
) -> None:
    s, environment = systemd
    probed = asyncio.Queue[str | None]()
    answers: list[str | None] = [None, "journal", None]

    async def probe() -> str | None:
        answer = answers.pop(0) if answers else "over"
        await probed.put(answer)
        return answer

    task = asyncio.create_task(Watchdog(environment, probe, ScaledClock(0, 100)).run())
    seen = [await probed.get() for _ in range(4)]
    task.cancel()
    assert seen == [None, "journal", None, "over"]
    assert [await _heard(s) for _ in range(3)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
    with pytest.raises(BlockingIOError):
        s.recv(100)


async def test_a_probe_that_hangs_feeds_nothing(systemd: tuple[socket.socket, dict[str, str]]) -> None:
    s, environment = systemd
    calls = asyncio.Queue[int]()

    async def probe() -> str | None:
        await calls.put(1)
        await asyncio.Event().wait()
        return None

    task = asyncio.create_task(Watchdog(environment, probe, ScaledClock(0, 100)).run())
    for _ in range(2):
        await calls.get()
    task.cancel()
    assert await _heard(s) == "READY=1"
    with pytest.raises(BlockingIOError):
        s.recv(100)


async def test_without_systemd_nothing_is_sent_and_nothing_waits() -> None:
    async def probe() -> str | None:
        raise AssertionError

    await Watchdog({}, probe, ScaledClock(0, 1)).run()
