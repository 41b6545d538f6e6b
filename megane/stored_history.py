"""Readings of the past out of a city's store: through its API where that alone can open the store."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from alerts.backtest import LookedAt
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.reading import Int64s, Quality, ReadingBatch
from ingest.stores import STORES
from megane.city_files import read_folder
from megane.city_home import CityHome
from megane.history import History, HistoryError, Moments, history_of
from megane.local_api import LocalApi, LocalApiError
from megane.settings import Settings
from megane.stores import open_store

# A city that refuses so short a span has another reason than its length.
SHORTEST_ASKED_MS: Final = 3_600_000


class StoredHistory:
    """What a city has stored."""

    of_the_city: Final = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.catalog: Final = load_catalog(read_folder(Path(settings.city), "catalog"))

    def history(self, moments: Moments, looked_at: LookedAt) -> History:
        """As `HistorySource.history` says, of the series looked at alone. Raises UserError where there is no city."""
        asked = Moments(moments.start_ms - looked_at.past_ms, moments.end_ms)
        batch = _in_order(self._read(looked_at.series, asked))
        return history_of(self.catalog, batch, moments, looked_at.past_ms)

    def _read(self, series: Int64s, moments: Moments) -> ReadingBatch:
        home = CityHome(Path(self._settings.home).resolve())
        api = LocalApi(home.folder)
        kind = STORES.get(self._settings.store.kind)
        embedded = kind is not None and kind.embedded
        if embedded and api.running():
            return ReadingBatch.concat([_asked(api, self.catalog, one, moments) for one in series.tolist()])
        if embedded and not home.store.is_dir():
            raise HistoryError("megane.no-city-there", home=self._settings.home)
        store = open_store(self._settings.store, home.store)
        try:
            store.bind(self.catalog)
            return store.readings(series, moments.start_ms, moments.end_ms)
        finally:
            store.close()


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
