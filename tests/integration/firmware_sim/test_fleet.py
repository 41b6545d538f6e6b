"""The fleet against a real broker, with a city that gives receipts at once, late, never, or for later messages only."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from city.clock import Clock
from city.wire.state import Presence
from edge.outbox import MOST_OUT, MOST_SENDS
from firmware_sim.faults.clock_unsynced import ClockUnsynced
from firmware_sim.faults.cut import Cut
from firmware_sim.faults.disorder import Disorder
from firmware_sim.faults.dropout import Dropout
from firmware_sim.faults.duplicate import Duplicate
from firmware_sim.faults.fault import Fault, Period
from firmware_sim.faults.outage import Outage
from firmware_sim.faults.rubbish import Rubbish
from firmware_sim.fleet import Fleet
from firmware_sim.scenario import Scenario
from megane.clocks import SystemClock
from megane.mosquitto import Mosquitto
from tests.support.fake_city import ROOT, FakeCity, Settles
from tests.support.manual_clock import ManualClock
from tests.support.small_scenario import ALWAYS, SAMPLING_MS, START_MS, gauges, scenario_of

DEADLINE_S = 60.0  # only ends a test that would hang
POLL_S = 0.01
GAUGE = "gauge-0000"


class Stage:
    """A fleet that runs, the simulated clock it runs by, and the city it speaks to."""

    def __init__(self, fleet: Fleet, running: "asyncio.Task[None]", clock: ManualClock, city: FakeCity) -> None:
        self.fleet = fleet
        self.running = running
        self.clock = clock
        self.city = city
        self.sampled = 0

    async def sample(self, rounds: int) -> None:
        """Lets every device take `rounds` readings."""
        async with asyncio.timeout(DEADLINE_S):  # where the fleet has ended, nobody would ever sleep
            for _ in range(rounds):
                await self.clock.somebody_sleeps()
                self.clock.advance_to(self.clock.now_ms() + SAMPLING_MS)
            await self.clock.somebody_sleeps()
        self.sampled += rounds

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():  # noqa: ASYNC110 conditions look into several objects, none of which has an event
                await asyncio.sleep(POLL_S)

    async def quiet(self) -> None:
        """All spools are empty or set aside, and the city has taken in all that was acknowledged."""
        assert await self.fleet.quiesce(DEADLINE_S) == 0
        await self.until(lambda: self.city.readings >= self.fleet.books.published)


@contextlib.asynccontextmanager
async def stage(
    broker: Mosquitto,
    scenario: Scenario,
    settles: Settles = lambda _device, _seq: True,
    first_delay_s: float = 1_000.0,
) -> AsyncIterator[Stage]:
    city = await FakeCity.open(broker.port, settles)
    clock = ManualClock(START_MS)
    fleet = fleet_of(broker, scenario, clock, first_delay_s)
    running = asyncio.create_task(fleet.run())
    try:
        yield Stage(fleet, running, clock, city)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running  # where it broke, this says why
        await city.close()


def fleet_of(broker: Mosquitto, scenario: Scenario, clock: Clock, first_delay_s: float) -> Fleet:
    return Fleet(
        scenario,
        clock=clock,
        network_clock=SystemClock(),
        steady_s=time.perf_counter,
        host="127.0.0.1",
        port=broker.port,
        root=ROOT,
        first_delay_s=first_delay_s,
    )


def one_gauge(*faults: Fault) -> Scenario:
    return scenario_of(gauges(1), {GAUGE: faults})


async def test_books_agree_with_the_city(broker: Mosquitto) -> None:
    catalog = gauges(20)
    faults: Mapping[str, Sequence[Fault]] = {
        "gauge-0001": [Rubbish(ALWAYS, 0.5)],
        "gauge-0002": [Duplicate(ALWAYS, 0.5)],
        "gauge-0003": [Disorder(ALWAYS, 0.5)],
        "gauge-0004": [ClockUnsynced(ALWAYS)],
        "gauge-0005": [Outage(Period(START_MS + 5 * SAMPLING_MS, START_MS + 15 * SAMPLING_MS))],
        "gauge-0006": [Dropout(Period(START_MS + 5 * SAMPLING_MS, START_MS + 15 * SAMPLING_MS))],
    }
    async with stage(broker, scenario_of(catalog, faults)) as on:
        await on.sample(30)
        await on.quiet()
        books = on.fleet.books
        assert books.unsure == 0
        assert books.published == on.city.readings
        assert on.city.undecodable > 0
        assert on.fleet.set_aside == 0
        for device in catalog.devices:
            seqs = {seq for name, seq in on.city.arrived if name == device}
            assert seqs == set(range(1, max(seqs) + 1))
        assert max(times for (device, _), times in on.city.arrived.items() if device == "gauge-0002") >= 2
        assert on.city.order["gauge-0003"] != sorted(on.city.order["gauge-0003"])


async def test_at_most_64_are_out_without_a_receipt(broker: Mosquitto) -> None:
    async with stage(broker, one_gauge(), settles=lambda _device, _seq: False) as on:
        await on.sample(100)
        await on.until(lambda: on.fleet.waiting >= 100 and on.fleet.books.messages >= MOST_OUT)
        await on.until(lambda: len(on.city.arrived) >= MOST_OUT)
        assert len(on.city.arrived) == MOST_OUT
        assert on.fleet.books.messages == MOST_OUT


async def test_what_gets_no_receipt_is_sent_again_until_it_does(broker: Mosquitto) -> None:
    async with stage(broker, one_gauge(), settles=lambda _device, _seq: False, first_delay_s=0.2) as on:
        await on.sample(100)
        await on.until(lambda: on.fleet.resent >= MOST_OUT)
        on.city.settles = lambda _device, _seq: True
        await on.quiet()
        assert {seq for _, seq in on.city.arrived} >= set(range(1, 101))
        assert on.fleet.books.published == on.city.readings


async def test_a_message_in_vain_is_set_aside_while_later_ones_get_theirs(broker: Mosquitto) -> None:
    async with stage(broker, one_gauge(), settles=lambda _device, seq: seq != 3) as on:
        for _ in range(24):  # one after the other, so that each receipt overtakes the third message anew
            await on.sample(1)
            await on.until(lambda: on.fleet.waiting <= 1 and len(on.city.arrived) >= on.sampled)
        await on.quiet()
        assert on.fleet.set_aside == 1
        assert on.city.arrived[GAUGE, 3] == MOST_SENDS
        assert on.fleet.books.published == on.city.readings


async def test_an_outage_ends_in_a_burst_of_everything(broker: Mosquitto) -> None:
    outage = Outage(Period(START_MS + 2 * SAMPLING_MS, START_MS + 40 * SAMPLING_MS))
    async with stage(broker, one_gauge(outage)) as on:
        await on.until(lambda: on.city.states[GAUGE] == [Presence.ONLINE])
        await on.sample(20)
        await on.until(lambda: on.city.states[GAUGE][-1] is Presence.OFFLINE)
        before = len(on.city.arrived)
        assert on.fleet.waiting >= 15
        await on.sample(30)
        await on.until(lambda: on.fleet.waiting == 0)
        assert on.city.states[GAUGE][-1] is Presence.ONLINE
        assert len(on.city.arrived) > before + 15
        assert on.fleet.books.unsure == 0


async def test_a_connection_that_breaks_leaves_a_margin_and_loses_nothing(broker: Mosquitto) -> None:
    async with stage(broker, one_gauge(Cut(ALWAYS, 0.5))) as on:
        for _ in range(12):
            await on.sample(1)
            await on.until(lambda: on.fleet.waiting == 0)
        await on.quiet()
        books = on.fleet.books
        assert books.published <= on.city.readings <= books.published + books.unsure
        assert Presence.OFFLINE in on.city.states[GAUGE]  # the last will
        seqs = {seq for _, seq in on.city.arrived}
        assert seqs == set(range(1, max(seqs) + 1))


async def test_a_broker_that_was_away_is_found_again(broker: Mosquitto) -> None:
    # The delay is short because devices may be back before this city is, whose session holds no messages meanwhile.
    async with stage(broker, scenario_of(gauges(5)), first_delay_s=0.5) as on:
        await on.sample(3)
        await on.until(lambda: on.fleet.waiting == 0)
        await broker.stop()
        await on.sample(5)
        assert on.fleet.waiting > 0
        await broker.start()
        on.city = await FakeCity.open(broker.port)
        await on.until(lambda: on.fleet.waiting == 0)
        await on.city.close()
        assert on.fleet.lost == 0


async def test_at_its_end_every_device_says_goodbye(broker: Mosquitto) -> None:
    async with stage(broker, scenario_of(gauges(5))) as on:
        await on.until(lambda: len(on.city.states) == 5)
        on.running.cancel()
        await on.until(lambda: all(states[-1] is Presence.OFFLINE for states in on.city.states.values()))


async def test_an_unsynced_device_sends_its_uptime_and_now(broker: Mosquitto) -> None:
    async with stage(broker, one_gauge(ClockUnsynced(ALWAYS))) as on:
        await on.sample(3)
        await on.quiet()
        for _, pack in on.city.packs:
            assert pack.uptime_now_ms is not None
            assert 0 < pack.measurements[0].time_ms <= pack.uptime_now_ms + SAMPLING_MS


async def test_the_moment_of_publishing_is_that_of_the_first_sending(broker: Mosquitto) -> None:
    async with stage(broker, one_gauge(Duplicate(ALWAYS, 1.0))) as on:
        before_s = time.perf_counter()
        await on.sample(2)
        await on.quiet()
        key = on.fleet.scenario.devices[0].instruments[0].sensor.key
        times = sorted({m.time_ms for _, pack in on.city.packs for m in pack.measurements})
        moments = [on.fleet.books.published_at(key, time_ms) for time_ms in times]
        assert all(moment is not None and before_s <= moment <= time.perf_counter() for moment in moments)
        assert on.fleet.books.published_at(key, times[0] + 1) is None


async def test_hundreds_of_devices_in_one_process(broker: Mosquitto) -> None:
    async with stage(broker, scenario_of(gauges(500))) as on:
        await on.sample(2)
        await on.until(lambda: len({device for device, _ in on.city.arrived}) == 500)
        await on.quiet()
        assert on.fleet.books.published == on.city.readings
        assert on.fleet.books.unsure == 0


async def test_ten_thousand_devices_in_one_process(broker: Mosquitto) -> None:
    async with stage(broker, scenario_of(gauges(10_000))) as on:
        await on.sample(1)
        await on.until(lambda: len({device for device, _ in on.city.arrived}) == 10_000)
        await on.quiet()
        assert on.fleet.books.published == on.city.readings
        assert on.fleet.books.unsure == 0
