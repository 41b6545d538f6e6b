import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from city.errors import UnavailableError
from city.quarantine import KEPT_BYTES, Reason
from city.reading import Quality
from ingest import batch_writer
from ingest.journal.writer import Journal
from tests.support.batches import Row
from tests.support.ingester import Ingester, ingester, running
from tests.support.manual_clock import ManualClock
from tests.support.small_catalog import catalog_of

CATALOG = catalog_of("a:x", "b:x")
CLOCK, LATE = int(Quality.CLOCK), int(Quality.LATE)


def pack(*readings: tuple[float, float], device_seq: int | None = None, **header: object) -> str:
    """SenML of (seconds since the epoch, metres)."""
    records: list[dict[str, object]] = [{"n": "x", "u": "m", "t": t, "v": v} for t, v in readings]
    if device_seq is not None:
        header |= {"seq": device_seq, "boot": header.get("boot", "b1")}
    return json.dumps([header | records[0], *records[1:]])


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def city(path: Path, clock: ManualClock) -> Ingester:
    return ingester(path, CATALOG, clock)


async def passing(clock: ManualClock, until: Callable[[], bool]) -> None:
    """Lets time go by until something is so."""
    async with asyncio.timeout(60):
        while not until():
            clock.advance(1)
            await asyncio.sleep(0)


def now_s(city: Ingester) -> float:
    return city.clock.now_ms() / 1000


async def test_what_the_checks_find_is_counted_by_check(city: Ingester) -> None:
    t = now_s(city) - 5_000
    levels = [1.0, 1.1, 1.0, 0.9, 1.0, 9.0, 1.0, 3_000.0]
    async with running(city):
        city.deliver("m/z/b/up", pack(*((t + 600 * number, level) for number, level in enumerate(levels))))
    assert [quality for *_, quality in await rows_after(city)] == [0, 0, 0, 0, 0, int(Quality.SUSPECT), 0, 1]
    doubted = {name: city.count("megane_readings_doubted_total", check=name) for name in ("range", "rate", "spike")}
    assert doubted == {"range": 1, "rate": 1, "spike": 1}
    assert city.count("megane_readings_doubted_total", check="flat") == 0


async def test_a_reading_is_journaled_acknowledged_and_has_its_receipt(city: Ingester) -> None:
    t = now_s(city) - 5
    async with running(city):
        city.deliver("m/z/b/up", pack((t, 1.25), (t + 1, 1.3), device_seq=7))
    assert city.acked == [pack((t, 1.25), (t + 1, 1.3), device_seq=7).encode()]
    assert city.receipts == [("m/z/b/receipt", "b1", 7, 7)]
    assert await rows_after(city) == [(1, int(t * 1000), 1.25, 0), (1, int(t * 1000) + 1000, 1.3, 0)]
    assert city.count("megane_messages_total", outcome="accepted") == 1
    assert city.count("megane_readings_received_total") == 2


async def rows_after(city: Ingester) -> list[Row]:
    """What the journal holds, read by the next process."""
    again = ingester(city.journal.path, CATALOG, city.clock)
    rows = again.rows()
    again.journal.close()
    return rows


