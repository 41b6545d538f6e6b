"""Times as other people's devices write them, in whole milliseconds since the epoch."""

import math
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from city.speech import TimeForm

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_LAST_MS: Final = 253_402_300_799_000  # the end of the year 9999: beyond it calendars stop


def time_ms(value: object, form: TimeForm) -> int | None:
    """The time of a value in this form; None where it is none."""
    if form is TimeForm.ISO8601:
        return iso_ms(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        ms = float(value) * (1000 if form is TimeForm.S else 1)
    except OverflowError:
        return None
    return round(ms) if math.isfinite(ms) and abs(ms) <= _LAST_MS else None


def iso_ms(value: object, zone: ZoneInfo | None = None) -> int | None:
    """The time of a text in ISO 8601. One that names no offset is of `zone`; None where there is neither.

    Of an hour that comes twice, where summer time ends, it is the first.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            if zone is None:
                return None
            moment = moment.replace(tzinfo=zone)
        return (moment - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        return None
