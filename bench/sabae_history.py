"""The river levels that Fukui Prefecture published, as the readings of Sabae's own gauges and of those upstream."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from alerts.backtest import Backtest, history_entries
from alerts.episode import Episode
from alerts.rule_file import load_rules
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.reading import Float64s, Int64s, ReadingBatch, SeriesKey
from city.rule import Rule
from ingest.sources.fukui_river import FukuiRiver
from megane.history import History, flagged, midnight_ms

SABAE: Final = Path(__file__).parents[1] / "cities" / "sabae"
SENSOR: Final = "water_level"
GAUGES: Final[Mapping[str, str]] = {  # id in sensors.csv → device of Sabae's catalog
    "93": "pref-imajo",
    "92": "pref-hijiribashi",
    "88": "pref-nakahirabuki",
    "91": "rpi-iehisa",
    "75": "rpi-tadasubashi",
    "208": "rpi-miono",
    "89": "pref-kita",
    "77": "rpi-matsunari",
    "79": "rpi-kitanaka",
    "80": "rpi-toba",
    "76": "rpi-desaku",
    "74": "rpi-kurotsu-gate",
}


def episodes(history: History, rules: Sequence[Rule]) -> list[Episode]:
    """The alerts of these rules, by the engine of a live city."""
    backtest = Backtest(history.catalog, rules, history.start_ms)
    for entry in history_entries(history.batch, history.end_ms):
        backtest.take(entry)
    return backtest.episodes()


def levels(history: History, series: int) -> tuple[Int64s, Float64s]:
    """(time in ms, level in m) of a gauge, each time once."""
    mine = history.batch.series == series
    time, first = np.unique(history.batch.time[mine], return_index=True)
    return time, history.batch.value[mine][first]


def sabae_history(folder: Path, year: int) -> History:
    """The gauges of `GAUGES`, in Sabae's catalog."""
    river, sabae = FukuiRiver(folder), load_catalog(_texts("catalog"))
    published = river.readings(date(year, 1, 1), date(year + 1, 1, 1))
    series = np.full(len(river.catalog().sensors), -1, np.int32)
    for key, place in river.catalog().index.items():
        if key.device in GAUGES:
            series[place] = sabae.index[SeriesKey(GAUGES[key.device], SENSOR)]
    ours = np.flatnonzero(series[published.batch.series] >= 0)
    batch = published.batch.take(ours)
    batch = ReadingBatch(series[batch.series], batch.time, batch.value, batch.quality)
    return _history(sabae, flagged(sabae, replace(published, batch=batch)), year)


def fukui_history(folder: Path, year: int) -> History:
    """All gauges of the prefecture, in a catalog of their own."""
    river = FukuiRiver(folder)
    catalog = river.catalog()
    return _history(catalog, flagged(catalog, river.readings(date(year, 1, 1), date(year + 1, 1, 1))), year)


def sabae_rules() -> tuple[Rule, ...]:
    """The rules as Sabae has them."""
    return load_rules(_texts("rules"))


def _history(catalog: Catalog, batch: ReadingBatch, year: int) -> History:
    return History(catalog, batch, midnight_ms(date(year, 1, 1)), midnight_ms(date(year + 1, 1, 1)))


def _texts(kind: str) -> dict[str, str]:
    return {str(path.relative_to(SABAE)): path.read_text("utf-8") for path in sorted(SABAE.glob(f"{kind}/*.yaml"))}
