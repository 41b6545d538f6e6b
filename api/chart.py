"""What a chart of one sensor needs beside its readings: its span, named levels, alerts as bands, hours in figures."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from api.moment import iso
from api.situation import Told
from api.wording import decimals, level_name
from city.catalog import Sensor
from city.messages.text import Lang
from city.ports import Aggregate, Store

_HOUR_MS: Final = 3_600_000
# The official level whose threshold it is, for the colour of its line (警戒レベル相当情報).
_LEVEL_SHAPES: Final = {"caution": "level-2", "evacuation": "level-3", "danger": "level-4"}


class Span(StrEnum):
    """How far back a chart looks."""

    HOURS = "6h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def length_ms(self) -> int:
        """Its length."""
        return {"6h": 6, "24h": 24, "7d": 7 * 24, "30d": 30 * 24}[self.value] * _HOUR_MS

    @property
    def every(self) -> str | None:
        """Steps in which it is drawn, as least and greatest value; None: every reading as it came."""
        return {"6h": None, "24h": None, "7d": "1h", "30d": "3h"}[self.value]


def span_around(raised_ms: int, resolved_ms: int | None, now_ms: int) -> tuple[int, int, Span]:
    """Beginning, end and span of a chart of an alert: the shortest that shows it with how it came to it, the longest
    where none does. An hour after the end is shown, too.
    """
    end_ms = now_ms if resolved_ms is None else min(now_ms, resolved_ms + _HOUR_MS)
    wanted_ms = (end_ms - raised_ms) * 4 // 3
    span = next((each for each in Span if each.length_ms >= wanted_ms), Span.MONTH)
    return end_ms - span.length_ms, end_ms, span


@dataclass(frozen=True, slots=True)
class LevelLine:
    """A named threshold, drawn across."""

    name: str
    value: float
    shape: str


@dataclass(frozen=True, slots=True)
class Band:
    """A time in which an alert fired; `end` None: it still does."""

    title: str
    start: str
    end: str | None
    shape: str


@dataclass(frozen=True, slots=True)
class Chart:
    """As the page's script reads it. Times are ISO 8601 UTC."""

    href: str
    title: str
    unit: str
    decimals: int
    low: float
    high: float
    start: str
    end: str
    every: str | None
    levels: tuple[LevelLine, ...]
    bands: tuple[Band, ...]

    def plain(self) -> dict[str, object]:
        """As a plain mapping, for the page."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour in figures."""

    start_ms: int
    low: float
    mean: float
    high: float
    count: int


def chart_of(sensor: Sensor, told: Sequence[Told], start_ms: int, end_ms: int, span: Span, lang: Lang) -> Chart:
    """The chart of `sensor` over `span`."""
    return Chart(
        href=f"/v1/series/{sensor.key.device}/{sensor.key.sensor}",
        title=sensor.title.of(lang),
        unit=sensor.quantity.unit_label,
        decimals=decimals(sensor),
        low=sensor.quantity.low,
        high=sensor.quantity.high,
        start=iso(start_ms),
        end=iso(end_ms),
        every=span.every,
        levels=tuple(
            LevelLine(level_name(name, lang), value, _LEVEL_SHAPES.get(name, "plain"))
            for name, value in sorted(sensor.levels.items(), key=lambda level: level[1])
        ),
        bands=tuple(
            Band(
                title=one.title.of(lang),
                start=iso(max(start_ms, one.alert.raised_ms)),
                end=None if one.alert.resolved_ms is None else iso(one.alert.resolved_ms),
                shape=one.mark.shape,
            )
            for one in sorted(told, key=lambda one: one.mark)
        ),
    )


def hours_of(store: Store, series: int, now_ms: int) -> tuple[Hour, ...]:
    """The last day's hours that have readings, the newest first: what the chart says, in figures."""
    end_ms = (now_ms // _HOUR_MS + 1) * _HOUR_MS
    figures: dict[int, dict[Aggregate, float]] = {}
    for how in (Aggregate.MIN, Aggregate.MEAN, Aggregate.MAX, Aggregate.COUNT):
        steps = store.buckets(series, end_ms - 24 * _HOUR_MS, end_ms, _HOUR_MS, how)
        for start_ms, value in zip(steps.time.tolist(), steps.value.tolist(), strict=True):
            figures.setdefault(start_ms, {})[how] = value
    return tuple(
        Hour(start_ms, of[Aggregate.MIN], of[Aggregate.MEAN], of[Aggregate.MAX], int(of[Aggregate.COUNT]))
        for start_ms, of in sorted(figures.items(), reverse=True)
        if len(of) == 4  # noqa: PLR2004  readings came in between the four questions: next time it is whole
    )
