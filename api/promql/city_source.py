"""A city as a source of samples.

    water_level{zone, area, site, device, sensor}          what sensors said; one metric a quantity
    megane_level{..., level}                               a sensor's named thresholds, as the catalog has them now
    megane_alert_firing{rule, severity, subject, ...}      1 while an alert fires

The first are labelled as in InfluxDB; alerts about one sensor carry its labels too.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from api.ports import Alert, Alerts, View
from api.promql.evaluation import moments_of
from api.promql.matcher import NAME, Matcher
from api.promql.refusal import QueryTooLargeError
from api.promql.samples import DAYS_AT_MOST, SAMPLES_AT_MOST, Labels, Samples, Steps
from city.catalog import Catalog, Sensor
from city.reading import Float64s, Int64s, Quality, ReadingBatch, SeriesKey

LEVEL: Final = "megane_level"
FIRING: Final = "megane_alert_firing"
DAY_MS: Final = 86_400_000
# More alerts than this in one span of a picture are a wall of colour; the newest are shown.
ALERTS_AT_MOST: Final = 2_000


class CitySource:
    """Implements `Source` over what the API sees of a city."""

    def __init__(self, view: View) -> None:
        self._view = view

    def samples(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> Sequence[Samples]:
        """As `Source.samples` says; asked of the store a day at a time, so that too much is noticed early."""
        if end_ms - start_ms > DAYS_AT_MOST * DAY_MS:
            raise QueryTooLargeError("promql.days", limit=DAYS_AT_MOST)
        catalog = self._view.catalog()
        labels = {i: of for i, of in enumerate(map(labels_of, catalog.sensors)) if _fits(matchers, of)}
        if not labels:
            return []
        wanted = np.array(list(labels), np.int64)
        parts: list[ReadingBatch] = []
        total = 0
        for first, last in _days(start_ms + 1, end_ms + 1):
            parts.append(self._view.store.readings(wanted, first, last))
            total += len(parts[-1])
            if total > SAMPLES_AT_MOST:
                raise QueryTooLargeError("promql.samples", limit=SAMPLES_AT_MOST)
        return [Samples(labels[i], time, value) for i, time, value in _by_series(ReadingBatch.concat(parts))]

    def states(self, matchers: Sequence[Matcher], steps: Steps) -> Sequence[Samples]:
        """As `Source.states` says."""
        moments = moments_of(steps)
        return [*self._levels(matchers, moments), *self._firing(matchers, moments)]

    def labels(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> Sequence[Labels]:
        """As `Source.labels` says."""
        catalog = self._view.catalog()
        spoke = self._view.store.latest()
        newest = zip(spoke.series.tolist(), spoke.time.tolist(), strict=True)
        measured = [labels_of(catalog.sensors[i]) for i, time in newest if time >= start_ms]
        alerts = _alerts(self._view.alerts, start_ms, end_ms + 1)
        found = [*measured, *_level_labels(catalog), *(alert_labels(alert, catalog) for alert in alerts)]
        unique = {tuple(of.items()): of for of in found if _fits(matchers, of)}
        return list(unique.values())

    def _levels(self, matchers: Sequence[Matcher], moments: Int64s) -> Iterator[Samples]:
        if not _may_be(matchers, LEVEL):
            return
        for sensor in self._view.catalog().sensors:
            for level, value in sensor.levels.items():
                labels = _level(sensor, level)
                if _fits(matchers, labels):
                    yield Samples(labels, moments, np.broadcast_to(np.float64(value), len(moments)))

    def _firing(self, matchers: Sequence[Matcher], moments: Int64s) -> Iterator[Samples]:
        if not _may_be(matchers, FIRING):
            return
        catalog = self._view.catalog()
        when: dict[tuple[tuple[str, str], ...], Int64s] = {}
        for alert in _alerts(self._view.alerts, int(moments[0]), int(moments[-1]) + 1):
            labels = alert_labels(alert, catalog)
            if _fits(matchers, labels):
                end_ms = alert.resolved_ms if alert.resolved_ms is not None else int(moments[-1]) + 1
                during = moments[(moments >= alert.raised_ms) & (moments < end_ms)]
                key = tuple(labels.items())
                when[key] = np.union1d(when.get(key, during), during)
        for key, times in when.items():
            yield Samples(dict(key), times, np.ones(len(times)))


def labels_of(sensor: Sensor) -> dict[str, str]:
    """The labels of a sensor's readings: the quantity as the name, the tags of formats.md."""
    return {
        NAME: sensor.quantity.id,
        "zone": sensor.zone,
        "area": sensor.area,
        "site": sensor.site,
        "device": sensor.key.device,
        "sensor": sensor.key.sensor,
    }


def alert_labels(alert: Alert, catalog: Catalog) -> dict[str, str]:
    """The labels of an alert, and those of its sensor where it is about one."""
    own = {NAME: FIRING, "rule": alert.rule, "severity": str(alert.severity), "subject": alert.subject}
    device, colon, sensor = alert.subject.partition(":")
    index = catalog.index.get(SeriesKey(device, sensor)) if colon else None
    return own if index is None else labels_of(catalog.sensors[index]) | own


def _level(sensor: Sensor, level: str) -> dict[str, str]:
    return labels_of(sensor) | {NAME: LEVEL, "level": level}


def _level_labels(catalog: Catalog) -> Iterator[dict[str, str]]:
    return (_level(sensor, level) for sensor in catalog.sensors for level in sensor.levels)


def _alerts(alerts: Alerts, from_ms: int, to_ms: int) -> Sequence[Alert]:
    return alerts.alerts(None, from_ms, to_ms, ALERTS_AT_MOST)


def _fits(matchers: Sequence[Matcher], labels: Labels) -> bool:
    return all(matcher.fits(labels.get(matcher.label, "")) for matcher in matchers)


def _may_be(matchers: Sequence[Matcher], metric: str) -> bool:
    """Whether a series of that metric could fit: what spares a look at all others."""
    return all(matcher.fits(metric) for matcher in matchers if matcher.label == NAME)


def _days(start_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
    for first in range(start_ms, end_ms, DAY_MS):
        yield first, min(first + DAY_MS, end_ms)


def _by_series(
    batch: ReadingBatch,
) -> Iterator[tuple[int, Int64s, Float64s]]:
    """Each series' samples in time order, without those that are bad."""
    good = batch.take((batch.quality & Quality.BAD) == 0)
    if not len(good):
        return
    order = np.lexsort((good.time, good.series))
    series, time, value = good.series[order], good.time[order], good.value[order]
    ids, begins = np.unique(series, return_index=True)
    ends = np.append(begins[1:], len(series))
    for i, begin, end in zip(ids.tolist(), begins.tolist(), ends.tolist(), strict=True):
        yield i, time[begin:end], value[begin:end]
