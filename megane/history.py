"""Readings of the past to run rules over: those that somebody published as files, or those in a city's store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from rich.console import Console
from rich.progress import track

from alerts.backtest import Backtest, history_entries
from city.catalog import Catalog
from city.entry import Entry
from city.errors import UserError
from city.reading import Int64s, Quality, ReadingBatch
from city.rule import Rule
from ingest.frontier import Frontier
from ingest.sources import PUBLISHED
from ingest.sources.published import Published, PublishedReadings
from ingest.stores import STORES
from ingest.validation import Validation
from megane.city_home import CityHome
from megane.episodes import TOKYO
from megane.local_api import LocalApi, LocalApiError
from megane.settings import Settings
from megane.stores import open_store

DAY: Final = timedelta(days=1)
YEAR_MS: Final = 365 * 86_400_000
# A city that refuses so short a span has another reason than its length.
SHORTEST_ASKED_MS: Final = 3_600_000


class HistoryError(UserError):
    """There are no such readings."""


@dataclass(frozen=True, slots=True)
class History:
    """Readings in order of time, flagged as the city flags them, with start ≤ time < end (ms)."""

    catalog: Catalog
    batch: ReadingBatch
    start_ms: int
    end_ms: int

    def entries(self, console: Console) -> Iterator[Entry]:
        """As entries in which each reading arrives at its own time, then the end; shows on `console` how far it is."""
        entries = list(history_entries(self.batch, self.end_ms))
        return iter(track(entries, console=console, transient=True, description=""))

    def run(self, sides: Sequence[Sequence[Rule]], console: Console) -> list[Backtest]:
        """Each set of rules over all of it, in an engine of its own."""
        running = [Backtest(self.catalog, rules, self.start_ms) for rules in sides]
        for entry in self.entries(console):
            for one in running:
                one.take(entry)
        return running


@dataclass(frozen=True, slots=True)
class Moments:
    """From when to when, ms; the end is not among them."""

    start_ms: int
    end_ms: int

    @classmethod
    def read(cls, start: str | None, end: str | None, now_ms: int, usual_ms: int = YEAR_MS) -> "Moments":
        """Of what a person wrote; else up to now, and from `usual_ms` before the end. Raises HistoryError."""
        end_ms = now_ms if end is None else moment_ms(end)
        start_ms = end_ms - usual_ms if start is None else moment_ms(start)
        if start_ms >= end_ms:
            raise HistoryError("backtest.span-empty", start=start or "-", end=end or "-")
        return cls(start_ms, end_ms)


def moment_ms(text: str) -> int:
    """Epoch ms of a day (its beginning) or an ISO 8601 time, Japan's where it names no offset. Raises HistoryError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise HistoryError("backtest.moment", text=text) from e
    return round((moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)).timestamp() * 1000)


def midnight_ms(day: date) -> int:
    """The beginning of a day in Japan."""
    return int(datetime(day.year, day.month, day.day, tzinfo=TOKYO).timestamp() * 1000)


def open_published(folder: Path, form: str) -> Published:
    """The published readings in a folder. Raises HistoryError for a form that there is not."""
    if form not in PUBLISHED:
        raise HistoryError("backtest.form", form=form, known=", ".join(PUBLISHED))
    return PUBLISHED[form](folder)


def flagged(catalog: Catalog, published: PublishedReadings) -> ReadingBatch:
    """Published readings as a city would have taken them in: in order of time, with what is doubtful flagged."""
    batch = published.batch
    validation = Validation(catalog, Frontier([sensor.key for sensor in catalog.sensors]))
    return validation.flag(batch.series, batch.time, batch.value, batch.quality.copy())


def published_history(source: Published, moments: Moments) -> History:
    """Readings out of files that somebody published. Raises HistoryError where there are none."""
    first, last = (datetime.fromtimestamp(ms / 1000, TOKYO).date() for ms in (moments.start_ms, moments.end_ms - 1))
    batch = flagged(source.catalog(), source.readings(first, last + DAY))
    inside = slice(*np.searchsorted(batch.time, (moments.start_ms, moments.end_ms)).tolist())
    cut = ReadingBatch(batch.series[inside], batch.time[inside], batch.value[inside], batch.quality[inside])
    return _history(source.catalog(), cut, moments)


def stored_history(settings: Settings, catalog: Catalog, series: Int64s, moments: Moments) -> History:
    """Readings of those series out of the city's store: through its API where that alone can open the store."""
    home = CityHome(Path(settings.home).resolve())
    api = LocalApi(home.folder)
    kind = STORES.get(settings.store.kind)
    if kind is not None and kind.embedded and api.running():
        batch = ReadingBatch.concat([_asked(api, catalog, one, moments) for one in series.tolist()])
    else:
        if kind is not None and kind.embedded and not home.store.is_dir():
            raise HistoryError("megane.no-city-there", home=settings.home)
        store = open_store(settings.store, home.store)
        try:
            store.bind(catalog)
            batch = store.readings(series, moments.start_ms, moments.end_ms)
        finally:
            store.close()
    return _history(catalog, _in_order(batch), moments)


def _history(catalog: Catalog, batch: ReadingBatch, moments: Moments) -> History:
    if not len(batch):
        start, end = (datetime.fromtimestamp(ms / 1000, TOKYO) for ms in (moments.start_ms, moments.end_ms))
        raise HistoryError("backtest.no-readings", start=f"{start:%Y-%m-%d %H:%M}", end=f"{end:%Y-%m-%d %H:%M}")
    return History(catalog, batch, moments.start_ms, moments.end_ms)


def _in_order(batch: ReadingBatch) -> ReadingBatch:
    """By time. In history each reading arrives at its own time: that it once was late says nothing any more."""
    order = np.argsort(batch.time, kind="stable")
    quality = batch.quality[order] & ~np.uint8(Quality.LATE)
    return ReadingBatch(batch.series[order], batch.time[order], batch.value[order], quality)


class _Columns(msgspec.Struct):
    """What the API says of a series."""

    time: Sequence[str]
    value: Sequence[float]
    quality: Sequence[int]


def _asked(api: LocalApi, catalog: Catalog, series: int, moments: Moments) -> ReadingBatch:
    """The readings of one series, asked of a running city; a span too long for one answer is asked in halves."""
    key = catalog.sensors[series].key
    query: Mapping[str, str] = {"from": repr(moments.start_ms / 1000), "to": repr(moments.end_ms / 1000)}
    try:
        body = api.get(f"/v1/series/{key.device}/{key.sensor}", format="json", **query)
    except LocalApiError:
        middle_ms = (moments.start_ms + moments.end_ms) // 2
        if middle_ms - moments.start_ms < SHORTEST_ASKED_MS:
            raise
        halves = (Moments(moments.start_ms, middle_ms), Moments(middle_ms, moments.end_ms))
        return ReadingBatch.concat([_asked(api, catalog, series, half) for half in halves])
    found = msgspec.json.decode(body, type=_Columns)
    time = np.array([each.removesuffix("Z") for each in found.time], "datetime64[ms]").astype(np.int64)
    return ReadingBatch(
        np.full(len(time), series, np.int32),
        time,
        np.array(found.value, np.float64),
        np.array(found.quality, np.uint8),
    )
