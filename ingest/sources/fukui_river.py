"""River levels of Fukui Prefecture, as published by code4fukui/waterlevel_fukui (MIT licence): gauges and readings.

    sensors.csv             id, names, and the four official levels in metres (`--- `: not set)
    data/YYYY-MM-DD.csv     日時 (Japan's local time, no offset), 河川水位 (metres above the gauge's zero), id

They are as they come: with a BOM, midnight as `T24:00`, empty values and `*`, gauges that sensors.csv does not list,
the same gauge and time twice, rows out of order or days late, a wrong year. A row that cannot be used is counted under
its reason and harms no other.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from city.catalog import Catalog
from city.quarantine import Reason
from city.reading import Int64s, ReadingBatch, SeriesKey
from ingest.sources.fukui_gauges import FukuiFilesError, gauge_catalog, read_bytes, read_gauges
from ingest.sources.fukui_rows import Ids, Rows, split_rows
from ingest.sources.published import MOST_REJECTS, PublishedReadings, RejectedRow

JAPAN: Final = ZoneInfo("Asia/Tokyo")
HEADER: Final = ("日時", "河川水位", "id")
DAY_FILE: Final = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].csv"
STAMP: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(?:([01]\d|2[0-3]):([0-5]\d)|(24):00)", re.ASCII)
NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
NO_VALUE: Final = re.compile(r"[*-]*")  # nothing, `*` or `---`
INFINITE: Final = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
# formats.md: a time over one day after the file's date is impossible. The date is a whole day.
AHEAD: Final = timedelta(days=2)

# What stands in a cell's column where the cell could not be read.
NO_TIME: Final = int(np.iinfo(np.int64).min)
NO_ROW: Final = NO_TIME + 1
UNKNOWN: Final = -1
MISSING, GARBLED, UNBOUND = math.nan, math.inf, -math.inf

BLANK: Final = ("\n", "", "")  # no cell can hold a line break
BROKEN: Final = ("", "", "")

# What becomes of a row. Where several hold, the first counts.
USED, SKIPPED, OUTSIDE, FIRST_REASON = 0, 1, 2, 3
REASONS: Final = (
    Reason.UNDECODABLE,
    Reason.UNKNOWN_SENSOR,
    Reason.NO_VALUE,
    Reason.NOT_FINITE,
    Reason.IMPOSSIBLE_TIME,
)
T = TypeVar("T")


class FukuiRiver:
    """The published readings under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def catalog(self) -> Catalog:
        """As `Published.catalog` says: each gauge a device with the sensor `level`."""
        return self._catalog

    def subject_of(self, key: SeriesKey) -> str:
        """The gauge's id in sensors.csv."""
        return key.device

    def readings(self, start: date, end: date) -> PublishedReadings:
        """As `Published.readings` says, of the files named for these days. Raises FukuiFilesError."""
        reader = _Reader(self._catalog, _midnight_ms(start), _midnight_ms(end))
        data = self._folder / "data"
        if not data.is_dir():
            raise FukuiFilesError("ingest.fukui_unreadable", file=str(data), problem="no such folder")
        for file in sorted(data.glob(DAY_FILE)):
            if start.isoformat() <= file.stem < end.isoformat():
                reader.read(file)
        return reader.result()

    @cached_property
    def _catalog(self) -> Catalog:
        return gauge_catalog(read_gauges(self._folder / "sensors.csv"))


class _Memo(dict[str, T]):
    """Remembers what each text meant: files say the same times, levels and gauges over and over."""

    def __init__(self, meaning: Callable[[str], T]) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, text: str) -> T:
        found = self[text] = self._meaning(text)
        return found


