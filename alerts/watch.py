"""Follows the journal with the engine: reads, steps, commits, keeps snapshots, and writes the ticks that are due.

Everything that blocks is done in one thread of its own; the event loop only waits.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from alerts.engine import Engine
from alerts.fill import FillWanted
from alerts.ledger import Ledger
from alerts.open_alert import OpenAlert
from alerts.snapshot import BrokenSnapshotError
from alerts.unseen import PassWanted
from city.alert import AlertEvent
from city.catalog_file import load_catalog
from city.clock import Clock
from city.entry import CatalogEntry, DecisionEntry, Entry
from city.errors import UnavailableError
from city.ports import JournalReader, JournalTail

_log = logging.getLogger(__name__)
R = TypeVar("R")

CONSUMER: Final = "engine"  # under this name the journal keeps from where the engine needs it
_ENTRIES: Final = 64  # taken at once after a pause; live, the engine is rarely more than one behind
_COMMIT_EVERY_MS: Final = 1_000  # without events a position that is saved late only means some steps done again
SNAPSHOT_EVERY_MS: Final = 5 * 60_000  # live that is seconds of work, and a restart runs it again
# Where there is much to take, after so much work, so that a city that dies every few minutes comes further each time:
# a snapshot of ten thousand series takes a second, a tenth of that.
SNAPSHOT_WORK_S: Final = 10.0
_RETRY_S: Final = 1.0  # the ledger's database is on this machine or nearby: it is soon back or away for long


class Journal(Protocol):
    """What the watch asks of the journal."""

    @property
    def reader(self) -> JournalReader:
        """For entries."""
        ...

    @property
    def tail(self) -> JournalTail:
        """For waiting."""
        ...

    def append_tick(self, at_ms: int) -> int:
        """A `TickEntry`; gives its position."""
        ...

    def save_position(self, consumer: str, position: int) -> None:
        """Nothing up to `position` is needed any more."""
        ...

    def keep_snapshot(self, position: int, snapshot: bytes) -> bool:
        """Offers a snapshot as a later beginning of the journal."""
        ...


class _Metrics:
    """What Prometheus sees of the engine."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.position = Gauge("megane_engine_position", "Newest journal entry that the engine took.", registry=registry)
        self.lag = Gauge("megane_engine_lag_entries", "Journal entries that wait for the engine.", registry=registry)
        self.step = Histogram("megane_engine_step_seconds", "Time of one step and its commit.", registry=registry)
        self.ticks = Counter("megane_engine_ticks", "Ticks written because a timer was due.", registry=registry)
        self.events = Counter("megane_alert_events", "Changes of alerts' states.", ["to_state"], registry=registry)
        self.await_pass = Gauge(
            "megane_retroactive_waiting", "Series that wait for a retroactive pass.", registry=registry
        )
        self.too_late = Gauge(
            "megane_late_readings_too_old", "Late readings older than a retroactive pass looks back.", registry=registry
        )
        self.snapshot = Gauge("megane_engine_snapshot_bytes", "Size of the newest snapshot.", registry=registry)


