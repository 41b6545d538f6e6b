"""Alerts as a replay prints them, and how times are printed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from alerts.episode import Episode
from city.reading import SeriesKey

TOKYO: Final = ZoneInfo("Asia/Tokyo")


class ReplayedAlert(msgspec.Struct, frozen=True):
    """One alert of a replay. Times are ISO 8601 with offset; `cleared_at` is None while it fires at the end."""

    rule: str
    subject: str
    raised_at: str
    cleared_at: str | None
    severity: int
    peak: float | None

    @classmethod
    def of(cls, episode: Episode, subject_of: Callable[[SeriesKey], str]) -> "ReplayedAlert":
        """The alert, its series under the name that `subject_of` gives it."""
        subject = episode.subject
        return cls(
            rule=episode.rule,
            subject=subject if ":" not in subject else subject_of(SeriesKey.parse(subject)),
            raised_at=iso(episode.raised_ms),
            cleared_at=None if episode.cleared_ms is None else iso(episode.cleared_ms),
            severity=episode.severity,
            peak=episode.peak,
        )


def iso(time_ms: int) -> str:
    """ISO 8601 in Asia/Tokyo, with its offset."""
    return (datetime.fromtimestamp(0, TOKYO) + timedelta(milliseconds=time_ms)).isoformat()
