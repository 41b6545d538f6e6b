"""No reading that the prefecture published in 2024 lies outside what a river can do."""

import csv
from pathlib import Path

from city.quantity import QUANTITIES


def published(folder: Path) -> list[float]:
    values = []
    for file in sorted(folder.glob("data/2024-*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as rows:
            for row in csv.DictReader(rows):
                try:
                    values.append(float(row["河川水位"]))
                except ValueError:
                    continue  # empty, `*` and `---` are what the replay source accounts for
    return values


def test_no_published_level_is_outside_the_physical_range(fukui_river: Path) -> None:
    level = QUANTITIES["water_level"]
    values = published(fukui_river)

    assert len(values) > 500_000
    assert min(values) >= level.low
    assert max(values) <= level.high
