"""Readings of the past to run rules over. Those in a city's store are in megane/stored_history.py."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from rich.console import Console
from rich.progress import track

from alerts.backtest import Backtest, LookedAt, history_entries
from city.catalog import Catalog
from city.entry import Entry
from city.errors import UserError
from city.reading import ReadingBatch
from city.rule import Rule
from ingest.frontier import Frontier
from ingest.quality.examination import Examination
from ingest.sources import PUBLISHED
from ingest.sources.published import Published, PublishedReadings
from ingest.validation import Validation
from megane.episodes import TOKYO
from megane.settings import Settings

DAY: Final = timedelta(days=1)
YEAR_MS: Final = 365 * 86_400_000

# What a check works with at once stays in the processor's cache: a year of 105 gauges takes 0.6 s, in one piece 2.2 s.
FLAGGED_AT_ONCE: Final = 25_000


class HistoryError(UserError):
    """There are no such readings."""


@dataclass(frozen=True, slots=True)
class History:
    """Readings in order of time, flagged as the city flags them, with start − past ≤ time < end (ms).

    past_ms: how long before the start readings are there too: rules look back at them as a city that ran before would
    """

    catalog: Catalog
    batch: ReadingBatch
    start_ms: int
    end_ms: int
    past_ms: int = 0

    @property
    def readings(self) -> int:
        """How many there are from the start on."""
        return len(self.batch) - int(np.searchsorted(self.batch.time, self.start_ms))

    def entries(self, console: Console) -> Iterator[Entry]:
        """As entries in which each reading arrives at its own time, then the end; shows on `console` how far it is."""
        entries = list(history_entries(self.batch, self.end_ms))
        return iter(track(entries, console=console, transient=True, description=""))

    def run(self, sides: Sequence[Sequence[Rule]], console: Console) -> list[Backtest]:
        """Each set of rules over all of it, in an engine of its own."""
        running = [Backtest(self.catalog, rules, self.start_ms, self.past_ms) for rules in sides]
        for entry in self.entries(console):
            for one in running:
                one.take(entry)
        return running


class HistorySource(Protocol):
    """Where readings of the past are to be had."""

    @property
    def catalog(self) -> Catalog:
        """The sensors that rules may select."""
        ...

    @property
    def of_the_city(self) -> bool:
        """Whether they are the city's own, of whose sensors its rules must be right."""
        ...

    def history(self, moments: "Moments", looked_at: LookedAt) -> History:
        """Those that rules look at, and maybe others. Raises HistoryError where there are none."""
        ...


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


def open_history(settings: Settings, over: Path | None, form: str) -> HistorySource:
    """A folder of published readings, or without one the city's store. Raises HistoryError for a form there is not."""
    if over is None:
        from megane.stored_history import StoredHistory  # noqa: PLC0415  the stores' drivers, 0.2 s that files do without

        return StoredHistory(settings)
    if form not in PUBLISHED:
        raise HistoryError("backtest.form", form=form, known=", ".join(PUBLISHED))
    return PublishedHistory(PUBLISHED[form](over))


class PublishedHistory:
    """Readings out of files that somebody published."""

    of_the_city: Final = False

    def __init__(self, published: Published) -> None:
        self._published = published
        self.catalog: Final = published.catalog()

    def history(self, moments: Moments, looked_at: LookedAt) -> History:
        """As `HistorySource.history` says."""
        start_ms = moments.start_ms - looked_at.past_ms
        first, last = (datetime.fromtimestamp(ms / 1000, TOKYO).date() for ms in (start_ms, moments.end_ms - 1))
        batch = flagged(self.catalog, self._published.readings(first, last + DAY), doubts=looked_at.doubts)
        inside = slice(*np.searchsorted(batch.time, (start_ms, moments.end_ms)).tolist())
        return history_of(self.catalog, batch.take(inside), moments, looked_at.past_ms)


def flagged(catalog: Catalog, published: PublishedReadings, *, doubts: bool = True) -> ReadingBatch:
    """Published readings as a city would have taken them in: in order of time, with what is bad, late or, where
    `doubts`, suspect flagged.
    """
    examination = Examination(catalog) if doubts else Examination(catalog, ())
    validation = Validation(catalog, Frontier([sensor.key for sensor in catalog.sensors]), examination)
    parts = published.batch.pieces(FLAGGED_AT_ONCE)
    return ReadingBatch.concat([validation.flag(p.series, p.time, p.value, p.quality) for p in parts])


def history_of(catalog: Catalog, batch: ReadingBatch, moments: Moments, past_ms: int) -> History:
    """Readings in order of time as a history. Raises HistoryError where none is within the moments."""
    found = History(catalog, batch, moments.start_ms, moments.end_ms, past_ms)
    if not found.readings:
        start, end = (datetime.fromtimestamp(ms / 1000, TOKYO) for ms in (moments.start_ms, moments.end_ms))
        raise HistoryError("backtest.no-readings", start=f"{start:%Y-%m-%d %H:%M}", end=f"{end:%Y-%m-%d %H:%M}")
    return found
