"""History run through rules: the engine of a live city, given batches of the past and the clock that goes with them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from alerts.engine import Engine
from alerts.episode import Episode, Episodes
from alerts.in_force import InForce
from alerts.needed_past import context_ms
from alerts.open_alert import OpenAlert
from city.catalog import Catalog
from city.entry import BatchEntry, Entry, TickEntry
from city.reading import Int64s, ReadingBatch
from city.rule import Rule

AT_ONCE: Final = 25_000  # readings an entry: often enough for a progress bar to move, rarely enough not to cost


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What rules look at.

    series: int64[k], ascending; past_ms: how far back of any moment what they say may lie
    doubts: whether what is only suspect is to be flagged: no rule is blind to it, but pictures show it
    """

    series: Int64s
    past_ms: int
    doubts: bool = False


def looked_at(catalog: Catalog, rules: Sequence[Rule]) -> LookedAt:
    """Of all these rules, neighbours named and members of groups among the series."""
    in_force = InForce(catalog, rules, None)
    reached = [np.flatnonzero(view.reach_ms >= 0) for view in in_force.views.values()]
    series = np.unique(np.concatenate(reached)) if reached else np.empty(0, np.int64)
    return LookedAt(series, int(context_ms(in_force).max(initial=0)))


class Backtest:
    """A set of rules on its way through history."""

    def __init__(self, catalog: Catalog, rules: Sequence[Rule], start_ms: int, past_ms: int = 0) -> None:
        """`start_ms`: alerts that are over by then are none of its; the entries begin `past_ms` before, and from there
        counts the silence of a sensor that was never heard.

        Rules on trial are run like any other: here all of them are.
        """
        acting = [replace(rule, shadow=False) for rule in rules]
        self._start_ms = start_ms
        self._engine = Engine(catalog.city, catalog, acting, replay_from_ms=start_ms - past_ms)
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
        return {
            version: [each for each in episodes.all(still_open[version]) if self._counts(each)]
            for version, episodes in self._episodes.items()
        }

    def _counts(self, episode: Episode) -> bool:
        return episode.cleared_ms is None or episode.cleared_ms > self._start_ms


def history_entries(batch: ReadingBatch, end_ms: int) -> Iterator[Entry]:
    """Readings in order of time as entries in which each arrives at its own time, then the end of history."""
    position = 0
    for part in batch.pieces(AT_ONCE):
        position += 1
        yield BatchEntry(position, int(part.time[-1]), part, arrived=part.time)
    yield TickEntry(position + 1, end_ms)
