"""All checks over the readings of one catalog: what each finds doubtful, and what they remember over a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from city.catalog import Catalog
from city.reading import Bools, Int64s, Quality, ReadingBatch
from ingest.quality import CHECKS
from ingest.quality.check import Check, Memory
from ingest.quality.stretch import NEVER, Past, lay

PAST_OF_ALL: Final = "past"  # the memory that all checks share


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: rows of the batch that was examined."""

    check: Check
    rows: Int64s


class Examination:
    """The checks at work. Each batch is examined once, in the order of the journal.

    Memory: 136 bytes a series for the past, 16 for flat lines, 32 for clocks; 265 more where drift is looked for.
    """

    def __init__(self, catalog: Catalog, checks: Sequence[Check] = CHECKS) -> None:
        self._past = Past(len(catalog.sensors))
        self._judges = [(check, check.begin(catalog)) for check in checks if check.begin is not None]

    def examine(self, batch: ReadingBatch, arrived: Int64s) -> list[Finding]:
        """What is doubtful among the readings of `batch` (sorted by time) that are neither bad nor late.

        arrived: int64[n], ms of the city's clock
        """
        if not self._judges:
            return []
        rows = _judged(batch)
        stretch = lay(self._past, batch.series[rows], batch.time[rows], batch.value[rows], arrived[rows])
        findings = [Finding(check, rows[judge.judge(stretch)]) for check, judge in self._judges]
        self._past.take_in(stretch)
        return findings

    def take_up(self, batch: ReadingBatch, at_ms: int) -> None:
        """A batch that is in the journal already, with the bits that it got then; `at_ms` stands for its arrival."""
        self.examine(batch, np.full(len(batch), at_ms, np.int64))

    def memories(self) -> dict[str, Memory]:
        """What is remembered, by the name of the check."""
        there: Int64s = (self._past.time != NEVER).any(axis=1).nonzero()[0]
        past = Memory(there, {name: column[there] for name, column in self._past.columns().items()})
        return {PAST_OF_ALL: past, **{check.name: judge.memory() for check, judge in self._judges}}

    def remember(self, memories: Mapping[str, Memory]) -> None:
        """Takes up what `memories` once gave; of checks that are not in it, nothing."""
        if PAST_OF_ALL in memories:
            past = memories[PAST_OF_ALL]
            for name, column in self._past.columns().items():
                column[past.series] = past.columns[name]
        for check, judge in self._judges:
            if check.name in memories:
                judge.remember(memories[check.name])


def _judged(batch: ReadingBatch) -> Int64s:
    """Rows that are neither bad nor late, of equal series and time the first; by series, each in order of time."""
    rows = ((batch.quality & np.uint8(Quality.BAD | Quality.LATE)) == 0).nonzero()[0]
    rows = rows[np.argsort(batch.series[rows], kind="stable")]
    series, time = batch.series[rows], batch.time[rows]
    first: Bools = np.ones(len(rows), np.bool_)
    first[1:] = (series[1:] != series[:-1]) | (time[1:] != time[:-1])
    found: Int64s = rows[first]
    return found
