"""What stands in the journal. Engine time moves only by these entries (a closed union).

Every entry has its `position` (counts up by one from 1) and `at_ms`, the city's clock when it was written, which never
decreases along the journal.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from city.decision import Decision
from city.reading import Int32s, Int64s, ReadingBatch


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """Readings that arrived; `at_ms` is when the batch was closed and counts as the arrival of each.

    arrived: int64[n], only in history that is run again without a journal: each reading's own arrival, which is taken
        to be its time; None in every entry that a journal holds
    """

    position: int
    at_ms: int
    batch: ReadingBatch
    arrived: Int64s | None = None


@dataclass(frozen=True, slots=True)
class TickEntry:
    """The clock alone: written only when a timer of the engine is due."""

    position: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class StartEntry:
    """The city came up: until the next `CaughtUpEntry` the clock moves no timer."""

    position: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class CaughtUpEntry:
    """The backlog of the time the city was down is through: the clock moves timers again."""

    position: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class RulesEntry:
    """New rules, whole: relative path → YAML text."""

    position: int
    at_ms: int
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A new catalog, whole: relative path → YAML text. Series indices of later batches are those of this catalog."""

    position: int
    at_ms: int
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FillEntry:
    """Readings of the past from the store, so that the windows of new rules are not empty. They raise nothing.

    series: int32[k], whose windows are as full after this as they will be, ascending; batch: their readings, by series,
        then time
    """

    position: int
    at_ms: int
    series: Int32s
    batch: ReadingBatch


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """What a person decided; it takes effect at `at_ms`."""

    position: int
    at_ms: int
    decision: Decision


@dataclass(frozen=True, slots=True)
class RetroactiveEntry:
    """Series that late readings touched, to be evaluated again: what the store has of them.

    series: int32[k], ascending; from_ms: int64[k], of each the readings from there on; batch: these, by series, then
        time
    """

    position: int
    at_ms: int
    series: Int32s
    from_ms: Int64s
    batch: ReadingBatch


Entry = (
    BatchEntry
    | TickEntry
    | StartEntry
    | CaughtUpEntry
    | RulesEntry
    | CatalogEntry
    | FillEntry
    | DecisionEntry
    | RetroactiveEntry
)
