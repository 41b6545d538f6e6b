"""The device's clock is surely wrong: its readings come from the future, or all come late by the same time.

From the future: more than `AHEAD_MS` before the moment it arrived (over ten minutes are impossible, and go to the
quarantine). Late by the same time: for `STEADY_MS` of arrivals, `FEWEST` readings or more, each was older than the
sensor's `delay` and `BEHIND_MS` more when it arrived, by the same age to within `APART_MS`. A backlog is no such thing:
its readings come faster than they were made, and so grow younger from one to the next.

The bit is `clock`, which also stands at readings whose time the city reckoned: their time is not to be relied on.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from city.catalog import Catalog
from city.messages.text import Text
from city.reading import Bools, Int64s, Quality
from ingest.quality.check import Check, Memory
from ingest.quality.stretch import NEVER, Stretch, carried

AHEAD_MS: Final = 60_000  # a device without time server wanders by seconds a day; the city's own clock is right
BEHIND_MS: Final = 5 * 60_000  # a slow modem, or a gateway that gathers, takes no longer
APART_MS: Final = 30_000  # networks vary by seconds
STEADY_MS: Final = 3_600_000
FEWEST: Final = 4


class ClockWrong:
    """age, began_age, began: int64[series], ms. The newest reading's age on arrival where it was old, else `NEVER`;
    that of the reading with which ages became the same, and its arrival. count: int64[series], readings since then.
    """

    def __init__(self, catalog: Catalog) -> None:
        sensors = catalog.sensors
        self._old_ms = np.array([sensor.delay_ms + BEHIND_MS for sensor in sensors], np.int64)
        self._age: NDArray[np.int64] = np.full(len(sensors), NEVER, np.int64)
        self._began_age: NDArray[np.int64] = np.zeros(len(sensors), np.int64)
        self._began: NDArray[np.int64] = np.zeros(len(sensors), np.int64)
        self._count: NDArray[np.int64] = np.zeros(len(sensors), np.int64)
        self._some_old = False

    def judge(self, stretch: Stretch) -> Bools:
        """Which have a time that is surely wrong. Mostly nothing is old, and nothing more is asked."""
        series = stretch.series
        age = stretch.arrived - stretch.time
        wrong: Bools = age < -AHEAD_MS
        old = age > self._old_ms[series]
        if old.any() or self._some_old:
            wrong |= self._behind(stretch, age, old)
        return wrong

    def _behind(self, stretch: Stretch, age: Int64s, old: Bools) -> Bools:
        """Which have been old by the same time for long."""
        series, row = stretch.series, np.arange(len(stretch))
        before = np.where(np.append(False, old[:-1]), np.append(0, age[:-1]), NEVER)
        before[stretch.begins] = self._age[series[stretch.begins]]
        known = old & (before != NEVER)
        same = known & (np.abs(age - np.where(known, before, 0)) <= APART_MS)
        began = carried(~same)
        inside = began >= stretch.first
        began_age = np.where(inside, age[began], self._began_age[series])
        began_ms = np.where(inside, stretch.arrived[began], self._began[series])
        count = np.where(inside, row - began + 1, stretch.number() + self._count[series])
        ends = stretch.ends()
        at = series[ends]
        self._age[at] = np.where(old[ends], age[ends], NEVER)
        self._began_age[at], self._began[at], self._count[at] = began_age[ends], began_ms[ends], count[ends]
        self._some_old = bool((self._age != NEVER).any())
        steady = same & (count >= FEWEST) & (stretch.arrived - began_ms >= STEADY_MS)
        behind: Bools = steady & (np.abs(age - began_age) <= APART_MS)
        return behind

    def memory(self) -> Memory:
        """All of it, of every series whose newest reading was old."""
        there: Int64s = (self._age != NEVER).nonzero()[0]
        return Memory(
            there,
            {
                "age": self._age[there],
                "began_age": self._began_age[there],
                "began": self._began[there],
                "count": self._count[there],
            },
        )

    def remember(self, memory: Memory) -> None:
        """Takes it up."""
        at, columns = memory.series, memory.columns
        if len(at):
            self._age[at], self._began_age[at] = columns["age"], columns["began_age"]
            self._began[at], self._count[at] = columns["began"], columns["count"]
            self._some_old = True


CLOCK: Final = Check(
    name="clock",
    title=Text(ja="時計の狂い", en="Clock"),
    doc=str(__doc__),
    past=Text(
        ja="届いたときの古さと、それが同じになった時刻", en="age on arrival, and since when it has been the same"
    ),
    bit=Quality.CLOCK,
    begin=ClockWrong,
)
