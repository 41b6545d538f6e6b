"""The quality checks once more, slow and plain: one reading after the other, as their documentation says it."""

import math
import statistics
from dataclasses import dataclass, field

from city.catalog import Catalog, Sensor
from city.reading import Quality
from tests.support.batches import Row

HOUR = 3_600_000
Arrived = tuple[int, int, float, int]  # series, time, value, arrival


@dataclass
class Known:
    """What is known of one series."""

    readings: list[tuple[int, float]] = field(default_factory=list)  # neither bad nor late, of equal times the first
    ages: list[tuple[int, int]] = field(default_factory=list)  # (age, arrival), of the same readings
    levels: dict[int, float] = field(default_factory=dict)
    away: dict[int, float] = field(default_factory=dict)  # from its neighbours, by the hour in which it was reckoned
    drifts: bool = False


class ScalarQuality:
    """Judges readings in the order in which they are given, batch by batch."""

    def __init__(self, catalog: Catalog, beside: dict[int, list[int]]) -> None:
        """`beside`: the neighbours of each series."""
        self._sensors = catalog.sensors
        self._beside = beside
        self._known = [Known() for _ in catalog.sensors]

    def batch(self, rows: list[Arrived]) -> tuple[list[Row], dict[str, int]]:
        """The batch as it goes into the journal, and how many each check found."""
        newest = [known.readings[-1][0] if known.readings else None for known in self._known]
        found: dict[str, int] = {}
        flagged = []
        for series, time, value, arrival in sorted(rows, key=lambda row: row[1]):
            quality, names = self._judge(series, time, value, arrival, newest[series])
            for name in names:
                found[name] = found.get(name, 0) + 1
            flagged.append((series, time, value, quality))
        return flagged, found

    def _judge(self, series: int, time: int, value: float, arrival: int, newest: int | None) -> tuple[int, list[str]]:
        sensor, known = self._sensors[series], self._known[series]
        low = sensor.quantity.low if sensor.low is None else sensor.low
        high = sensor.quantity.high if sensor.high is None else sensor.high
        late = int(Quality.LATE) if newest is not None and time <= newest else 0
        if not low <= value <= high:
            return late | int(Quality.BAD), ["range"]
        if late or (known.readings and known.readings[-1][0] == time):
            return late, []
        names = [
            name
            for name, doubtful in (
                ("rate", self._rate(sensor, known, time, value)),
                ("spike", self._spike(sensor, known, time, value)),
                ("flat", self._flat(sensor, known, time, value)),
                ("drift", self._drift(series, sensor, known, time)),
                ("clock", self._clock(sensor, known, time, arrival)),
            )
            if doubtful
        ]
        known.readings.append((time, value))
        known.ages.append((arrival - time, arrival))
        suspect = int(Quality.SUSPECT) if set(names) - {"clock"} else 0
        return suspect | (int(Quality.CLOCK) if "clock" in names else 0), names

    def _rate(self, sensor: Sensor, known: Known, time: int, value: float) -> bool:
        limit = sensor.limits.rate_per_hour
        per_hour = sensor.quantity.rate_per_hour if limit is None else limit
        asked = known.readings[-2:]
        return bool(asked) and all(
            abs(value - before) > per_hour / HOUR * max(time - at, 60_000) for at, before in asked
        )

    def _spike(self, sensor: Sensor, known: Known, time: int, value: float) -> bool:
        leap = sensor.limits.spike
        window = [before for at, before in known.readings[-8:] if at >= time - 12 * HOUR]
        if leap is None or len(window) < 4:
            return False
        middle = statistics.median(window)
        spread = statistics.median(abs(before - middle) for before in window)
        least = max(leap, 6.0 * 1.4826 * spread)
        return abs(value - middle) > least and abs(value - known.readings[-1][1]) > least

    def _flat(self, sensor: Sensor, known: Known, time: int, value: float) -> bool:
        limits = sensor.limits
        apart = max((sensor.resolution or 0.0) / 2, 1e-9)
        line = [(time, value)]
        for at, before in reversed(known.readings):
            if not abs(line[-1][1] - before) < apart:
                break
            line.append((at, before))
        if limits.flat_ms is None or len(line) < 6 or time - line[-1][0] < limits.flat_ms:
            return False
        return limits.rest is None or abs(value) > limits.rest

    def _drift(self, series: int, sensor: Sensor, known: Known, time: int) -> bool:
        hour = time // HOUR
        if hour > max(known.levels, default=-1):
            recent = [value for at, value in known.readings[-8:] if at >= (hour - 2) * HOUR]
            known.levels[hour] = statistics.median(recent) if recent else math.nan
            known.away[hour] = self._away(series, sensor, hour - 1)
            lately = [known.away.get(each, math.nan) for each in (hour - 2, hour - 1, hour)]
            limit = math.inf if sensor.limits.drift is None else sensor.limits.drift
            known.drifts = all(each > limit for each in lately) or all(each < -limit for each in lately)
        return known.drifts

    def _away(self, series: int, sensor: Sensor, hour: int) -> float:
        own = self._change(series, hour)
        theirs = [change for other in self._beside[series] if not math.isnan(change := self._change(other, hour))]
        if len(theirs) < 2:
            return math.nan
        usual = statistics.median(theirs)
        calm = sensor.limits.calm
        return math.nan if calm is not None and abs(usual) > calm else own - usual

    def _change(self, series: int, hour: int) -> float:
        """Over a day. What is 32 hours behind a series' newest level is forgotten."""
        levels = self._known[series].levels
        oldest = max(levels, default=0) - 32
        now, before = (levels.get(at, math.nan) if at > oldest else math.nan for at in (hour, hour - 24))
        return now - before

    def _clock(self, sensor: Sensor, known: Known, time: int, arrival: int) -> bool:
        age = arrival - time
        if age < -60_000:
            return True
        old = sensor.delay_ms + 5 * 60_000
        line = [(age, arrival)]
        for before in reversed(known.ages):
            if not (line[-1][0] > old and before[0] > old and abs(line[-1][0] - before[0]) <= 30_000):
                break
            line.append(before)
        if len(line) < 4 or arrival - line[-1][1] < HOUR:
            return False
        return abs(age - line[-1][0]) <= 30_000
