"""What a city that has ended left behind: its store, its alerts, its quarantine."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import duckdb

from bench.chaos.town import RULES, is_gauge
from bench.chaos.truth import Reading
from bench.chaos.verdict import Interval, Watched
from city.reading import Quality


@dataclass(frozen=True, slots=True)
class Aftermath:
    """stored: readings of gauges; late: of each series, times of those that came behind newer ones, ms, in order

    alarmed: all alerts of chaos's rules, live and retroactive; one that still fires ends at its series' last reading
    rows: all readings in the store, what the city said of its sensors' health included
    quarantined: readings for which pieces of the quarantine stand
    """

    stored: Sequence[Reading]
    late: Mapping[str, Sequence[int]]
    alarmed: Mapping[Watched, Sequence[Interval]]
    rows: int
    quarantined: int

    @classmethod
    def of(cls, home: Path) -> Self:
        """Of the city under `home`."""
        with duckdb.connect(str(home / "store" / "readings.duckdb"), read_only=True) as connection:
            rows = connection.execute(
                "SELECT s.device, s.sensor, r.time, r.value, r.quality FROM reading r JOIN series s ON s.id = r.series"
                " ORDER BY r.time"
            ).fetchall()
        stored = [Reading(str(d), str(s), int(at), float(value)) for d, s, at, value, _ in rows if is_gauge(s)]
        late: dict[str, list[int]] = defaultdict(list)
        for device, sensor, at, _, quality in rows:
            if quality & Quality.LATE:
                late[f"{device}:{sensor}"].append(int(at))
        return cls(stored, late, _alarmed(home, _last(stored)), len(rows), _quarantined(home))


def _last(stored: Sequence[Reading]) -> Mapping[str, int]:
    return {f"{one.device}:{one.sensor}": one.time_ms for one in stored}  # in order of time: the last one stays


def _alarmed(home: Path, last_ms: Mapping[str, int]) -> Mapping[Watched, Sequence[Interval]]:
    with sqlite3.connect(f"file:{home / 'city.sqlite'}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT rule, subject, raised_ms, resolved_ms FROM alert").fetchall()
    found: dict[Watched, list[Interval]] = defaultdict(list)
    for rule, subject, raised, resolved in rows:
        if rule in RULES:
            found[rule, subject].append((raised, last_ms[subject] if resolved is None else resolved))
    return found


def _quarantined(home: Path) -> int:
    with sqlite3.connect(f"file:{home / 'journal.sqlite'}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT coalesce(sum(count), 0) FROM quarantine").fetchone()[0])
