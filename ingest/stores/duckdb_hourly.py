"""Hourly figures in DuckDB: kept up to date from the raw readings, and read in their place.

A write marks the hours it touches as dirty, in its own transaction. Whoever reads takes clean hours from the table and
dirty ones from the raw readings, so that an answer is exact at any moment; `reckon` makes dirty hours clean.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import duckdb
import numpy as np

from city.ports import Aggregate, Buckets
from city.reading import Int64s
from ingest.stores.duckdb_file import transaction
from ingest.stores.figures import Figures, joined
from ingest.stores.hours import DAY_MS, HOUR_MS
from ingest.stores.spans import spans

# Good raw readings of `reading` (bit 1 is `Quality.BAD`) as figures in steps of $step.
FIGURES: Final = """
SELECT series, time // $step * $step AS start, count(*) AS count, sum(value) AS total, min(value) AS low,
       max(value) AS high
FROM reading
WHERE time >= $lo AND time < $hi AND quality & 1 = 0
"""
ONLY_HOURS: Final = f"AND time // {HOUR_MS} * {HOUR_MS} IN (SELECT unnest($hours))"
ONLY_SERIES: Final = "AND series = $series"


# Reckoned in one transaction: some 20 MB in memory, and a writer waits for a tenth of a second at most.
MOST_FIGURES: Final = 240_000


def reckon(
    connection: duckdb.DuckDBPyConnection, hours: Iterable[int], raw_from: int, series: int
) -> Iterator[Sequence[int]]:
    """Brings the figures of these dirty hours up to date, some in each transaction; yields those made clean.

    Before `raw_from`, raw readings are added to the figures and removed; from there on, figures are made anew.
    """
    for chunk in _chunks(hours, max(1, MOST_FIGURES // max(series, 1))):
        span = {"hours": chunk, "lo": chunk[0], "hi": chunk[-1] + HOUR_MS}
        with transaction(connection):
            connection.execute(
                f"""
                CREATE OR REPLACE TEMP TABLE reckoned AS
                SELECT series, start AS hour, sum(count)::BIGINT, sum(total), min(low), max(high)
                FROM (
                    SELECT series, hour AS start, count, total, low, high FROM hourly
                    WHERE hour >= $lo AND hour < least($hi, $raw_from) AND hour IN (SELECT unnest($hours))
                    UNION ALL
                    {FIGURES} {ONLY_HOURS} GROUP BY ALL
                )
                GROUP BY ALL
                """,  # noqa: S608 - constants of this module
                {**span, "raw_from": raw_from, "step": HOUR_MS},
            )
            connection.execute(
                "DELETE FROM hourly WHERE hour >= $lo AND hour < $hi AND hour IN (SELECT unnest($hours))", span
            )
            connection.execute("INSERT INTO hourly FROM reckoned ORDER BY hour, series")
            if chunk[0] < raw_from:
                connection.execute(
                    f"DELETE FROM reading WHERE time >= $lo AND time < least($hi, $raw_from) {ONLY_HOURS}",  # noqa: S608 - constants
                    {**span, "raw_from": raw_from},
                )
            connection.execute("DELETE FROM dirty_hour WHERE hour IN (SELECT unnest($hours))", {"hours": chunk})
            connection.execute("DROP TABLE reckoned")
        yield chunk


def buckets(
    cursor: duckdb.DuckDBPyConnection, series: int, start_ms: int, end_ms: int, every_ms: int, how: Aggregate
) -> Buckets:
    """One series (id of the store) in steps. `cursor` is in a transaction, so that all of it is of one moment."""
    if every_ms % HOUR_MS:
        return joined([_raw(cursor, series, start_ms, end_ms, every_ms)], how)
    # Hours of which only a part lies in the span are read raw, the others where they are right.
    inner_lo = min(-(-start_ms // HOUR_MS) * HOUR_MS, end_ms)
    inner_hi = max(end_ms // HOUR_MS * HOUR_MS, inner_lo)
    dirty = cursor.execute(
        "SELECT hour FROM dirty_hour WHERE hour >= ? AND hour < ? ORDER BY hour", [inner_lo, inner_hi]
    ).fetchnumpy()["hour"]
    return joined(
        [
            _raw(cursor, series, start_ms, inner_lo, every_ms),
            _clean(cursor, series, start_ms, end_ms, inner_hi, every_ms),
            *(_raw(cursor, series, lo, hi + HOUR_MS, every_ms, dirty) for lo, hi in spans(dirty, HOUR_MS)),
            _raw(cursor, series, inner_hi, end_ms, every_ms),
        ],
        how,
    )


def _chunks(hours: Iterable[int], most: int) -> Iterator[list[int]]:
    """The hours in order, at most so many at once, and none together that lie more than a day apart."""
    chunk: list[int] = []
    for hour in sorted(hours):
        if chunk and (len(chunk) == most or hour - chunk[-1] > DAY_MS):
            yield chunk
            chunk = []
        chunk.append(hour)
    if chunk:
        yield chunk


def _raw(
    cursor: duckdb.DuckDBPyConnection, series: int, lo: int, hi: int, step: int, hours: Int64s | None = None
) -> Figures:
    """Figures of the raw readings with lo ≤ time < hi, of `hours` only where they are given."""
    only = "" if hours is None else ONLY_HOURS
    asked: dict[str, object] = {"series": series, "lo": lo, "hi": hi, "step": step}
    if hours is not None:
        asked["hours"] = hours[(hours >= lo) & (hours < hi)].tolist()
    return _fetch(cursor, f"{FIGURES} {ONLY_SERIES} {only} GROUP BY ALL", asked)


def _clean(
    cursor: duckdb.DuckDBPyConnection, series: int, start_ms: int, end_ms: int, inner_hi: int, step: int
) -> Figures:
    """Figures of the hours that are whole in the span and clean, or of which nothing else is left."""
    return _fetch(
        cursor,
        """
        SELECT hour // $step * $step AS start, sum(count)::BIGINT AS count, sum(total) AS total, min(low) AS low,
               max(high) AS high
        FROM hourly
        WHERE series = $series AND hour >= $lo AND hour < $hi
              AND (hour < (SELECT raw_from FROM store)
                   OR (hour < $inner_hi AND hour NOT IN (SELECT hour FROM dirty_hour)))
        GROUP BY 1
        """,
        {"series": series, "lo": start_ms, "hi": end_ms, "inner_hi": inner_hi, "step": step},
    )


def _fetch(cursor: duckdb.DuckDBPyConnection, sql: str, asked: dict[str, object]) -> Figures:
    columns = cursor.execute(sql, asked).fetchnumpy()
    return Figures(*(np.asarray(columns[name]) for name in ("start", "count", "total", "low", "high")))
