"""The sign of life: each minute, to each address by itself, failures counted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from administration.heartbeat import Heartbeat
from administration.metrics import Metrics
from administration.ports import Address
from administration.signature import Secret
from administration.webhook_sender import WebhookSender
from megane.clocks import SystemClock
from tests.support.alert_events import START_MS
from tests.support.business import TestCity
from tests.support.manual_clock import ManualClock
from tests.support.receiver import OK, SECRET, Answer, Received, Receiver


async def nothing_wrong() -> str | None:
    return None


@asynccontextmanager
async def beating(
    clock: ManualClock,
    registry: CollectorRegistry,
    *urls: str,
    probe: Callable[[], Awaitable[str | None]] = nothing_wrong,
) -> AsyncIterator[None]:
    secrets = (Secret.parse(SECRET, origin="test"),)
    async with WebhookSender(TestCity({}), SystemClock()) as sender:
        heartbeat = Heartbeat(
            city="sabae",
            addresses=[Address.of(url, secrets, origin="test") for url in urls],
            probe=probe,
            sender=sender,
            clock=clock,
            metrics=Metrics(registry),
        )
        task = asyncio.create_task(heartbeat.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_it_beats_each_minute_whatever_another_address_does() -> None:
    async def hang(_: Received) -> Answer:
        await asyncio.Event().wait()
        return OK

    clock = ManualClock(START_MS + 12_345)
    async with (
        Receiver() as well,
        Receiver(hang) as hanging,
        beating(clock, CollectorRegistry(), well.url, hanging.url),
    ):
        await clock.pass_until(well.until(lambda: len(well.taken) == 5))
        assert len(hanging.requests) == 1  # nothing piles up where nobody answers
    times = [taken.event["time"] for taken in well.taken]
    assert times == [f"2024-06-23T00:0{minute}:{'12.345' if minute == 0 else '00.000'}Z" for minute in range(5)]
    assert len({taken.id for taken in well.taken}) == 5
    assert well.taken[0].event["type"] == "jp.megane.heartbeat"
    assert well.taken[0].event["data"] == {"city": "sabae", "started_at": times[0], "every_s": 60}


async def test_a_failure_is_counted_and_not_repeated() -> None:
    async def broken(_: Received) -> Answer:
        return Answer(500)

    clock, registry = ManualClock(START_MS), CollectorRegistry()
    async with Receiver(broken) as receiver, beating(clock, registry, receiver.url):
        await clock.pass_until(receiver.until(lambda: len(receiver.requests) == 3))
    failed = {"outcome": "retry", "reason": "server_error"}
    assert (registry.get_sample_value("megane_heartbeats_total", failed) or 0) >= 2
    assert [r.event["time"][14:19] for r in receiver.requests] == ["00:00", "01:00", "02:00"]


async def test_a_city_whose_probe_fails_is_silent_until_it_passes_again() -> None:
    asked: list[int] = []
    clock = ManualClock(START_MS)

    async def stuck_for_two_minutes() -> str | None:
        asked.append(clock.now_ms())
        return "journal: a batch has waited 61000 ms" if 2 <= len(asked) <= 3 else None

    async with Receiver() as receiver, beating(clock, CollectorRegistry(), receiver.url, probe=stuck_for_two_minutes):
        await clock.pass_until(receiver.until(lambda: len(receiver.taken) == 2))
    assert [r.event["time"][14:19] for r in receiver.taken] == ["00:00", "03:00"]
