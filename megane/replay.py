"""`megane replay`: readings of the past, or a journal, once more through the validation and engine of a live city."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

from alerts.rule_file import load_rules
from city.errors import UserError
from city.messages import say
from city.messages.text import Lang
from city.reading import ReadingBatch
from ingest.sources import PUBLISHED
from ingest.sources.published import Published
from megane.city_files import read_rules
from megane.episodes import ReplayedAlert
from megane.history import History, flagged, midnight_ms
from megane.journal_replay import ReplayedEvent, replay_journal

JOURNAL: Final = "journal"


class ReplayError(UserError):
    """The replay was asked for in a way that cannot be done."""


class ReplayedReadings(msgspec.Struct, frozen=True):
    """The books: read = stored + duplicates + outside + the sum of quarantined."""

    read: int
    stored: int
    duplicates: int
    outside: int
    quarantined: Mapping[str, int]


class Replay(msgspec.Struct, frozen=True):
    """What came of a replay of published readings."""

    readings: ReplayedReadings
    alerts: Sequence[ReplayedAlert]


def run_replay(
    folder: Path, form: str, rules: Path | None, start: str | None, end: str | None, *, as_json: bool, lang: Lang
) -> None:
    """The command: replays, and prints what came of it as a table or as JSON on the last line."""
    console = Console(stderr=True)
    if form == JOURNAL:
        _print_events([ReplayedEvent.of(event) for event in replay_journal(folder)], as_json=as_json)
        return
    if form not in PUBLISHED:
        raise ReplayError("megane.replay-format", format=form, known=", ".join((*PUBLISHED, JOURNAL)))
    if rules is None or start is None or end is None:
        raise ReplayError("megane.replay-needs", format=form)
    replay = replay_published(PUBLISHED[form](folder), rules, _day(start), _day(end), console)
    if as_json:
        print(msgspec.json.encode(replay).decode())  # noqa: T201  the command's result
    else:
        _print_table(replay, lang)


def replay_published(source: Published, rules: Path, start: date, end: date, console: Console) -> Replay:
    """The readings of `source` with start ≤ day < end, in time order, through validation and engine."""
    catalog = source.catalog()
    loaded = load_rules(read_rules(rules), catalog, check_names=False)
    published = source.readings(start, end)
    batch = flagged(catalog, published)
    duplicates = _duplicates(batch)
    [backtest] = History(catalog, batch, midnight_ms(start), midnight_ms(end)).run([loaded], console)
    return Replay(
        ReplayedReadings(
            read=published.read,
            stored=len(batch) - duplicates,
            duplicates=duplicates,
            outside=published.outside,
            quarantined={str(reason): count for reason, count in published.quarantined.items()},
        ),
        [ReplayedAlert.of(episode, source.subject_of) for episode in backtest.episodes()],
    )


def _duplicates(batch: ReadingBatch) -> int:
    """How many readings have the series and the time of another: of these a store keeps the first."""
    order = np.lexsort((batch.time, batch.series))
    series, time = batch.series[order], batch.time[order]
    return int(((series[1:] == series[:-1]) & (time[1:] == time[:-1])).sum())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise ReplayError("megane.replay-day", text=text) from e


def _print_events(events: Sequence[ReplayedEvent], *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode({"events": events}).decode())  # noqa: T201  the command's result
        return
    table = Table("at", "rule", "subject", "state", "id", box=None)
    for event in events:
        table.add_row(event.at, event.rule, event.subject, event.to_state, event.id)
    Console().print(table)


def _print_table(replay: Replay, lang: Lang) -> None:
    console = Console()
    table = Table(
        *(say(f"megane.replay-{column}", lang) for column in ("rule", "subject", "raised", "cleared", "peak"))
    )
    for alert in replay.alerts:
        peak = "" if alert.peak is None else f"{alert.peak:g}"
        table.add_row(alert.rule, alert.subject, alert.raised_at, alert.cleared_at or "", peak)
    console.print(table)
    readings = replay.readings
    console.print(
        say(
            "megane.replay-readings",
            lang,
            read=readings.read,
            stored=readings.stored,
            duplicates=readings.duplicates,
            outside=readings.outside,
            quarantined=sum(readings.quarantined.values()),
        )
    )
