"""From the journal into the store: a consumer that may fall behind by days and loses nothing."""

import asyncio
import json
import logging
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from typing import Final, TypeVar

from city.catalog import Catalog
from city.clock import Clock
from city.entry import BatchEntry, CatalogEntry, Entry
from city.errors import UnavailableError
from city.ports import RefusedReading, Store, Written
from city.quarantine import Quarantined, Reason
from city.reading import ReadingBatch
from city.wire.topic import Kind, Topic
from ingest.journal.pieces import weight
from ingest.journal.tail import Tail
from ingest.journal.writer import Journal
from ingest.meters import Meters
from ingest.quarantine import QUARANTINE_BYTES
from ingest.retry import until_available

_log = logging.getLogger(__name__)
R = TypeVar("R")

CONSUMER: Final = "store"  # under this name the journal keeps how far the store has come

# Entries taken at once: after a pause they are written together, which is what a store is good at.
_ENTRIES: Final = 64
# A write costs DuckDB some 15 ms of a core however small it is: fifty a second would be most of a core, taken from
# those who raise alerts. Four a second are little, and what a page shows is at most so much older.
GATHER_S: Final = 0.25
# A position that is saved late only means that some batches are written again, as duplicates. Each save is an fsync
# that an append would wait for.
_SAVE_EVERY_MS: Final = 1_000
_MAINTAIN_EVERY_MS: Final = 10 * 60_000  # hourly figures and retention: often enough to be small work each time


