"""What a city that has ended left behind: its store, its alerts, its quarantine."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import duckdb

from bench.chaos.town import RULES, is_gauge
from bench.chaos.truth import Reading
from bench.chaos.verdict import Interval, Watched
from bench.chaos.witness import ROOT
from city.quarantine import Reason
from city.reading import Quality
from city.wire.senml import decode_pack
from city.wire.topic import parse_topic

AHEAD_MS: Final = 10 * 60_000  # formats.md: what lies further ahead of its arrival is impossible


@dataclass(frozen=True, slots=True)
class Aftermath:
    """stored: readings of gauges; late: of each series, times of those that came behind newer ones, ms, in order

    alarmed: all alerts of chaos's rules, live and retroactive; one that still fires ends at its series' last reading
    rows: all readings in the store, what the city said of its sensors' health included
    quarantined: readings for which pieces of the quarantine stand; impossible: those of them that a device's clock put
        more than ten minutes ahead of their arrival, each once; pieces: how many lie there for any other reason
    """

    stored: Sequence[Reading]
    late: Mapping[str, Sequence[int]]
    alarmed: Mapping[Watched, Sequence[Interval]]
    rows: int
    quarantined: int
    impossible: frozenset[Reading]
    pieces: int

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
        alarmed = _alarmed(home, _last(stored))
        with sqlite3.connect(f"file:{home / 'journal.sqlite'}?mode=ro", uri=True) as journal:
            pieces = journal.execute("SELECT topic, payload, arrived_ms, reason, count FROM quarantine").fetchall()
        ahead = [one[:3] for one in pieces if one[3] == Reason.IMPOSSIBLE_TIME]
        impossible = frozenset(reading for one in ahead for reading in impossible_of(*one))
        quarantined = sum(int(one[4]) for one in pieces)
        return cls(stored, late, alarmed, len(rows), quarantined, impossible, len(pieces) - len(ahead))


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


def impossible_of(topic: str, payload: bytes, arrived_ms: int) -> Iterable[Reading]:
    """The readings of a message that lie too far ahead of its arrival."""
    device = parse_topic(topic, ROOT).device
    for one in decode_pack(payload, arrived_ms).measurements:
        if one.time_ms > arrived_ms + AHEAD_MS:
            yield Reading(device, one.name, one.time_ms, float(one.value))
