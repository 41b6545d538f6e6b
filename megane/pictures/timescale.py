"""Marks under an axis of time, as staff read times: `6月23日(日)` at midnight, the hours in between."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from city.messages.text import Lang
from megane.episodes import TOKYO

WEEKDAYS: Final = "月火水木金土日"
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
# Steps of the hours of a day, and of days, that a person counts in.
STEPS_MS: Final = (
    *(hours * HOUR_MS for hours in (1, 3, 6, 12)),
    *(days * DAY_MS for days in (1, 2, 7, 14, 30, 61, 122)),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A time on the axis (ms) and what stands under it."""

    time_ms: int
    text: str


def marks(start_ms: int, end_ms: int, most: int, lang: Lang) -> list[Mark]:
    """Marks from start to end, at most `most` steps apart: whole hours or days of Japan's clock."""
    step_ms = next((step for step in STEPS_MS if (end_ms - start_ms) / step <= most), STEPS_MS[-1])
    midnight = datetime.fromtimestamp(start_ms / 1000, TOKYO).replace(hour=0, minute=0, second=0, microsecond=0)
    time_ms = round(midnight.timestamp() * 1000)
    found: list[Mark] = []
    while time_ms <= end_ms:
        if time_ms >= start_ms:
            found.append(Mark(time_ms, _text(time_ms, step_ms, lang, first=not found)))
        time_ms += step_ms
    return found


def _text(time_ms: int, step_ms: int, lang: Lang, *, first: bool) -> str:
    at = datetime.fromtimestamp(0, TOKYO) + timedelta(milliseconds=time_ms)
    day = f"{at.month}月{at.day}日({WEEKDAYS[at.weekday()]})" if lang is Lang.JA else f"{at:%a} {at.day} {at:%b}"
    if step_ms >= DAY_MS:
        return day
    clock = f"{at.hour}:{at:%M}"
    return f"{clock}\n{day}" if first or at.hour == 0 else clock
