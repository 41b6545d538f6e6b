"""What the siblings ask of one another: small protocols, implemented on one side and used on the other.

Blocking ports (`Store`, `JournalReader`, `JournalWriter`, `AlertEvents`) are called in worker threads, never on the
event loop. Each says when what it took is durable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from city.alert import AlertEvent
from city.catalog import Catalog
from city.decision import Decision
from city.entry import CatalogEntry, DecisionEntry, Entry, RulesEntry
from city.quarantine import Quarantined
from city.reading import Float64s, Int32s, Int64s, ReadingBatch


@dataclass(frozen=True, slots=True)
class RefusedReading:
    """A reading that a store will never take: its row in the batch, and the store's own words."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch: stored + duplicate + len(refused) is its length."""

    stored: int
    duplicate: int
    refused: tuple[RefusedReading, ...] = ()


class Aggregate(StrEnum):
    """How the readings of a bucket become one value."""

    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    SUM = "sum"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Buckets:
    """A series in equal steps: `time` int64[n] is each bucket's start (ms), empty buckets are left out.

    value: float64[n]; bad readings are left out of every aggregate
    """

    time: Int64s
    value: Float64s


class Store(Protocol):
    """Where readings stay. One writer; readers may be in other threads."""

    def bind(self, catalog: Catalog) -> None:
        """From here on, series indices are those of `catalog`. Series that were stored before stay readable."""
        ...

    def write(self, batch: ReadingBatch) -> Written:
        """Stores what is new; the same (series, time) twice changes nothing, the first stands. Durable on return.

        Raises UnavailableError when nothing was stored and the same call may succeed later.
        """
        ...

    def latest(self) -> ReadingBatch:
        """The newest reading of every series of the bound catalog that has one, ordered by series."""
        ...

    def readings(self, series: Int64s, start_ms: int, end_ms: int) -> ReadingBatch:
        """Raw readings of the series (indices) with start ≤ time < end, ordered by series, then time."""
        ...

    def buckets(self, series: int, start_ms: int, end_ms: int, every_ms: int, how: Aggregate) -> Buckets:
        """One series in steps of `every_ms`, aligned to the epoch; whole hours read the hourly table."""
        ...

    def maintain(self, now_ms: int) -> None:
        """Brings hourly figures up to date and removes raw readings past their retention. Called now and then."""
        ...

    def close(self) -> None:
        """Releases the store; what was written stays."""
        ...


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """What the city reckons an unsynced device's boot to be: epoch ms = offset_ms + uptime ms."""

    device: str
    boot: str
    offset_ms: int


@dataclass(frozen=True, slots=True)
class Genesis:
    """Where a pruned journal begins: what came up to `position` is gone, and `snapshot` is the engine's state there."""

    position: int
    snapshot: bytes


class JournalReader(Protocol):
    """The truth of what arrived and in which order, read."""

    def last(self) -> int:
        """Position of the newest entry, 0 in an empty journal."""
        ...

    def read(self, after: int, limit: int, catalog: Catalog) -> Sequence[Entry]:
        """At most `limit` entries after position `after`, in order, ending early after a `CatalogEntry`.

        Series indices are those of `catalog`; readings of sensors it does not have are left out. After a
        `CatalogEntry` the caller loads that catalog and reads on with it.
        """
        ...

    def catalog_at(self, position: int) -> CatalogEntry | None:
        """The catalog in force at `position`; None where the journal has none so early."""
        ...

    def rules_at(self, position: int) -> RulesEntry | None:
        """The rules in force at `position`; None where the journal has none so early."""
        ...

    def genesis(self) -> Genesis | None:
        """Where a run of the whole journal begins; None while nothing is pruned: then it begins at position 0."""
        ...


class JournalTail(Protocol):
    """Where a consumer of the journal waits for more; used on the event loop."""

    async def past(self, position: int) -> None:
        """Returns as soon as the journal has an entry past `position`."""
        ...


class JournalWriter(Protocol):
    """The journal's only writer. Every append is one transaction, durable (fsync) on return, and gives its position.

    `at_ms` earlier than the newest entry's is raised to it: the journal's time never decreases.
    """

    def append_batch(
        self,
        at_ms: int,
        batch: ReadingBatch,
        catalog: Catalog,
        quarantined: Sequence[Quarantined] = (),
        offsets: Sequence[ClockOffset] = (),
    ) -> int:
        """A batch, and in the same transaction what was quarantined and the clock offsets first used in it.

        An empty batch writes no entry (only quarantine and offsets) and gives the newest entry's position.
        """
        ...

    def append_tick(self, at_ms: int) -> int:
        """A `TickEntry`: a timer is due."""
        ...

    def append_start(self, at_ms: int) -> int:
        """A `StartEntry`."""
        ...

    def append_caught_up(self, at_ms: int) -> int:
        """A `CaughtUpEntry`."""
        ...

    def append_rules(self, at_ms: int, files: Mapping[str, str]) -> int:
        """A `RulesEntry` with the whole of the rule files."""
        ...

    def append_catalog(self, at_ms: int, files: Mapping[str, str]) -> int:
        """A `CatalogEntry` with the whole of the catalog files."""
        ...

    def append_fill(self, at_ms: int, series: Int32s, batch: ReadingBatch, catalog: Catalog) -> int:
        """A `FillEntry` of these series with their readings of the past; indices are those of `catalog`."""
        ...

    def append_decision(self, at_ms: int, decision: Decision) -> int:
        """A `DecisionEntry`. One that is in the journal under its key already is not written again: its position."""
        ...

    def append_retroactive(
        self, at_ms: int, series: Int32s, from_ms: Int64s, batch: ReadingBatch, catalog: Catalog
    ) -> int:
        """A `RetroactiveEntry` of these series with their readings; indices are those of `catalog`."""
        ...

    def keep_snapshot(self, position: int, snapshot: bytes) -> bool:
        """Offers the engine's newest snapshot as a later beginning of the journal; whether it was kept.

        Call it with every snapshot: one in some hours is kept, and only where one is can the journal be pruned.
        """
        ...


class AlertEvents(Protocol):
    """Committed alert events, for whoever starts business with them. Implemented by `alerts/ledger.py`."""

    def unrelayed(self, limit: int) -> Sequence[AlertEvent]:
        """Told events not yet marked, oldest commit first."""
        ...

    def mark_relayed(self, events: Sequence[AlertEvent]) -> None:
        """They have reached their run as they are: one that was marked `caught_up` since comes once more.

        Durable on return. Unknown ones and repetitions do no harm.
        """
        ...

    def unrelayed_decisions(self, limit: int) -> Sequence[DecisionEntry]:
        """What people decided about alerts and is not yet marked, oldest first."""
        ...

    def mark_decisions_relayed(self, decisions: Sequence[DecisionEntry]) -> None:
        """They stand in the chronology of their incident, if there is one. Durable on return."""
        ...
