"""History run through rules: the engine of a live city, given batches of the past and the clock that goes with them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from alerts.engine import Engine
from alerts.episode import Episode, Episodes
from alerts.open_alert import OpenAlert
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
        self._episodes: defaultdict[str, Episodes] = defaultdict(Episodes)

    def take(self, entry: Entry) -> None:
        """The next entry of history."""
        for event in self._engine.step(entry):
            self._episodes[event.version].take((event,))

    def episodes(self) -> list[Episode]:
        """The alerts so far, by time raised, rule and subject."""
        found = [episode for mine in self.by_version().values() for episode in mine]
        return sorted(found, key=lambda episode: (episode.raised_ms, episode.rule, episode.subject))

    def by_version(self) -> Mapping[str, Sequence[Episode]]:
        """The alerts so far of each version: of rules with the same id, that tells them apart."""
        still_open: defaultdict[str, list[OpenAlert]] = defaultdict(list)
        for alert in self._engine.open_alerts():
            still_open[alert.version].append(alert)
        return {version: episodes.all(still_open[version]) for version, episodes in self._episodes.items()}


def history_entries(batch: ReadingBatch, end_ms: int) -> Iterator[Entry]:
    """Readings in order of time as entries in which each arrives at its own time, then the end of history."""
    position = 0
    for first in range(0, len(batch), AT_ONCE):
        position += 1
        part = batch.take(np.arange(first, min(first + AT_ONCE, len(batch))))
        yield BatchEntry(position, int(part.time[-1]), part, arrived=part.time)
    yield TickEntry(position + 1, end_ms)
