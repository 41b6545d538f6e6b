"""Stage correlation (水位相関): the level a gauge will have, from those upstream now.

level(t + ahead) ≈ constant + Σ weight × upstream level(t), by least squares over the times at which the gauge will be
in flood (its highest 1 % of the year). Its error is that of floods it was not fitted to: each is left out once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alerts.moments import Arguments
from bench.floods import DAY_MS, HOUR_MS
from bench.forecast_error import APART_MS, HIGH, RISING_M, Off, at_readings, came
from bench.sabae_history import SENSOR, levels
from city.reading import Bools, Float64s, Int64s, SeriesKey
from megane.history import History


@dataclass(frozen=True, slots=True)
class Correlation:
    """One fit."""

    target: str
    upstream: tuple[str, ...]
    ahead_h: float
    constant: float
    weights: tuple[float, ...]

    @property
    def expression(self) -> str:
        """As a rule says it."""
        terms = (f'{w:.2f} * of("{u}:{SENSOR}", last())' for u, w in zip(self.upstream, self.weights, strict=True))
        return " + ".join([f"{self.constant:.2f}", *terms]).replace("+ -", "- ")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How far correlations were off in floods that they were not fitted to, and `forecast(3h, ahead)` beside it.

    floods: (start of the flood's readings in ms, peak in m, greatest size of the error while rising)
    """

    floods: tuple[tuple[int, float, float], ...]
    all: Off
    rising: Off
    forecast_rising: Off


@dataclass(frozen=True, slots=True)
class _Points:
    """time: int64[n]; upstream: float64[n, k]; then: float64[n], the level `ahead` later; flood: int64[n], which."""

    time: Int64s
    now: Float64s
    upstream: Float64s
    then: Float64s
    expected: Float64s
    flood: Int64s


def fitted(history: History, target: str, upstream: Sequence[str], ahead_h: float) -> tuple[Correlation, LeftOut]:
    """The correlation over all floods of the year, and its error in each, fitted to the others."""
    points = _points(history, target, upstream, ahead_h)
    off = np.empty(len(points.time))
    for flood in np.unique(points.flood):
        mine = points.flood == flood
        off[mine] = _apply(_fit(points, ~mine), points.upstream[mine]) - points.then[mine]
    rising = points.then - points.now >= RISING_M
    floods = []
    for flood in np.unique(points.flood):
        mine = points.flood == flood
        worst = np.abs(off[mine & rising]).max(initial=0.0)
        floods.append((int(points.time[mine][0]), float(points.then[mine].max()), float(worst)))
    return (
        _correlation(points, target, upstream, ahead_h, range(0)),
        LeftOut(tuple(floods), Off.of(off), Off.of(off[rising]), Off.of((points.expected - points.then)[rising])),
    )


def fitted_without(
    history: History, target: str, upstream: Sequence[str], ahead_h: float, without: range
) -> Correlation:
    """The correlation over all floods of the year but those within `without` (ms)."""
    return _correlation(_points(history, target, upstream, ahead_h), target, upstream, ahead_h, without)


def expected(history: History, correlation: Correlation) -> tuple[Int64s, Float64s]:
    """(time in ms that it is about, level expected in m), at each reading of the target."""
    time, _ = levels(history, history.catalog.index[SeriesKey(correlation.target, SENSOR)])
    above = np.column_stack([_last(history, device, time) for device in correlation.upstream])
    weights = np.array([correlation.constant, *correlation.weights])
    return time + int(correlation.ahead_h * HOUR_MS), _apply(weights, above)


def _correlation(points: _Points, target: str, upstream: Sequence[str], ahead_h: float, without: range) -> Correlation:
    learned = np.array([ms not in without for ms in points.time.tolist()])
    constant, *weights = _fit(points, learned).tolist()
    return Correlation(target, tuple(upstream), ahead_h, constant, tuple(weights))


def _points(history: History, target: str, upstream: Sequence[str], ahead_h: float) -> _Points:
    """The moments at which the target will be in flood, and everything is known."""
    time, value = levels(history, history.catalog.index[SeriesKey(target, SENSOR)])
    then = came(time, value, time + int(ahead_h * HOUR_MS))
    arguments: Arguments = (3.0 * HOUR_MS, ahead_h * HOUR_MS)
    expected = at_readings(time, value, arguments)
    above = np.column_stack([_last(history, device, time) for device in upstream])
    known = (then >= np.quantile(value, HIGH)) & np.isfinite(above).all(axis=1) & np.isfinite(expected)
    flood = np.cumsum((np.diff(time[known], prepend=time[known][:1]) > DAY_MS).astype(np.int64))
    return _Points(time[known], value[known], above[known], then[known], expected[known], flood)


def _last(history: History, device: str, at: Int64s) -> Float64s:
    """float64[len(at)]: `last()`, NaN where it is old."""
    time, value = levels(history, history.catalog.index[SeriesKey(device, SENSOR)])
    place = np.searchsorted(time, at, side="right") - 1
    found = value[np.maximum(place, 0)].copy()
    found[(place < 0) | (at - time[np.maximum(place, 0)] > APART_MS)] = np.nan
    return found


def _fit(points: _Points, which: Bools) -> Float64s:
    ones = np.ones((int(which.sum()), 1))
    return np.asarray(np.linalg.lstsq(np.hstack([ones, points.upstream[which]]), points.then[which])[0], np.float64)


def _apply(weights: Float64s, upstream: Float64s) -> Float64s:
    return np.asarray(weights[0] + upstream @ weights[1:], np.float64)