class _Reader:
    """Takes file after file."""

    def __init__(self, catalog: Catalog, start_ms: int, end_ms: int) -> None:
        self._start_ms, self._end_ms = start_ms, end_ms
        self._midnights = _Memo(_date_ms)
        self._times = _Memo(self._time_ms)
        self._times.update({BLANK[0]: NO_ROW, HEADER[0]: NO_ROW})
        self._values = _Memo(_value)
        self._series = _Memo(lambda _: UNKNOWN)
        known = {key.device: index for key, index in catalog.index.items()}
        self._series.update(known)
        self._ids = Ids(known.items())
        self._batches: list[ReadingBatch] = []
        self._fates: Counter[int] = Counter()
        self._rejects: list[RejectedRow] = []

    def read(self, file: Path) -> None:
        """Takes all rows of a day's file."""
        text = read_bytes(file)
        if not text.strip():
            return
        header, _, rest = text.partition(b"\n")
        if tuple(_cells(header.decode("utf-8", "surrogateescape"))) != HEADER:
            raise FukuiFilesError(
                "ingest.fukui_header",
                file=str(file),
                expected=",".join(HEADER),
                missing=_shown(header.decode("utf-8", "surrogateescape")),
            )
        rows = split_rows(rest)
        # With quotes or bare carriage returns in it, commas and line ends may be part of a cell.
        usual = rows.usual if b'"' not in rest and b"\r" not in rest else np.zeros(len(rows), np.bool_)
        times = np.array([self._times[stamp] for stamp in rows.stamps], np.int64)
        series, time, value = self._ids.look_up(rows.id, UNKNOWN), times[rows.stamp], rows.value
        for row in np.flatnonzero(usual & ~rows.plain).tolist():
            value[row] = self._values[rows.level(row)]
        for row in np.flatnonzero(~usual).tolist():
            stamp, level, gauge = _cells(rows.line(row))
            series[row], time[row], value[row] = self._series[gauge], self._times[stamp], self._values[level]
        latest_ms = _midnight_ms(date.fromisoformat(file.stem) + AHEAD)
        fate = np.select(
            [
                time == NO_ROW,
                time == NO_TIME,
                series == UNKNOWN,
                np.isnan(value),
                value == GARBLED,
                value == UNBOUND,
                time > latest_ms,
                (time < self._start_ms) | (time >= self._end_ms),
            ],
            [
                SKIPPED,
                _fate(Reason.UNDECODABLE),
                _fate(Reason.UNKNOWN_SENSOR),
                _fate(Reason.NO_VALUE),
                _fate(Reason.UNDECODABLE),
                _fate(Reason.NOT_FINITE),
                _fate(Reason.IMPOSSIBLE_TIME),
                OUTSIDE,
            ],
            USED,
        )
        used = fate == USED
        self._batches.append(ReadingBatch(series[used], time[used], value[used], np.zeros(int(used.sum()), np.uint8)))
        self._note(file, rows, fate)

    def result(self) -> PublishedReadings:
        """All that was taken, in order of time."""
        batch = ReadingBatch.concat(self._batches)
        quarantined = {reason: self._fates[_fate(reason)] for reason in REASONS if self._fates[_fate(reason)]}
        outside = self._fates[OUTSIDE]
        return PublishedReadings(
            batch=batch.take(np.argsort(batch.time, kind="stable")),
            read=len(batch) + outside + sum(quarantined.values()),
            outside=outside,
            quarantined=quarantined,
            rejects=tuple(self._rejects),
        )

    def _note(self, file: Path, rows: Rows, fate: Int64s) -> None:
        """Counts what became of the rows, and keeps the first rejects of each reason with their place."""
        for which, count in zip(*np.unique(fate, return_counts=True), strict=True):
            if which >= FIRST_REASON:
                room = max(0, MOST_REJECTS - self._fates[int(which)])
                reason = REASONS[which - FIRST_REASON]
                for i in np.flatnonzero(fate == which)[:room].tolist():
                    self._rejects.append(RejectedRow(reason, f"{file}:{i + 2}: {_shown(rows.line(i))}"))
            self._fates[int(which)] += int(count)

    def _time_ms(self, text: str) -> int:
        match = STAMP.fullmatch(text.strip())
        midnight = self._midnights[match[1]] if match else None
        if match is None or midnight is None:
            return NO_TIME
        return midnight + int(match[2] or match[4]) * HOUR_MS + int(match[3] or 0) * MINUTE_MS


def _fate(reason: Reason) -> int:
    return FIRST_REASON + REASONS.index(reason)


def _cells(line: str) -> tuple[str, ...]:
    """The cells of any line: quoted ones too; BLANK of an empty one, BROKEN where they are too few or too many."""
    if not line.strip():
        return BLANK
    try:
        (cells,) = csv.reader([line], strict=True)
    except csv.Error:
        return BROKEN
    return tuple(cells) if len(cells) == len(HEADER) else BROKEN


def _value(text: str) -> float:
    cell = text.strip()
    if NUMBER.fullmatch(cell):
        number = float(cell)
        return number if math.isfinite(number) else UNBOUND
    if NO_VALUE.fullmatch(cell):
        return MISSING
    return UNBOUND if INFINITE.fullmatch(cell) else GARBLED


def _date_ms(text: str) -> int | None:
    try:
        return _midnight_ms(date.fromisoformat(text))
    except ValueError:
        return None


def _midnight_ms(day: date) -> int:
    """The beginning of `day` in Japan, which has known no summer time since 1951."""
    return int(datetime(day.year, day.month, day.day, tzinfo=JAPAN).timestamp()) * 1000


def _shown(line: str) -> str:
    """A line for a person to look at: its beginning, with what cannot be printed escaped."""
    return repr(line[:80])
