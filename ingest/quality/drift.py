"""Moved away from its neighbours within a day, as a sensor does whose zero wanders.

K. Ni et al., "Sensor network data fault types", ACM Transactions on Sensor Networks 5 (2009) 25, section 4. At the
first reading of an hour the sensor's level of that hour is taken: the median of its last readings before. Its change
over a day is then held against the median change of its neighbours (ingest/quality/neighbours.py) over the same day, so
that what is always different between two places, and the course of a day, stay out of it. It drifts where it has moved
away in the same direction by more than the quantity's limit at each of the last `HOURS`; it is the hour before that is
looked at, when the neighbours have told theirs. Where the neighbours themselves have moved by more than `calm`, and
where fewer than `FEWEST` of them have said enough, nothing is said. A drift that ends at a steady error is no longer
seen after a day.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from city.catalog import Catalog
from city.messages.text import Text
from city.reading import Bools, Float64s, Int64s, Quality
from ingest.quality.check import Check, Memory
from ingest.quality.neighbours import neighbours_of
from ingest.quality.spike import medians
from ingest.quality.stretch import Stretch, carried

HOUR_MS: Final = 3_600_000
DAY: Final = 24  # hours
HOURS: Final = 3  # running: one hour apart from the others is a shower; three are not a reading's chance
FEWEST: Final = 2  # with one neighbour it could be either of the two
OLDEST_MS: Final = 2 * HOUR_MS  # a level is of readings from so long before its hour at most
# The hour looked at, a day before it, and the same for the `HOURS` − 1 before; with some to spare.
KEPT: Final = 32
# Of a backlog, so many levels are laid out at once: 32 MB, and a year of a hundred sensors in one piece.
CELLS: Final = 4_000_000
_NO_HOUR: Final = -(1 << 40)


class Levels:
    """The levels of the last `KEPT` hours of each member, in a ring.

    hour: int64[n], the newest, hours since the epoch; level: float64[n, KEPT], that of hour h at h % KEPT
    """

    def __init__(self, count: int) -> None:
        self.hour: NDArray[np.int64] = np.full(count, _NO_HOUR, np.int64)
        self.level: NDArray[np.float64] = np.full((count, KEPT), np.nan)

    def laid_out(self, members: Int64s, first: int, hours: int) -> NDArray[np.float64]:
        """float64[members + 1, hours]: their levels from hour `first` on; nan where unknown. The last row is nan."""
        hour = first + np.arange(hours)
        newest = self.hour[members, None]
        known = (hour <= newest) & (hour > newest - KEPT)
        table = np.full((len(members) + 1, hours), np.nan)
        np.copyto(table[:-1], self.level[members][:, hour % KEPT], where=known)
        return table

    def take_in(self, member: Int64s, hour: Int64s, level: Float64s) -> None:
        """Levels of later hours, by member and then hour."""
        begins = np.append(True, member[1:] != member[:-1])
        ends = np.append(begins[1:], True).nonzero()[0]
        before = np.where(begins, self.hour[member], np.append(0, hour[:-1]))
        newest = np.repeat(hour[ends], np.diff(ends, prepend=-1))
        skipped = (hour > before + 1).nonzero()[0]
        if len(skipped):
            between = hour[skipped, None] - np.arange(1, KEPT)
            unknown = (between > before[skipped, None]) & (between > newest[skipped, None] - KEPT)
            row, back = unknown.nonzero()
            self.level[member[skipped[row]], between[row, back] % KEPT] = np.nan
        stay = hour > newest - KEPT
        self.level[member[stay], hour[stay] % KEPT] = level[stay]
        self.hour[member[ends]] = hour[ends]


class Drift:
    """Members are the series of quantities of which any is looked at: they are one another's neighbours.

    lately: float64[members, HOURS − 1], how far away each was in its newest hour and in those before
    drifts: bool[members], the verdict of its newest hour
    """

    def __init__(self, catalog: Catalog) -> None:
        sensors = catalog.sensors
        looked_at = {sensor.quantity.id for sensor in sensors if sensor.limits.drift is not None}
        self._members: Int64s = np.array([i for i, s in enumerate(sensors) if s.quantity.id in looked_at], np.int64)
        self._member = np.full(len(sensors), -1, np.int64)
        self._member[self._members] = np.arange(len(self._members))
        limits = [sensors[i].limits for i in self._members.tolist()]
        self._by = np.array([np.inf if limit.drift is None else limit.drift for limit in limits], np.float64)
        self._calm = np.array([np.inf if limit.calm is None else limit.calm for limit in limits], np.float64)
        self._beside = neighbours_of(catalog, self._members)
        self._levels = Levels(len(self._members))
        self._lately: NDArray[np.float64] = np.full((len(self._members), HOURS - 1), np.nan)
        self._drifts: NDArray[np.bool_] = np.zeros(len(self._members), np.bool_)

    def judge(self, stretch: Stretch) -> Bools:
        """Which were read while their sensor drifted. Verdicts change at the first reading of an hour."""
        found = np.zeros(len(stretch), np.bool_)
        hour = stretch.time // HOUR_MS
        opens = stretch.before_time < hour * HOUR_MS
        if not len(self._members) or not (opens.any() or self._drifts.any()):
            return found
        member = self._member[stretch.series]
        opens &= member >= 0
        stood = self._drifts[member] & (member >= 0)
        rows = opens.nonzero()[0]
        found[rows] = self._open_hours(stretch, rows, member[rows], hour[rows])
        opened = carried(opens)
        return np.where(opened >= stretch.first, found[opened], stood)

    def memory(self) -> Memory:
        """Levels and verdicts, of every member with a level."""
        there = (self._levels.hour != _NO_HOUR).nonzero()[0]
        return Memory(
            self._members[there],
            {
                "hour": self._levels.hour[there],
                "level": self._levels.level[there],
                "lately": self._lately[there],
                "drifts": self._drifts[there],
            },
        )

    def remember(self, memory: Memory) -> None:
        """Takes it up; of a series that is no member any more, nothing."""
        if not len(memory.series):
            return
        member = self._member[memory.series]
        here = member >= 0
        columns = memory.columns
        self._levels.hour[member[here]] = columns["hour"][here]
        self._levels.level[member[here]] = columns["level"][here]
        self._lately[member[here]] = columns["lately"][here]
        self._drifts[member[here]] = columns["drifts"][here]

    def _open_hours(self, stretch: Stretch, rows: Int64s, member: Int64s, hour: Int64s) -> Bools:
        """bool[rows]: whether each member drifts from that hour on. Some hours after others, all members at once."""
        drifts = np.zeros(len(rows), np.bool_)
        if not len(rows):
            return drifts
        level = self._level(stretch, rows, hour)
        involved = self._involved(member)
        at_once = max(DAY, CELLS // len(involved) - KEPT)
        span = (hour - hour.min()) // at_once
        order = np.argsort(span, kind="stable")
        for some in np.split(order, np.diff(span[order]).nonzero()[0] + 1):
            drifts[some] = self._take_in(involved, member[some], hour[some], level[some])
        return drifts

    def _involved(self, member: Int64s) -> Int64s:
        """These members and all beside them, each once, in order."""
        involved = np.zeros(len(self._members) + 1, np.bool_)
        involved[member] = True
        involved[self._beside[member]] = True
        here: Int64s = involved[:-1].nonzero()[0]  # whoever is nobody's neighbour is marked in the spare place
        return here

    def _level(self, stretch: Stretch, rows: Int64s, hour: Int64s) -> Float64s:
        """The median of what was read shortly before each hour; nan where there was nothing."""
        time, value = stretch.before(rows)
        recent = time >= (hour * HOUR_MS - OLDEST_MS)[:, None]
        return medians(np.where(recent, value, np.nan))

    def _take_in(self, involved: Int64s, member: Int64s, hour: Int64s, level: Float64s) -> Bools:
        """New levels, by member and then hour, and whether each member drifts from that hour on."""
        first = int(hour.min()) - KEPT
        table = self._levels.laid_out(involved, first, int(hour.max()) - first + 1)
        row_of = np.full(len(self._members) + 1, len(involved))  # the row of nan, also for member −1
        row_of[involved] = np.arange(len(involved))
        row, column = row_of[member], hour - first
        table[row, column] = level
        away = self._away(table, member, row, row_of[self._beside[member]], column - 1)
        drifts = self._far_away(member, hour, away)
        self._levels.take_in(member, hour, level)
        self._drifts[member] = drifts  # of a member's hours the last assignment stays: the newest
        return drifts

    def _away(
        self, table: NDArray[np.float64], member: Int64s, row: Int64s, beside: Int64s, column: Int64s
    ) -> Float64s:
        """By how much each has moved away from its neighbours in the day up to its column; nan: nothing is said."""
        own = table[row, column] - table[row, column - DAY]
        theirs = table[beside, column[:, None]] - table[beside, column[:, None] - DAY]
        usual = medians(theirs)
        enough = np.count_nonzero(~np.isnan(theirs), axis=1) >= FEWEST
        away: Float64s = np.where(enough & (np.abs(usual) <= self._calm[member]), own - usual, np.nan)
        return away

    def _far_away(self, member: Int64s, hour: Int64s, away: Float64s) -> Bools:
        """Whether each was too far away in this hour and in both before; then what it was is what was known before."""
        begins = np.append(True, member[1:] != member[:-1])
        next_one = hour == np.where(begins, self._levels.hour[member], np.append(0, hour[:-1])) + 1
        lately = [away]
        for back in range(HOURS - 1):
            before = np.where(begins, self._lately[member, back], np.append(np.nan, lately[-1][:-1]))
            lately.append(np.where(next_one, before, np.nan))
        for back in range(HOURS - 1):
            self._lately[member, back] = lately[back]
        by = self._by[member]
        far: Bools = np.all([each > by for each in lately], axis=0) | np.all([each < -by for each in lately], axis=0)
        return far  # of nan neither holds


DRIFT: Final = Check(
    name="drift",
    title=Text(ja="近くのセンサーとのずれ", en="Drift against neighbours"),
    doc=str(__doc__),
    past=Text(ja="1 時間ごとの水準を 32 時間分", en="a level an hour, of the last 32 hours"),
    bit=Quality.SUSPECT,
    begin=Drift,
)
