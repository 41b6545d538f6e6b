"""What rules of one quality see of the readings: their order, their newest and their past."""

from dataclasses import dataclass

import numpy as np

from alerts.moments import Moments
from alerts.plan import NEVER
from alerts.window import Rows, Samples, rows_of
from city.reading import Bools, Float64s, Int64s, Quality, ReadingBatch, UInt8s
from city.rule import QualityView


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Readings that a view took in, ordered by series, then time.

    series, start, length: int64[touched], the readings of series[k] are start[k] ≤ i < start[k] + length[k]
    at: the series, as places of a column over all series
    moments: the readings as moments; value: float64[n]; arrived: int64[n], ms
    before: int64[touched], time of the newest reading before these; `NEVER` where there was none
    """

    series: Int64s
    start: Int64s
    length: Int64s
    at: Rows
    moments: Moments
    value: Float64s
    arrived: Int64s
    before: Int64s

    @property
    def oldest_ms(self) -> int:
        """Time of the oldest of these readings."""
        return int(self.moments.time.min())

    @property
    def single(self) -> bool:
        """Whether no series has more than one reading."""
        return len(self.series) == len(self.value)


class View:
    """The readings that rules of one quality see: never late ones, bad ones only in the view of any.

    reach_ms: int64[series], how far back its rules look, −1 where it has none
    newest, arrived: int64[series], time and arrival of the newest reading in ms, `NEVER` where there is none
    unfilled: bool[series], whether the past that its rules look at is still to be read from the store
    """

    def __init__(self, quality: QualityView, reach_ms: Int64s, resolution: Float64s) -> None:
        self.quality = quality
        self._hidden = Quality.LATE | Quality.BAD if quality is QualityView.GOOD else Quality.LATE
        self.reach_ms = reach_ms
        self.samples = Samples(np.maximum(reach_ms, 0), resolution)
        self.newest: Int64s = np.full(len(reach_ms), NEVER, np.int64)
        self.arrived: Int64s = np.full(len(reach_ms), NEVER, np.int64)
        self.unfilled: Bools = np.zeros(len(reach_ms), np.bool_)

    def look_back(self) -> None:
        """From now on it sees late readings too: afterwards all are in order."""
        self._hidden &= ~Quality.LATE

    def hides(self, quality: UInt8s) -> Bools:
        """bool[n]: which readings its rules never see, late or not."""
        hidden: Bools = (quality & np.uint8(self._hidden & ~Quality.LATE)) != 0
        return hidden

    def take(self, batch: ReadingBatch, arrived: Int64s) -> Arrivals | None:
        """Takes in what it sees of a batch (in order of time), or None where that is nothing.

        Of a series' readings only those newer than all before count; of equal times the first.
        """
        series, time, value = batch.series.astype(np.int64), batch.time, batch.value
        quality, came = batch.quality, arrived
        # Live, all of a batch is seen, new, and one reading of each series in order, as a rule: then nothing is copied.
        seen = (quality & np.uint8(self._hidden)) == 0
        if not seen.all():
            series, time, value, quality, came = series[seen], time[seen], value[seen], quality[seen], came[seen]
        opens = series[1:] > series[:-1]
        single = bool(opens.all())
        if not single and (series[1:] < series[:-1]).any():
            order = np.argsort(series, kind="stable")
            series, time, value, quality, came = series[order], time[order], value[order], quality[order], came[order]
            opens = series[1:] > series[:-1]
            single = bool(opens.all())
        if not series.size:
            return None
        new = time > self.newest[rows_of(series) if single else series]
        if not single:
            new[1:] &= opens | (time[1:] > time[:-1])
        if not new.all():
            series, time, value, quality, came = series[new], time[new], value[new], quality[new], came[new]
            if not series.size:
                return None
            opens = series[1:] > series[:-1]
        return self._take_in(series, opens, time, value, quality, came)

    def _take_in(
        self, series: Int64s, opens: Bools, time: Int64s, value: Float64s, quality: UInt8s, came: Int64s
    ) -> Arrivals:
        """Readings that are new, ordered by series, then time; opens[k]: whether series[k + 1] is another series."""
        last: Rows = slice(None)
        start, length, touched = np.arange(len(series)), np.ones(len(series), np.int64), series
        if not opens.all():
            start = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(opens) + 1])
            length = np.diff(start, append=len(series))
            touched, last = series[start], start + length - 1
        at = rows_of(touched)
        place = self.samples.append(touched, length, time, value, quality)
        before = self.newest[at].copy()
        self.newest[at] = time[last]
        self.arrived[at] = came[last]
        moments = Moments(self.samples, series, time, place, value)
        return Arrivals(touched, start, length, at, moments, value, came, before)