class StoreWriter:
    """Follows the journal on the event loop; reads it and writes the store in worker threads."""

    def __init__(
        self,
        journal: Journal,
        store: Store,
        catalog: Catalog,
        load_catalog: Callable[[CatalogEntry], Catalog],
        root: str,
        meters: Meters,
        clock: Clock,
        rng: random.Random,
        *,
        remembers: bool = True,
    ) -> None:
        """Opens nothing yet: `run` finds where to go on.

        catalog: in force now; of what the journal holds from before, `load_catalog` makes the catalogs of then.
        root: first level of topics, under which refused readings are kept for sending again
        remembers: whether the store keeps what it has; one that does not is written from the journal's beginning
        """
        self._journal = journal
        self._store = store
        self._catalog = catalog
        self._bound: Catalog | None = None
        self._load_catalog = load_catalog
        self._root = root
        self._meters = meters
        self._clock = clock
        self._rng = rng
        self._remembers = remembers
        self._thread = ThreadPoolExecutor(1, "store")
        self._reached = Tail(0)
        self._saved = 0
        self._taken_up_to = journal.tail.position  # what is older was received by a former run, and is counted again
        self._saved_ms = self._maintained_ms = clock.now_ms()
        self._wrote_s = float("-inf")  # by the event loop: it bounds work, not what happens in the city

    @property
    def position(self) -> int:
        """Of the newest entry that the store holds."""
        return self._reached.position

    @property
    def lag(self) -> int:
        """Entries that the store is behind the journal."""
        return self._journal.tail.position - self.position

    @property
    def catalog(self) -> Catalog:
        """The catalog that the store's series indices are those of."""
        return self._catalog

    @property
    def bound(self) -> Catalog | None:
        """The same, None while another takes its place: an answer of the store counts if this stood through it."""
        return self._bound

    async def reach(self, position: int) -> None:
        """Returns when the store holds every entry up to `position`."""
        await self._reached.past(position - 1)

    async def run(self) -> None:
        """Works until it is cancelled. What is written but not yet noted is written again next time: no harm."""
        await self._in_thread(self._begin)
        try:
            while True:
                await self._journal.tail.past(self.position)
                await self._gather()
                entries = await until_available(self._read, self._clock, self._rng, self._failed)
                await self._take(entries)
                await self._look_after()
        finally:
            self._thread.shutdown()  # a write under way is brought to its end, so that the store can be closed
            self._save()

    def _begin(self) -> None:
        """Finds where to begin and the catalog of then. Blocking."""
        reader = self._journal.reader
        genesis = reader.genesis()
        begin = genesis.position if genesis else 0
        if self._remembers:
            begin = max(begin, self._journal.position_of(CONSUMER))
        self._journal.save_position(CONSUMER, begin)  # from now on, nothing is pruned that this consumer needs
        self._saved = begin
        self._reached.move(begin)
        entry = reader.catalog_at(begin)
        if entry is not None:
            self._catalog = self._load_catalog(entry)
        self._store.bind(self._catalog)
        self._bound = self._catalog

    async def _gather(self) -> None:
        """Lets entries come together for a while after the last write, unless as many wait as are taken at once."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._wrote_s + GATHER_S):
                await self._journal.tail.past(self.position + _ENTRIES - 1)

    async def _read(self) -> Sequence[Entry]:
        return await self._in_thread(lambda: self._journal.reader.read(self.position, _ENTRIES, self._catalog))

    async def _take(self, entries: Sequence[Entry]) -> None:
        """Writes the readings of these entries at once, and follows a change of catalog, which is always the last."""
        last = entries[-1]
        batches = [entry for entry in entries if isinstance(entry, BatchEntry)]
        if batches:
            batch = ReadingBatch.concat([entry.batch for entry in batches])
            self._wrote_s = asyncio.get_running_loop().time()
            written = await until_available(lambda: self._write(batch), self._clock, self._rng, self._failed)
            pieces = [self._piece(batch, refused) for refused in written.refused]
            if pieces:
                await until_available(lambda: self._keep(pieces, last.position), self._clock, self._rng, self._failed)
            self._count(batches, written, pieces)
        if isinstance(last, CatalogEntry):
            self._bound = None
            self._catalog = await self._in_thread(lambda: self._load_catalog(last))
            await self._in_thread(lambda: self._store.bind(self._catalog))
            self._bound = self._catalog
        self._reached.move(last.position)

    async def _write(self, batch: ReadingBatch) -> Written:
        with self._meters.store_seconds.time():
            return await self._in_thread(lambda: self._store.write(batch))

    async def _keep(self, pieces: Sequence[Quarantined], position: int) -> None:
        """Pieces and position in one transaction, so that they are kept once. What finds no room is in the journal."""
        room = QUARANTINE_BYTES - self._journal.quarantine_bytes
        kept = pieces[: max(0, room // max(map(weight, pieces)))]
        self._meters.quarantine_overflow.inc(len(pieces) - len(kept))
        await self._in_thread(lambda: self._journal.save_position(CONSUMER, position, kept))

    def _piece(self, batch: ReadingBatch, refused: RefusedReading) -> Quarantined:
        """A refused reading as the message that would bring it again."""
        row = refused.row
        sensor = self._catalog.sensors[batch.series[row]]
        topic = Topic(self._root, sensor.zone, sensor.key.device, Kind.UP)
        payload = json.dumps(
            [
                {
                    "n": sensor.key.sensor,
                    "u": sensor.quantity.unit,
                    "t": int(batch.time[row]) / 1000,
                    "v": float(batch.value[row]),
                }
            ]
        ).encode()
        return Quarantined(
            topic=str(topic),
            payload=payload,
            length=len(payload),
            sha256=sha256(payload).hexdigest(),
            arrived_ms=self._clock.now_ms(),
            reason=Reason.REFUSED_BY_STORE,
            count=1,
            detail=refused.message[:500],
        )

    def _count(self, batches: Sequence[BatchEntry], written: Written, pieces: Sequence[Quarantined]) -> None:
        meters = self._meters
        meters.readings_received.inc(sum(len(e.batch) for e in batches if e.position <= self._taken_up_to))
        meters.readings_stored.inc(written.stored)
        meters.readings_duplicate.inc(written.duplicate)
        meters.quarantined(pieces)

    async def _look_after(self) -> None:
        """What is done now and then: the position is saved, the store is maintained."""
        now_ms = self._clock.now_ms()
        if now_ms - self._saved_ms >= _SAVE_EVERY_MS:
            self._saved_ms = now_ms
            await self._in_thread(self._save)
        if now_ms - self._maintained_ms >= _MAINTAIN_EVERY_MS:
            self._maintained_ms = now_ms
            await until_available(lambda: self._maintain(now_ms), self._clock, self._rng, self._failed)

    async def _maintain(self, now_ms: int) -> None:
        await self._in_thread(lambda: self._store.maintain(now_ms))

    def _save(self) -> None:
        """Keeps the position in the journal; saved late it does no harm. Blocking."""
        position = self.position
        if position == self._saved:
            return
        try:
            self._journal.save_position(CONSUMER, position)
        except UnavailableError as error:
            _log.warning("the store's position is not saved, and will be later: %s", error)
        else:
            self._saved = position

    def _failed(self, error: UnavailableError) -> None:
        self._meters.store_failures.inc()
        _log.warning("the store takes nothing just now; the journal keeps it meanwhile: %s", error)

    async def _in_thread(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
