import asyncio

from megane.clocks import ScaledClock, SystemClock


def test_a_scaled_clock_begins_where_it_is_told_and_runs_at_its_speed() -> None:
    wall = [100.0]
    clock = ScaledClock(1_000_000, 600, lambda: wall[0])
    assert clock.now_ms() == 1_000_000
    wall[0] += 0.5
    assert clock.now_ms() == 1_000_000 + 300_000


def test_a_held_clock_stands_still() -> None:
    wall = [0.0]
    clock = ScaledClock(0, 10, lambda: wall[0])
    wall[0] = 1.0
    clock.hold()
    wall[0] = 2.0
    assert clock.now_ms() == 10_000


def test_a_scaled_clock_stands_still_at_its_end() -> None:
    wall = [0.0]
    clock = ScaledClock(0, 10, lambda: wall[0], end_ms=9_999)
    wall[0] = 0.9
    assert clock.now_ms() == 9_000
    wall[0] = 1.0
    assert clock.now_ms() == 9_999


async def test_sleeping_is_counted_in_its_own_seconds() -> None:
    clock = ScaledClock(0, 10_000)
    async with asyncio.timeout(60):
        await clock.sleep(10_000)
    assert clock.now_ms() >= 10_000_000
    await clock.sleep(-1)


async def test_the_system_clock_goes_on() -> None:
    clock = SystemClock()
    before = clock.now_ms()
    await clock.sleep(0.002)
    assert clock.now_ms() > before
