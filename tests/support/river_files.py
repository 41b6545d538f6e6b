"""A folder of published river levels, and a reader of it that is slow and plain: one row after the other."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from city.quarantine import Reason

JST = timezone(timedelta(hours=9))
GAUGES = (
    "id,日付,所在地,河川名,観測所名,管理者名,はん濫危険水位,避難判断水位,はん濫注意水位,水防団待機水位,geo3x3,url\n"
    "80,2021-08-14,鯖江市御幸町,浅水川,鳥羽,鯖江丹生分庁舎,6.50,5.60,4.90,4.40,E9138732863332,https://example.jp/80\n"
    "9,2021-08-14,福井市原目町16,荒川,原目,福井土木,2.00,--- ,1.50,--- ,E913873686939438,https://example.jp/9\n"
)
KNOWN = ("80", "9")
HEADER = "日時,河川水位,id\n"


def write_folder(folder: Path, days: Mapping[str, str], gauges: str = GAUGES) -> Path:
    """`sensors.csv` and a file of rows (without header) for each day."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "sensors.csv").write_text(gauges, "utf-8-sig")
    for day, rows in days.items():
        (folder / "data" / f"{day}.csv").write_text(HEADER + rows, "utf-8-sig")
    return folder


Reading = tuple[str, int, float]  # gauge, time in ms, level


def read_plainly(folder: Path, start: str, end: str) -> tuple[list[Reading], Counter[str]]:
    """The readings in order of time, and how many rows met which fate ("read" and "outside" among them)."""
    lo, hi = (datetime.fromisoformat(day).replace(tzinfo=JST) for day in (start, end))
    fates: Counter[str] = Counter()
    used: list[tuple[datetime, str, float]] = []
    for file in sorted((folder / "data").iterdir()):
        if not start <= file.stem < end:
            continue
        latest = datetime.fromisoformat(file.stem).replace(tzinfo=JST) + timedelta(days=2)
        for row in _rows(file):
            fates["read"] += 1
            fate, reading = _judge(row, latest)
            if reading and not lo <= reading[0] < hi:
                fate = "outside"
            if fate:
                fates[fate] += 1
            elif reading:
                used.append(reading)
    used.sort(key=lambda reading: reading[0])
    return [(gauge, round(time.timestamp() * 1000), level) for time, gauge, level in used], fates


def _rows(file: Path) -> Iterable[list[str]]:
    for line in file.read_text("utf-8-sig", "surrogateescape").split("\n")[1:]:
        if line.strip():
            row = next(csv.reader([line]))
            if row[0] != "日時":
                yield row


def _judge(  # noqa: PLR0911 - one return a check is the plainest way to write a chain of checks
    row: list[str], latest: datetime
) -> tuple[str, tuple[datetime, str, float] | None]:
    """The reading, or why there is none."""
    if len(row) != 3 or (time := _time(row[0])) is None:
        return Reason.UNDECODABLE, None
    if row[2] not in KNOWN:
        return Reason.UNKNOWN_SENSOR, None
    text = row[1].strip()
    if not text.strip("*-"):
        return Reason.NO_VALUE, None
    if not text.isascii() or "_" in text:
        return Reason.UNDECODABLE, None
    try:
        level = float(text)
    except ValueError:
        return Reason.UNDECODABLE, None
    if level - level != 0:
        return Reason.NOT_FINITE, None
    if time > latest:
        return Reason.IMPOSSIBLE_TIME, None
    return "", (time, row[2], level)


def _time(text: str) -> datetime | None:
    try:
        day, clock = text.strip().split("T")
        hour, minute = clock.split(":")
        if not (text.isascii() and len(day) == 10 and len(clock) == 5 and (hour + minute).isdigit()):
            return None
        if not (int(hour) < 24 and int(minute) < 60) and clock != "24:00":
            return None
        date.fromisoformat(day)
        begin = datetime.fromisoformat(day).replace(tzinfo=JST)
        return begin + timedelta(hours=int(hour), minutes=int(minute))
    except ValueError:
        return None
