"""History run through rules: the engine of a live city, given batches of the past and the clock that goes with them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from alerts.engine import Engine
from alerts.episode import Episode, Episodes
from city.catalog import Catalog
from city.entry import BatchEntry, Entry, TickEntry
from city.reading import ReadingBatch
from city.rule import Rule

AT_ONCE: Final = 50_000  # readings an entry: often enough for a progress bar to move, rarely enough not to cost


class Backtest:
    """A set of rules on its way through history."""

    def __init__(self, catalog: Catalog, rules: Sequence[Rule], start_ms: int) -> None:
        """`start_ms`: silence of a sensor that was never heard counts from here.

        Rules on trial are run like any other: here all of them are.
        """
        acting = [replace(rule, shadow=False) for rule in rules]
        self._engine = Engine(catalog.city, catalog, acting, replay_from_ms=start_ms)
        self._episodes = Episodes()

    def take(self, entry: Entry) -> None:
        """The next entry of history."""
        self._episodes.take(self._engine.step(entry))

    def episodes(self) -> list[Episode]:
        """The alerts so far."""
        return self._episodes.all(self._engine.open_alerts())


def history_entries(batch: ReadingBatch, end_ms: int) -> Iterator[Entry]:
    """Readings in order of time as entries in which each arrives at its own time, then the end of history."""
    position = 0
    for first in range(0, len(batch), AT_ONCE):
        position += 1
        part = batch.take(np.arange(first, min(first + AT_ONCE, len(batch))))
        yield BatchEntry(position, int(part.time[-1]), part, arrived=part.time)
    yield TickEntry(position + 1, end_ms)
