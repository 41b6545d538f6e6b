"""Readings in an InfluxDB that the city has: written as line protocol, read by InfluxQL.

A point is its measurement, tags and time: the same reading twice is one point, and the last value stands. Which points
were there already InfluxDB does not tell, so every reading counts as stored.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np

from city.catalog import Catalog
from city.errors import RefusedError, UnavailableError
from city.messages.text import Text
from city.ports import Aggregate, Buckets, RefusedReading, Written
from city.reading import Int64s, ReadingBatch, SeriesKey
from ingest.stores import influxdb_questions as questions
from ingest.stores.figures import joined
from ingest.stores.hours import DAY_MS, HOUR_MS, raw_from_ms
from ingest.stores.influxdb_generations import open_server
from ingest.stores.influxdb_lines import lines, prefixes
from ingest.stores.influxdb_server import InfluxDBError, InfluxDBSettings, Server
from ingest.stores.influxdb_tables import Table
from ingest.stores.kind import StoreKind
from ingest.stores.newest import NEVER, Newest

_log = logging.getLogger(__name__)

# InfluxDB's own advice is 5,000 to 10,000; of a refused point, fewer lines are sent again to find it.
LINES: Final = 5_000
# Raw readings go in groups of a week (InfluxDB's shards): a day is reckoned for the last time before its week goes.
LAST_CHANCE_DAYS: Final = 8


class InfluxStore:
    """Implements `Store`. It asks the server for nothing before the first write or question: it may be away."""

    def __init__(self, server: Server, raw_days: int) -> None:
        """`raw_days`: how long the server keeps raw readings; 0: for ever."""
        self._server, self._raw_days = server, raw_days
        self._writing = Lock()
        self._prepared = False
        self._catalog: Catalog | None = None
        self._prefixes: Sequence[str] = ()
        self._newest: Newest | None = None
        self._reckoned_ms: int | None = None

    def bind(self, catalog: Catalog) -> None:
        """As `Store.bind` says."""
        with self._writing:
            self._catalog, self._prefixes, self._newest = catalog, prefixes(catalog), None

    def write(self, batch: ReadingBatch) -> Written:
        """As `Store.write` says, but that duplicates count as stored and the last stands.

        Raises UnavailableError also when some was stored already; the same call again completes it.
        """
        with self._writing:
            try:
                self._prepare()
                sent = lines(self._prefixes, batch)
                refused = tuple(
                    refused
                    for first in range(0, len(sent), LINES)
                    for refused in self._send(sent, first, min(first + LINES, len(sent)))
                )
            except UnavailableError:
                self._prepared = False  # it may come back without its database
                raise
            taken = np.ones(len(batch), bool)
            taken[[each.row for each in refused]] = False
            if self._newest is None and self._server.raw is None:
                self._newest = Newest.of_none(len(self._bound().sensors))  # nobody else will tell them
            if self._newest is not None:
                self._newest = self._newest.with_readings(batch.take(taken), overwriting=True)
            return Written(len(batch) - len(refused), 0, refused)

    def latest(self) -> ReadingBatch:
        """As `Store.latest` says; from memory, once the server has told it."""
        newest = self._newest
        if newest is None:
            with self._writing:
                newest = self._known_newest()
        series = np.flatnonzero(newest.time != NEVER)
        return ReadingBatch(series.astype(np.int32), newest.time[series], newest.value[series], newest.quality[series])

    def readings(self, series: Int64s, start_ms: int, end_ms: int) -> ReadingBatch:
        """As `Store.readings` says. Raises InfluxDBError where the server cannot be asked."""
        raw, catalog = self._raw(), self._bound()
        sensors = [catalog.sensors[index] for index in set(series.tolist())]
        asked = [
            question
            for measurement, keys in questions.by_measurement((each.quantity.id, each.key) for each in sensors)
            for question in questions.readings(raw, measurement, keys, start_ms, end_ms)
        ]
        return _batch(catalog, [table for question in asked for table in self._server.query(question)])

    def buckets(self, series: int, start_ms: int, end_ms: int, every_ms: int, how: Aggregate) -> Buckets:
        """As `Store.buckets` says; hours whose raw readings are gone are read from the hourly figures."""
        raw, hourly = self._raw(), self._server.hourly
        sensor = self._bound().sensors[series]
        measurement, key = sensor.quantity.id, sensor.key
        if every_ms % HOUR_MS or hourly is None or not self._raw_days:
            answer = self._server.query(questions.figures(raw, measurement, key, start_ms, end_ms, every_ms))
            return joined([questions.figures_of(answer, every_ms)], how)
        answer = self._server.query(questions.figures(raw, measurement, key, start_ms, end_ms, HOUR_MS))
        first_ms = min((int(table.integers("time")[0]) for table in answer), default=end_ms)
        older = self._server.query(questions.hourly_figures(hourly, measurement, key, start_ms, min(first_ms, end_ms)))
        return joined([questions.figures_of(tables, every_ms) for tables in (older, answer)], how)

    def maintain(self, now_ms: int) -> None:
        """As `Store.maintain` says: InfluxDB itself does it, but for readings that came very late.

        Their days are reckoned once more before the raw readings go, one day a call. What fails is told in the log and
        done at a later call: no reading waits for it.
        """
        with self._writing:
            if not self._raw_days:
                return
            newest_ms = now_ms if self._newest is None else int(self._newest.time.max(initial=NEVER))
            raw_from = raw_from_ms(now_ms, newest_ms, self._raw_days)
            if self._newest is not None:
                self._newest = self._newest.since(raw_from)
            begin = max(self._reckoned_ms or raw_from, raw_from)
            if begin + DAY_MS > raw_from + LAST_CHANCE_DAYS * DAY_MS:
                return
            try:
                self._server.reckon(begin, begin + DAY_MS)
            except (UnavailableError, RefusedError) as e:
                _log.warning("hourly figures are not reckoned, and will be later: %s", e)
            else:
                self._reckoned_ms = begin + DAY_MS

    def close(self) -> None:
        """As `Store.close` says."""
        self._server.close()

    def _prepare(self) -> None:
        """Raises UnavailableError also for what the server refuses here: that is no word on any reading."""
        if not self._prepared:
            try:
                self._server.prepare()
            except RefusedError as e:
                raise UnavailableError(str(e)) from e
            self._prepared = True

    def _known_newest(self) -> Newest:
        """The newest readings; asked for after each binding, by whoever comes first."""
        if self._newest is None:
            self._newest = self._ask_newest()
        return self._newest

    def _ask_newest(self) -> Newest:
        catalog, raw = self._bound(), self._server.raw
        newest = Newest.of_none(len(catalog.sensors))
        self._prepare()
        if raw is None:
            return newest
        asked = [questions.newest(raw, measurement) for measurement in {each.quantity.id for each in catalog.sensors}]
        answer = [table for question in asked for table in self._server.query(question)]
        return newest.with_readings(_batch(catalog, answer))

    def _send(self, sent: Sequence[str], first: int, end: int) -> list[RefusedReading]:
        """Which of these lines the server refuses. Where it refuses some, halves of them are sent again, so that
        each refused one is found with the words said of it; a line sent twice is one point.
        """
        refusal = self._server.write(sent[first:end])
        if refusal is None:
            return []
        if refusal.whole or end - first == 1:
            return [RefusedReading(row, refusal.message) for row in range(first, end)]
        middle = (first + end) // 2
        return self._send(sent, first, middle) + self._send(sent, middle, end)

    def _bound(self) -> Catalog:
        assert self._catalog is not None, "bind comes first"
        return self._catalog

    def _raw(self) -> str:
        """Before which raw readings are asked for. Raises InfluxDBError where the server cannot be asked."""
        if self._server.raw is None:
            raise InfluxDBError("ingest.influxdb_only_written")
        return self._server.raw


def _batch(catalog: Catalog, tables: Sequence[Table]) -> ReadingBatch:
    """The readings in an answer by device and sensor, ordered by series, then time; those of other catalogs are not."""
    parts = []
    for table in tables:
        series = catalog.index.get(SeriesKey(table.tags["device"], table.tags["sensor"]))
        if series is not None:
            time = table.integers("time")
            parts.append(
                ReadingBatch(
                    np.full(len(time), series, np.int32),
                    time,
                    table.numbers("value"),
                    table.integers("quality").astype(np.uint8),
                )
            )
    batch = ReadingBatch.concat(parts)
    return batch.take(np.lexsort((batch.time, batch.series)))


def _open(_folder: Path, settings: InfluxDBSettings) -> InfluxStore:
    return InfluxStore(open_server(settings), settings.raw_days)


KIND: Final = StoreKind(
    name="influxdb",
    title=Text(
        ja="市がすでに持っている InfluxDB(1・2・3 系)か、その書き込み形式を話す VictoriaMetrics です。",
        en="An InfluxDB that the city has (1.x, 2.x, 3.x), or VictoriaMetrics, which takes its line protocol.",
    ),
    settings=InfluxDBSettings,
    example={"url": "http://127.0.0.1:8086", "version": "1", "database": "megane", "raw_days": 400},
    make=_open,
    by_hand=Text(
        ja="自動で作れない場合(create = false)は、先に用意してください。"
        "1 系: データベースと、既定の保存ポリシー readings、無期限の保存ポリシー hourly。"
        "2 系: バケット <database> と <database>_hourly、および "
        "`influx v1 dbrp create --db <database> --rp readings --bucket-id <ID> --default` と "
        "`--rp hourly --bucket-id <ID>`(InfluxQL で読むための対応付け)。3 系: データベース。",
        en="Where it may not be made from here (create = false), make it first. 1.x: the database, with a default "
        "retention policy `readings` and an infinite one `hourly`. 2.x: the buckets <database> and <database>_hourly, "
        "and `influx v1 dbrp create --db <database> --rp readings --bucket-id <ID> --default` and "
        "`--rp hourly --bucket-id <ID>` (by which InfluxQL finds them). 3.x: the database.",
    ),
    tells_duplicates=False,
    embedded=False,
)