class Watch:
    """The consumer of the journal that raises alerts. `run` is one task of the city."""

    def __init__(
        self,
        journal: Journal,
        ledger: Ledger,
        clock: Clock,
        registry: CollectorRegistry,
        on_events: Callable[[], None] = lambda: None,
        snapshot_every_ms: int = SNAPSHOT_EVERY_MS,
        steady_s: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Opens nothing yet: `run` finds where to go on.

        on_events: called on the event loop after told events were committed
        steady_s: by which the work of steps is measured
        """
        self._journal = journal
        self._ledger = ledger
        self._clock = clock
        self._metrics = _Metrics(registry)
        self._on_events = on_events
        self._snapshot_every_ms = snapshot_every_ms
        self._steady_s = steady_s
        self._worked_s = 0.0  # since the newest snapshot
        self._thread = ThreadPoolExecutor(1, "engine")
        self._engine: Engine | None = None
        self._uncommitted: list[AlertEvent] = []
        self._decided: list[DecisionEntry] = []
        self._committed = self._snapshotted = 0
        self._committed_ms = self._snapshotted_ms = self._stepped_ms = clock.now_ms()
        self._position = 0
        self._moved = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def position(self) -> int:
        """Of the newest entry whose events are committed."""
        return self._position

    @property
    def stepped_ms(self) -> int:
        """When the engine last took an entry or found none waiting, by the clock: it is alive."""
        return self._stepped_ms

    async def caught_up(self, position: int) -> None:
        """Returns when the events of every entry up to `position` are committed."""
        while self._position < position:
            await self._moved.wait()

    async def open_alerts(self) -> list[OpenAlert]:
        """What is pending or firing now."""
        return await self._in_thread(lambda: self._engine.open_alerts() if self._engine else [])

    async def past_wanted(self) -> FillWanted | PassWanted | None:
        """What the engine wants to know of the past: what windows lack first, then what late readings touched."""
        return await self._in_thread(self._past_wanted)

    async def run(self) -> None:
        """Works until it is cancelled; then takes a last snapshot, so that a restart begins where this ended.

        Raises UserError for a journal whose catalog or rules cannot be loaded by this version.
        """
        try:
            self._loop = asyncio.get_running_loop()
            await self._in_thread_until_available(self._begin)
            while True:
                if not await self._in_thread_until_available(self._take):
                    await self._rest()
        finally:
            self._thread.shutdown()  # a step under way is brought to its end
            with contextlib.suppress(UnavailableError):  # then the journal is run again from the snapshot before
                self._commit()
                self._snapshot()

    async def _in_thread(self, work: Callable[[], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _in_thread_until_available(self, work: Callable[[], R]) -> R:
        while True:
            try:
                return await self._in_thread(work)
            except UnavailableError as error:
                _log.warning("the engine waits: %s", error)
                await self._clock.sleep(_RETRY_S)

    def _past_wanted(self) -> FillWanted | PassWanted | None:
        if self._engine is None:
            return None
        self._metrics.too_late.set(self._engine.too_late)
        return self._engine.fill_wanted() or self._engine.pass_wanted(self._clock.now_ms())

    def _begin(self) -> None:
        """Finds the newest snapshot that can be read, else the journal's beginning. Blocking."""
        reader = self._journal.reader
        last = reader.last()
        genesis = reader.genesis()
        beginning = [(genesis.position, genesis.snapshot)] if genesis else []
        for position, content in [*self._ledger.snapshots(), *beginning]:
            if position > last:
                continue  # of another journal: one that was lost, or another home's
            try:
                self._engine = Engine.restore(content)
                break
            except BrokenSnapshotError as error:
                _log.warning("snapshot at %d left out: %s", position, error)
        position = self._engine.position if self._engine else 0
        self._committed = self._snapshotted = self._position = position
        self._journal.save_position(CONSUMER, position)  # from now on nothing is pruned that the engine needs

    def _take(self) -> bool:
        """Takes some entries, if there are any, and commits what came of them. Blocking.

        Raises UnavailableError when the ledger is away: called again, it goes on with what was left.
        """
        self._commit_if_due()
        entries = self._read()
        self._stepped_ms = self._clock.now_ms()
        if entries:
            began_s = self._steady_s()
            with self._metrics.step.time():
                for entry in entries:
                    self._step(entry)
                self._commit_if_due()
            self._worked_s += self._steady_s() - began_s  # with the commit, which costs the most where events are many
        late = self._clock.now_ms() - self._snapshotted_ms >= self._snapshot_every_ms
        if late or self._worked_s >= SNAPSHOT_WORK_S:
            self._commit()
            self._snapshot()
        return bool(entries)

    def _read(self) -> Sequence[Entry]:
        reader = self._journal.reader
        if self._engine is None:
            first = reader.catalog_at(1)
            return [] if first is None else [first]
        last = reader.last()
        self._metrics.lag.set(last - self._engine.position)
        if last == self._engine.position:
            return []
        return reader.read(self._engine.position, _ENTRIES, self._engine.catalog)

    def _step(self, entry: Entry) -> None:
        if self._engine is None:
            # A journal begins with the catalog that its city began with.
            assert isinstance(entry, CatalogEntry)
            catalog = load_catalog(entry.files)
            self._engine = Engine(catalog.city, catalog, ())
        if isinstance(entry, DecisionEntry):
            self._decided.append(entry)
        for event in self._engine.step(entry):
            self._uncommitted.append(event)
            self._metrics.events.labels(event.to_state.value).inc()

    def _commit_if_due(self) -> None:
        if self._uncommitted or self._decided or self._clock.now_ms() - self._committed_ms >= _COMMIT_EVERY_MS:
            self._commit()
        elif self._engine is not None:
            self._reached(self._engine.position)

    def _commit(self) -> None:
        if self._engine is None or (self._committed == self._engine.position and not self._uncommitted):
            return
        self._ledger.commit(self._uncommitted, self._engine.position, self._decided)
        told = bool(self._decided) or any(event.told for event in self._uncommitted)
        self._uncommitted.clear()
        self._decided.clear()
        self._committed = self._engine.position
        self._committed_ms = self._clock.now_ms()
        if told:
            self._on_loop(self._on_events)
        self._reached(self._committed)

    def _reached(self, position: int) -> None:
        self._position = position
        self._metrics.await_pass.set(self._engine.await_pass if self._engine else 0)
        self._metrics.position.set(position)
        self._on_loop(self._wake)

    def _snapshot(self) -> None:
        """Keeps the engine as it is; its events are committed."""
        self._snapshotted_ms = self._clock.now_ms()
        self._worked_s = 0.0
        if self._engine is None or self._engine.position == self._snapshotted:
            return
        content = self._engine.snapshot()
        position = self._engine.position
        self._ledger.save_snapshot(position, self._snapshotted_ms, content)
        self._journal.keep_snapshot(position, content)
        self._journal.save_position(CONSUMER, position)
        self._snapshotted = position
        self._metrics.snapshot.set(len(content))

    async def _rest(self) -> None:
        """Waits for an entry, for a timer, or for what is to be saved; writes the tick when a timer is due."""
        engine = self._engine
        now_ms = self._clock.now_ms()
        until = [self._snapshotted_ms + self._snapshot_every_ms]
        position = 0
        if engine is not None:
            position = engine.position
            if self._committed != position:
                until.append(self._committed_ms + _COMMIT_EVERY_MS)
            if engine.soonest_ms is not None:
                until.append(engine.soonest_ms)
        waiting = [
            asyncio.create_task(self._journal.tail.past(position), name="watch: entry"),
            asyncio.create_task(self._clock.sleep((min(until) - now_ms) / 1000), name="watch: timer"),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        if engine is not None and engine.soonest_ms is not None and engine.soonest_ms <= self._clock.now_ms():
            await self._in_thread_until_available(self._tick_if_due)

    def _tick_if_due(self) -> None:
        """Only where nothing waits to be taken: what waits moves the time by itself."""
        engine = self._engine
        if engine is None or self._journal.reader.last() != engine.position:
            return
        now_ms = self._clock.now_ms()
        if engine.is_due(now_ms):
            self._journal.append_tick(now_ms)
            self._metrics.ticks.inc()

    def _on_loop(self, call: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(call)

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