async def test_nothing_is_acknowledged_before_the_journal_has_it(
    city: Ingester, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = True
    tried: list[int] = []
    append = Journal.append_batch

    def on_a_full_disk(journal: Journal, *args: object) -> int:
        tried.append(1)
        if full:
            raise UnavailableError("database or disk is full")
        return append(journal, *args)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(Journal, "append_batch", on_a_full_disk)
    async with running(city):
        city.deliver("m/z/a/up", pack((now_s(city), 1.0), device_seq=1))
        for times in (1, 2, 3):
            await passing(clock, lambda times=times: len(tried) >= times)  # type: ignore[misc]  # a default binds it
            assert city.acked == []
            assert city.pipeline.state().waiting_since_ms is not None
        full = False
        await passing(clock, lambda: bool(city.acked))
    assert len(city.acked) == 1
    assert city.count("megane_journal_append_failures_total") >= 3
    found = await rows_after(city)
    assert [quality for *_, quality in found] == [0], "judged once, however often it was tried"


async def test_what_came_again_is_late_and_gets_its_receipt_again(city: Ingester) -> None:
    payload = pack((now_s(city), 1.0), device_seq=3)
    async with running(city):
        city.deliver("m/z/a/up", payload)
        await city.settled(1)
        city.deliver("m/z/a/up", payload)
    assert [quality for *_, quality in await rows_after(city)] == [0, LATE]
    assert city.receipts == [("m/z/a/receipt", "b1", 3, 3)]


@pytest.mark.parametrize(
    ("topic", "payload", "reason", "receipts"),
    [
        ("m/z/a/up", b"\xff\x00rubbish", Reason.UNDECODABLE, 0),
        ("m/z/a/up", b"[" * 100_000, Reason.UNDECODABLE, 0),
        ("m/z/a/up", b"x" * (10 * 1024 * 1024), Reason.OVER_LIMIT, 0),
        ("m/z/a/up", json.dumps([{"n": "x", "u": "m", "v": 1}] * 10_001), Reason.OVER_LIMIT, 0),
        ("m/z/a/up", '[{"n":"y","u":"m","v":1,"seq":5,"boot":"b"}]', Reason.UNKNOWN_SENSOR, 1),
        ("m/z/a/up", '[{"n":"x","u":"Cel","v":1,"seq":5,"boot":"b"}]', Reason.UNKNOWN_UNIT, 1),
        ("m/z/a/up", '[{"n":"x","u":"m","seq":5,"boot":"b"}]', Reason.NO_VALUE, 1),
        ("m/z/a/up", '[{"n":"x","u":"m","v":1,"t":1000000000000,"seq":5,"boot":"b"}]', Reason.IMPOSSIBLE_TIME, 1),
        ("m/z/a/up", '[{"n":"x","u":"m","v":1,"bt":300000000,"seq":5,"boot":"b"}]', Reason.IMPOSSIBLE_TIME, 1),
        ("m/z/a/up", '[{"n":"b:x","u":"m","v":1,"seq":5,"boot":"b"}]', Reason.WRONG_IDENTITY, 1),
        ("m/elsewhere/a/up", '[{"n":"x","u":"m","v":1,"seq":5,"boot":"b"}]', Reason.WRONG_IDENTITY, 1),
        ("m/z/stranger/up", '[{"n":"x","u":"m","v":1,"seq":5,"boot":"b"}]', Reason.UNKNOWN_SENSOR, 1),
        ("m/z/a/gossip", b"", Reason.TOPIC, 0),
        ("m/z/a", b"", Reason.TOPIC, 0),
        ("m/Z!/a/up", b"[]", Reason.TOPIC, 0),
        ("m/z/a/state", b"rubbish", Reason.UNDECODABLE, 0),
        ("m/z/stranger/state", b'{"state":"online"}', Reason.UNKNOWN_SENSOR, 0),
    ],
)
async def test_rubbish_is_quarantined_and_harms_nothing_else(
    city: Ingester, topic: str, payload: bytes | str, reason: Reason, receipts: int
) -> None:
    data = payload.encode() if isinstance(payload, str) else payload
    async with running(city):
        city.deliver(topic, payload)
        city.deliver("m/z/b/up", pack((now_s(city), 1.0)))
        await city.settled(2)
        (piece,) = city.quarantine.pieces()
        whole = city.quarantine.piece(piece.id)
        assert city.quarantine.counts() == {reason: 1}
    assert (piece.topic, piece.reason, piece.count, piece.length) == (topic, reason, 1, len(data))
    assert whole is not None
    assert whole.payload == data[:KEPT_BYTES]
    assert len(city.receipts) == receipts
    assert len(await rows_after(city)) == 1
    assert city.count("megane_readings_received_total") == 2
    assert city.count("megane_readings_total", outcome="quarantined", reason=reason) == 1
    assert city.count("megane_messages_total", outcome="quarantined") == 1


async def test_of_a_message_what_can_be_used_is_used(city: Ingester) -> None:
    t = now_s(city)
    message = json.dumps(
        [
            {"n": "x", "u": "m", "t": t, "v": 1, "seq": 1, "boot": "b"},
            {"n": "y", "u": "m", "t": t, "v": 1},
            {"n": "x", "u": "m", "t": t + 3600, "v": 2},
            {"n": "x", "u": "m", "t": t + 7200, "v": 2},
            {"n": "x", "u": "m", "t": t + 1, "v": 3},
        ]
    )
    async with running(city):
        city.deliver("m/z/a/up", message)
        await city.settled(1)
        found = {piece.reason: piece.count for piece in city.quarantine.pieces()}
    assert found == {Reason.UNKNOWN_SENSOR: 1, Reason.IMPOSSIBLE_TIME: 2}
    assert [value for _, _, value, _ in await rows_after(city)] == [1, 3]
    assert city.count("megane_messages_total", outcome="accepted") == 1
    assert city.count("megane_messages_total", outcome="quarantined") == 0
    assert city.count("megane_readings_received_total") == 5


async def test_an_unsynced_boot_has_one_offset_even_after_a_restart(
    city: Ingester, path: Path, clock: ManualClock
) -> None:
    def unsynced(uptime_s: float, now: float) -> str:
        return pack((uptime_s, 1.0), device_seq=1, clk="unsynced", now=now)

    began_ms = clock.now_ms()
    async with running(city):
        city.deliver("m/z/a/up", unsynced(90, 100))
        await city.settled(1)
        clock.advance(50)
        city.deliver("m/z/a/up", unsynced(90, 145))
    clock.advance(100)
    async with running(ingester(path, CATALOG, clock)) as again:
        again.deliver("m/z/a/up", unsynced(90, 250))
    found = await rows_after(city)
    assert [(time, quality & CLOCK) for _, time, _, quality in found] == [(began_ms - 10_000, CLOCK)] * 3


async def test_what_the_city_sends_itself_is_ignored_when_it_comes_back(city: Ingester) -> None:
    async with running(city):
        for kind in ("receipt", "config", "cmd"):
            city.deliver(f"m/z/a/{kind}", b"{}")
        await city.settled(3)
        assert city.quarantine.pieces() == []
    assert city.count("megane_readings_received_total") == 0
    assert city.count("megane_device_messages_total", kind="cmd") == 1


async def test_what_became_of_a_command_is_no_reading_and_rubbish_about_it_is_quarantined(city: Ingester) -> None:
    async with running(city):
        city.deliver("m/z/a/cmd-ack", b'{"id": "c1", "outcome": "done"}')
        city.deliver("m/z/a/cmd-ack", b"{}")
        await city.settled(2)
        (piece,) = city.quarantine.pieces()
        assert (piece.topic, piece.reason) == ("m/z/a/cmd-ack", Reason.UNDECODABLE)
    assert city.count("megane_device_messages_total", kind="cmd-ack") == 2


async def test_devices_are_known_by_what_they_say(city: Ingester, clock: ManualClock) -> None:
    async with running(city):
        city.deliver("m/z/a/state", b'{"state":"online","version":"1.2","spool":3,"clock":"unsynced"}')
        city.deliver("m/z/b/up", pack((now_s(city), 1.0)), arrived_ms=clock.now_ms() - 5)
        city.deliver("m/z/a/state", b"")
        await city.settled(3)
    a, b = city.presences.all()
    assert (a.online, a.version, a.spool_depth, a.clock, a.heard_ms) == (True, "1.2", 3, "unsynced", clock.now_ms())
    assert (b.online, b.heard_ms) == (None, clock.now_ms() - 5)


async def test_a_batch_is_closed_by_its_readings_and_what_is_left_goes_on(path: Path, clock: ManualClock) -> None:
    city = ingester(path, CATALOG, clock, open_s=0.2, batch_readings=10)
    t = now_s(city)
    async with running(city):
        for n in range(35):
            city.deliver("m/z/a/up", pack((t + n, 1.0)))
    sizes = [city.count("megane_batch_readings_bucket", le=f"{le}.0") for le in (1, 10)]
    assert sizes == [0, 4]
    assert len(await rows_after(city)) == 35


async def test_draining_an_idle_ingester_ends_it(city: Ingester) -> None:
    async with asyncio.timeout(20), running(city):
        await asyncio.sleep(0)
    assert city.acked == []


async def test_a_full_quarantine_lets_good_messages_through_and_leaves_the_bad_to_their_devices(
    city: Ingester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_writer, "QUARANTINE_BYTES", 700)
    t = now_s(city)
    async with running(city):
        for seq in (1, 2):
            city.deliver("m/z/a/up", f'[{{"n":"y","u":"m","v":{seq},"seq":{seq},"boot":"b"}}]')
        city.deliver("m/z/b/up", pack((t, 1.0), device_seq=1))
        await city.settled(3)
        assert len(city.quarantine.pieces()) == 1
    assert sorted(city.receipts) == [("m/z/a/receipt", "b", 1, 1), ("m/z/b/receipt", "b1", 1, 1)]
    assert city.count("megane_readings_total", outcome="quarantined", reason="unknown_sensor") == 2
    assert city.count("megane_quarantine_overflow_total") == 1


async def test_an_end_at_the_very_moment_a_batch_closes_is_as_clean_as_any(city: Ingester) -> None:
    async with running(city):
        city.deliver("m/z/a/up", pack((now_s(city), 1.0)))
        async with asyncio.timeout(60):
            # No event tells of it, and it lasts one turn of the loop.
            while (window := city.pipeline._window) is None or not window.expired():  # noqa: ASYNC110
                await asyncio.sleep(0)
        await city.pipeline.drain()
    assert len(city.acked) == 1
    assert len(await rows_after(city)) == 1
