"""Place and time by satellites: a receiver that speaks NMEA 0183 over a serial line.

`$GNRMC,123519.00,A,3557.4,N,13611.0,E,0.0,0.0,230624,,,A*hh`: time, whether it is valid, place, date; the checksum is
the exclusive or of what stands between `$` and `*`. Source: NMEA 0183, sentence RMC; u-blox M8 receiver description,
31.2.14.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from typing import Final, NamedTuple

import msgspec

from edge.drivers.driver import Driver, DriverError, Kind
from edge.drivers.framed import Framed
from edge.drivers.serial_port import SerialPort

EPOCH: Final = "epoch"  # the channel that says what time it is, s
_SENTENCE: Final = re.compile(rb"\$(G[A-Z]RMC,[ -~]{1,90}?)\*([0-9A-Fa-f]{2})\r?\n")
_LONGEST: Final = 128  # bytes of a sentence, NMEA says 82
_FIRST_YEAR: Final = 2024  # receivers whose week counter has gone round say that it is twenty years ago


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """port: the line."""

    port: str
    baud: int = 9_600


class Fix(NamedTuple):
    """Where and when. Degrees, north and east positive."""

    epoch_s: float
    latitude: float
    longitude: float


def rmc(came: bytes) -> tuple[list[Fix | None], bytes]:
    """Of every sentence whose checksum is right: the fix, None where the receiver says that it has none."""
    found: list[Fix | None] = []
    end = 0
    for sentence in _SENTENCE.finditer(came):
        end = sentence.end()
        if reduce(xor, sentence[1]) == int(sentence[2], 16):
            found.append(_fix(sentence[1].decode("ascii").split(",")))
    return found, came[end:][-_LONGEST:]


def _fix(fields: list[str]) -> Fix | None:
    try:
        _, time, status, latitude, north, longitude, east, _, _, date = fields[:10]
        moment = datetime.strptime(date + time.partition(".")[0], "%d%m%y%H%M%S").replace(tzinfo=UTC)
        fraction_s = float(f"0.{time.partition('.')[2] or '0'}")
        place = _degrees(latitude, 2) * _sign(north, "NS"), _degrees(longitude, 3) * _sign(east, "EW")
    except ValueError:
        return None
    if status != "A" or moment.year < _FIRST_YEAR or abs(place[0]) > 90 or abs(place[1]) > 180:  # noqa: PLR2004  degrees
        return None
    return Fix(moment.timestamp() + fraction_s, *place)


def _degrees(text: str, digits: int) -> float:
    """`3557.4` with two digits of degrees is 35° 57.4′."""
    return int(text[:digits]) + float(text[digits:]) / 60


def _sign(letter: str, letters: str) -> int:
    return 1 - 2 * letters.index(letter)  # ValueError for neither


def _values(fix: Fix | None) -> Mapping[str, float]:
    if fix is None:
        raise DriverError("the receiver knows no place and no time yet")
    return {EPOCH: fix.epoch_s, "latitude": fix.latitude, "longitude": fix.longitude}


def _open(options: Options) -> Driver:
    return Framed(SerialPort(options.port, options.baud), rmc, _values)


GPS: Final = Kind("gps", Options, _open)
