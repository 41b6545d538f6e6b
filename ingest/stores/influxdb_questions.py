"""What the store asks in InfluxQL: readings, newest readings, figures. Only what all generations understand."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np

from city.reading import Quality, SeriesKey
from ingest.stores.figures import Figures
from ingest.stores.hours import HOUR_MS
from ingest.stores.influxdb_tables import Table

# Series named in one statement: longer ones are slower to understand than to answer.
SERIES_AT_ONCE: Final = 100
# InfluxDB counts nanoseconds in an int64, without its two ends: from 1677 to 2262.
LAST_MS: Final = (2**63 - 1) // 1_000_000 - 1

# Said without `&`, which 3.x does not know: every quality but those with the bit `bad`.
GOOD: Final = " OR ".join(f"quality = {quality}" for quality in range(2 * max(Quality)) if not quality & Quality.BAD)

FIGURES: Final = 'count(value) AS "count", sum(value) AS "sum", min(value) AS "min", max(value) AS "max"'


def newest(source: str, measurement: str) -> str:
    """The newest reading of every series of a measurement."""
    return f"SELECT last(value) AS value, quality FROM {source}{name(measurement)} GROUP BY device, sensor"  # noqa: S608 - names are quoted


def readings(source: str, measurement: str, keys: Sequence[SeriesKey], start_ms: int, end_ms: int) -> Iterator[str]:
    """Raw readings of these series, which are all of that measurement; several questions."""
    for first in range(0, len(keys), SERIES_AT_ONCE):
        wanted = " OR ".join(_of(key) for key in keys[first : first + SERIES_AT_ONCE])
        yield (
            f"SELECT value, quality FROM {source}{name(measurement)} "  # noqa: S608 - names are quoted
            f"WHERE ({wanted}) AND {within(start_ms, end_ms)} GROUP BY device, sensor"
        )


def figures(source: str, measurement: str, key: SeriesKey, start_ms: int, end_ms: int, step_ms: int) -> str:
    """Figures of the good raw readings of a series, in steps."""
    return (
        f"SELECT {FIGURES} FROM {source}{name(measurement)} "  # noqa: S608 - names are quoted
        f"WHERE {_of(key)} AND ({GOOD}) AND {within(start_ms, end_ms)} GROUP BY time({step_ms}ms) fill(none)"
    )


def hourly_figures(source: str, measurement: str, key: SeriesKey, start_ms: int, end_ms: int) -> str:
    """Figures of whole hours that were reckoned before."""
    return (
        f'SELECT "count", "sum", "min", "max" FROM {source}{name(measurement)} '  # noqa: S608 - names are quoted
        f"WHERE {_of(key)} AND {within(start_ms, end_ms)}"
    )


def reckoning(raw: str, hourly: str, when: str = "") -> str:
    """Reckons the hourly figures of all series anew (1.x). `when`: a condition on time."""
    condition = f"({GOOD}) AND {when}" if when else f"({GOOD})"
    return (
        f'SELECT mean(value) AS "mean", {FIGURES} INTO {hourly}:MEASUREMENT FROM {raw}/.*/ '  # noqa: S608 - names are quoted
        f"WHERE {condition} GROUP BY time({HOUR_MS // 60_000}m), *"
    )


def figures_of(tables: Iterable[Table], step_ms: int) -> Figures:
    """The figures in an answer, each counted where its step of `step_ms` begins."""
    found = list(tables)

    def joined(column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.concatenate([np.empty(0), *(table.numbers(column) for table in found)])

    time = np.concatenate([np.empty(0, np.int64), *(table.integers("time") for table in found)])
    return Figures(
        time // step_ms * step_ms, joined("count").astype(np.int64), joined("sum"), joined("min"), joined("max")
    )


def by_measurement(named: Iterable[tuple[str, SeriesKey]]) -> Iterator[tuple[str, list[SeriesKey]]]:
    """The series of each measurement together."""
    for measurement, group in groupby(sorted(named), key=lambda each: each[0]):
        yield measurement, [key for _, key in group]


def within(start_ms: int, end_ms: int) -> str:
    """The condition start ≤ time < end."""
    lo, hi = (min(max(ms, -LAST_MS), LAST_MS) * 1_000_000 for ms in (start_ms, end_ms))
    return f"time >= {lo} AND time < {hi}"


def name(text: str) -> str:
    """A name in InfluxQL's double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _of(key: SeriesKey) -> str:
    return f"(device = {_text(key.device)} AND sensor = {_text(key.sensor)})"
