"""Particulate matter over a serial line: Plantower PMS5003. µg/m³, under the conditions of the air itself.

32 bytes: `BM`, length 28, thirteen values of two bytes (high byte first), of which the 4th to 6th are PM1, PM2.5 and
PM10 in the atmosphere, and the sum of the 30 bytes before. Source: Plantower PMS5003 data manual V2.3, appendix I.
"""

import struct
from collections.abc import Mapping
from typing import Final

import msgspec

from edge.drivers.driver import Driver, Kind
from edge.drivers.framed import Framed, of_length
from edge.drivers.serial_port import SerialPort

_MARK: Final = b"BM\x00\x1c"
_FRAME_BYTES: Final = 32
_VALUES: Final = struct.Struct(">4x13HH")
_MOST: Final = 1_000  # µg/m³: "effective range 0 to 500, maximum ≥ 1000"


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """port: the line."""

    port: str
    baud: int = 9_600


def pms5003(came: bytes) -> tuple[list[tuple[int, int, int]], bytes]:
    """PM1, PM2.5 and PM10 of every frame whose checksum is right."""
    return of_length(came, _MARK[0], _FRAME_BYTES, _pms5003_values)


def _pms5003_values(frame: bytes) -> tuple[int, int, int] | None:
    *values, check = _VALUES.unpack(frame)
    right = frame.startswith(_MARK) and sum(frame[:-2]) == check and max(values[3:6]) <= _MOST
    return (values[3], values[4], values[5]) if right else None


def _densities(found: tuple[int, int, int]) -> Mapping[str, float]:
    return dict(zip(("pm1", "pm2_5", "pm10"), map(float, found), strict=True))


def _open(options: Options) -> Driver:
    return Framed(SerialPort(options.port, options.baud), pms5003, _densities)


PARTICULATE: Final = Kind("particulate", Options, _open)
