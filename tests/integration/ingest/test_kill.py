"""An ingester killed with -9 in the middle of its work, again and again."""

import asyncio
import json
import multiprocessing
import random
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from city.delivery import Delivery
from city.entry import BatchEntry
from city.reading import Quality
from ingest.frontier import Frontier, restore_frontier
from ingest.journal.writer import Journal
from ingest.standing import restore_standing
from tests.support.batches import Row, rows_of
from tests.support.ingester import ingester
from tests.support.manual_clock import ManualClock
from tests.support.small_catalog import catalog_of

DEVICES = [f"d{n}" for n in range(20)]
CATALOG = catalog_of(*(f"{device}:x" for device in DEVICES))
KEYS = [sensor.key for sensor in CATALOG.sensors]
T = 1_700_000_000_000
ROUNDS = 3
# Every other device has no clock: its readings carry its uptime, a second for each message.
UNSYNCED = frozenset(DEVICES[::2])
Acked = tuple[int, int]  # index of the device, number of the message


def payload(device: str, seq: int) -> bytes:
    """Message `seq` of a device: one reading, whose value is that number, a second after the last."""
    record: dict[str, object] = {"n": "x", "u": "m", "v": seq % 20, "seq": seq, "boot": f"only-{device}"}
    if device in UNSYNCED:
        record |= {"clk": "unsynced", "now": seq + 0.5, "bt": seq}
    else:
        record |= {"t": T / 1000 + seq}
    return json.dumps([record]).encode()


def run_city(path: Path, first: int, started_ms: int, told: Connection) -> None:
    """Ingests messages without end, from `first` on, and tells of every acknowledgement."""

    async def work() -> None:
        clock = ManualClock(started_ms)
        city = ingester(path, CATALOG, clock, open_s=0.002)
        running = asyncio.create_task(city.pipeline.run())
        seq = first
        while not running.done():
            for index, device in enumerate(DEVICES):
                told_of = (index, seq)
                city.inbox.put_nowait(
                    Delivery(f"m/z/{device}/up", payload(device, seq), clock.now_ms(), lambda it=told_of: told.send(it))  # type: ignore[misc]  # a default binds the loop's value
                )
            seq += 1
            clock.advance(1)
            while len(city.inbox) > 200:  # noqa: ASYNC110 an inbox tells nobody that it is nearly empty
                await asyncio.sleep(0)
            await asyncio.sleep(0)

    asyncio.run(work())


def killed_after(path: Path, first: int, started_ms: int, acks: int) -> list[Acked]:
    """What a city had acknowledged when it was killed: at least `acks` messages."""
    mine, theirs = multiprocessing.Pipe(duplex=False)
    city = multiprocessing.get_context("fork").Process(target=run_city, args=(path, first, started_ms, theirs))
    city.start()
    theirs.close()
    acked: list[Acked] = []
    while len(acked) < acks:
        assert mine.poll(60), "the city does nothing"
        acked.append(mine.recv())
    city.kill()
    city.join()
    try:
        while mine.poll():
            acked.append(mine.recv())
    except EOFError:
        pass
    mine.close()
    return acked


def journaled(journal: Journal) -> list[list[Row]]:
    """Every batch."""
    entries = journal.reader.read(0, 1_000_000, CATALOG)
    return [rows_of(entry.batch) for entry in entries if isinstance(entry, BatchEntry)]


@pytest.mark.parametrize("seed", [1, 2])
def test_what_was_acknowledged_is_there_and_clocks_and_frontier_stay(tmp_path: Path, seed: int) -> None:
    path, rng = tmp_path / "journal.sqlite", random.Random(seed)
    acked: list[Acked] = []
    offsets: dict[str, int] = {}
    first = 0
    for round_ in range(ROUNDS):
        # Each start is hours later: an offset reckoned anew would be off by as much.
        acked += killed_after(path, first, T + round_ * 7_200_000, rng.randint(100, 5000))
        first = max(seq for _, seq in acked) - 5  # a device sends again what it has no receipt of, and a bit more
        journal = Journal(path)
        kept = {each.device: each.offset_ms for each in journal.clock_offsets()}
        assert offsets.items() <= kept.items()
        assert set(kept) == UNSYNCED
        offsets = kept
        batches = journaled(journal)
        there = {(s, t) for batch in batches for s, t, _, _ in batch}
        begins = [offsets[device] if device in UNSYNCED else T for device in DEVICES]
        missing = [(device, seq) for device, seq in acked if (device, begins[device] + 1000 * seq) not in there]
        assert missing == []
        assert all((q & Quality.CLOCK != 0) == (DEVICES[s] in UNSYNCED) for batch in batches for s, _, _, q in batch)
        assert_late_as_by_the_journal_alone(batches)
        found = restore_standing(journal.saved_frontier(), journal.reader, CATALOG).validation.frontier
        assert found.newest() == frontier_of(journal).newest()
        journal.close()


def assert_late_as_by_the_journal_alone(batches: list[list[Row]]) -> None:
    """Whatever was killed when: a reading is late exactly where a former batch had one as new of its series."""
    newest: dict[int, int] = {}
    for batch in batches:
        for series, time, _, quality in batch:
            assert bool(quality & Quality.LATE) == (time <= newest.get(series, 0))
        for series, time, _, quality in batch:
            if not quality & Quality.BAD:
                newest[series] = max(time, newest.get(series, 0))


def frontier_of(journal: Journal) -> Frontier:
    """The frontier that follows from the whole journal."""
    return restore_frontier(None, journal.reader, KEYS)
