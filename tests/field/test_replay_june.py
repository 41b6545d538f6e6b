"""June 2024, the month of the flood: the replay's alerts are those that a plain script finds in the files."""

import csv
import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

LEVELS = {
    "standby": "水防団待機水位",
    "caution": "はん濫注意水位",
    "evacuation": "避難判断水位",
    "danger": "はん濫危険水位",
}
FIRST, LAST = "2024-06-01", "2024-07-01"
JST = dt.timezone(dt.timedelta(hours=9))
Found = tuple[str, str, str, str | None, float]


def plain_rows(folder: Path) -> Iterator[list[str]]:
    for file in sorted((folder / "data").glob("2024-06-*.csv")):
        with file.open(encoding="utf-8-sig") as lines:
            yield from (row for row in csv.reader(lines) if row[0] != "日時")


def plain_alerts(folder: Path) -> set[Found]:
    with (folder / "sensors.csv").open(encoding="utf-8-sig") as lines:
        levels = {
            row["id"]: {name: number(row[column]) for name, column in LEVELS.items()} for row in csv.DictReader(lines)
        }
    series: dict[str, dict[dt.datetime, float]] = {}
    for time, level, gauge in plain_rows(folder):
        day, clock = time.split("T")
        at = dt.datetime.fromisoformat(day).replace(tzinfo=JST) + dt.timedelta(
            hours=int(clock[:2]), minutes=int(clock[3:])
        )
        value = number(level)
        if gauge in levels and value is not None and FIRST <= at.date().isoformat() < LAST:
            series.setdefault(gauge, {}).setdefault(at, value)
    return {
        found
        for gauge, readings in series.items()
        for rule, limit in levels[gauge].items()
        if limit is not None
        for found in plain_episodes(rule, gauge, sorted(readings.items()), limit)
    }


def plain_episodes(rule: str, gauge: str, readings: list[tuple[dt.datetime, float]], limit: float) -> Iterator[Found]:
    raised: dt.datetime | None = None
    peak = 0.0
    for at, value in readings:
        if value >= limit:
            raised, peak = (raised, max(peak, value)) if raised else (at, value)
        elif raised:
            yield rule, gauge, raised.isoformat(), at.isoformat(), peak
            raised = None
    if raised:
        yield rule, gauge, raised.isoformat(), None, peak


def number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@pytest.fixture(scope="module")
def replayed(fukui_river: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, object]:
    rules = tmp_path_factory.mktemp("rules") / "levels.yaml"
    rules.write_text(
        "\n".join(
            f"- {{id: {name}, title: {{ja: {ja}, en: {name}}}, owner: bosai, select: {{quantity: water_level}}, "
            f"raise: 'last() >= level(\"{name}\")', severity: {i}, quality: any}}"
            for i, (name, ja) in enumerate(LEVELS.items(), 1)
        ),
        encoding="utf-8",
    )
    megane = str(Path(sys.executable).parent / "megane")
    span = ["--from", FIRST, "--to", LAST]
    run = subprocess.run(
        [megane, "replay", str(fukui_river), "--rules", str(rules), *span, "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found: Mapping[str, object] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_the_alerts_are_those_of_a_plain_script(fukui_river: Path, replayed: Mapping[str, object]) -> None:
    alerts = replayed["alerts"]
    assert isinstance(alerts, list)
    found = {(a["rule"], a["subject"], a["raised_at"], a["cleared_at"], a["peak"]) for a in alerts}
    assert found == plain_alerts(fukui_river)
    assert ("evacuation", "80") in {(rule, gauge) for rule, gauge, *_ in found}
    assert len({gauge for rule, gauge, *_ in found if rule == "danger"}) == 2


def test_every_row_is_accounted_for(fukui_river: Path, replayed: Mapping[str, object]) -> None:
    readings = replayed["readings"]
    assert isinstance(readings, dict)
    accounted = (
        readings["stored"] + readings["duplicates"] + readings["outside"] + sum(readings["quarantined"].values())
    )
    assert readings["read"] == accounted == sum(1 for _ in plain_rows(fukui_river))
