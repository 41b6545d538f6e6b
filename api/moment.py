"""Times at the edge: what a caller may write, and the one form that the API answers in.

The API answers in ISO 8601, UTC, milliseconds, `Z`: a person reads it, every language parses it, and no reader has
to guess a unit or a zone.
"""

import re
from datetime import UTC, datetime
from typing import Final

import numpy as np

from city.errors import UserError
from city.reading import Int64s

_UNITS_MS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION: Final = re.compile(r"([1-9][0-9]{0,8})([smhd])")
_LOST_PLUS: Final = re.compile(r" (\d\d:?\d\d)$")
# What a year of four digits can say: beyond it neither ISO 8601 nor anybody's sensor goes.
_EARLIEST_S, _LATEST_S = -62_135_596_800, 253_402_300_799


class UnreadableTimeError(UserError):
    """A time or duration that cannot be read."""


def read_moment(name: str, text: str) -> int:
    """Epoch ms of ISO 8601 (with an offset or `Z`) or of epoch seconds. `name` is the parameter, for the message."""
    try:
        seconds = float(text)
    except ValueError:
        return _read_iso(name, text)
    if not _EARLIEST_S <= seconds <= _LATEST_S:
        raise UnreadableTimeError("api.time-unreadable", name=name, given=text[:64])
    return round(seconds * 1000)


def _read_iso(name: str, text: str) -> int:
    # An unescaped "+" of "+09:00" arrives as a space: what was meant is plain.
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text))
    except ValueError as e:
        raise UnreadableTimeError("api.time-unreadable", name=name, given=text[:64]) from e
    if moment.tzinfo is None:
        raise UnreadableTimeError("api.time-without-zone", name=name, given=text[:64])
    seconds = moment.timestamp()
    if not _EARLIEST_S <= seconds <= _LATEST_S:  # the last hours of the year 9999, told in another zone
        raise UnreadableTimeError("api.time-unreadable", name=name, given=text[:64])
    return round(seconds * 1000)


def read_duration(name: str, text: str) -> int:
    """Milliseconds of `90s`, `10m`, `1h` or `7d`."""
    match = _DURATION.fullmatch(text)
    if not match:
        raise UnreadableTimeError("api.duration-unreadable", name=name, given=text[:64])
    return int(match[1]) * _UNITS_MS[match[2]]


def write_duration(duration_ms: int) -> str:
    """The shortest way to write at least `duration_ms`, in whole seconds, minutes, hours or days."""
    for unit, unit_ms in _UNITS_MS.items():
        count = -(-duration_ms // unit_ms)
        if count <= 120 or unit == "d":  # noqa: PLR2004  120 of a unit is what people still read at a glance
            return f"{count}{unit}"
    raise AssertionError


def iso(time_ms: int) -> str:
    """One time as the API writes it."""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(time_ms: int | None) -> str | None:
    """One time that may be missing."""
    return None if time_ms is None else iso(time_ms)


def iso_column(times: Int64s) -> list[str]:
    """A column of times, int64[n] ms, as the API writes them."""
    column: list[str] = np.datetime_as_string(times.astype("datetime64[ms]"), timezone="UTC").tolist()
    return column
