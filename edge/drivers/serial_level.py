"""Ultrasonic distance over a serial line: A02YYUW and MaxBotix. The distance to the water, m; the level is that of the
sensor's mounting less the distance, which its calibration says (`scale: -1`, `offset:` its height).

A02YYUW: four bytes, 0xFF, the distance in mm (high byte first), and the low byte of the three's sum. Source: DFRobot
SEN0311, "UART Output Format". 30 to 4,500 mm; nearer or farther it repeats its limits or says 0.

MaxBotix (HRXL-MaxSonar-WR, TTL or RS-232): `R`, four digits of mm, carriage return. Source: MaxBotix datasheet PD11830,
"Pin 5 - Serial output". No checksum; 5000 (9999 for the ten-metre ones) says that there is no target.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from edge.drivers.driver import Driver, DriverError, Kind
from edge.drivers.framed import Framed, of_length
from edge.drivers.serial_port import SerialPort

_FRAME_BYTES: Final = 4
_START: Final = 0xFF
_NEAREST_MM, _FARTHEST_MM = 30, 4_500  # A02YYUW
_NO_TARGET: Final = (5_000, 9_999)  # MaxBotix
_LONGEST: Final = 6  # bytes of a frame of MaxBotix
_SPOKEN: Final = re.compile(rb"R(\d{4})\r")


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """frames: which of the two it is."""

    port: str
    frames: Literal["a02yyuw", "maxbotix"] = "a02yyuw"
    baud: int = 9_600


def a02yyuw(came: bytes) -> tuple[list[int], bytes]:
    """Distances in mm, of every frame whose checksum is right and whose distance the sensor can measure."""
    return of_length(came, _START, _FRAME_BYTES, _a02yyuw_mm)


def _a02yyuw_mm(frame: bytes) -> int | None:
    head, high, low, check = frame
    distance_mm = high << 8 | low
    right = (head + high + low) & 0xFF == check and _NEAREST_MM <= distance_mm <= _FARTHEST_MM
    return distance_mm if right else None


def maxbotix(came: bytes) -> tuple[list[int], bytes]:
    """Distances in mm, of every whole frame, those included that say that there is no target."""
    found, end = [], 0
    for frame in _SPOKEN.finditer(came):
        found.append(int(frame[1]))
        end = frame.end()
    return found, came[end:][-_LONGEST:]


def _distance(mm: int) -> Mapping[str, float]:
    if mm in _NO_TARGET:
        raise DriverError("no target in reach")
    return {"": mm / 1000}


def _open(options: Options) -> Driver:
    scan = a02yyuw if options.frames == "a02yyuw" else maxbotix
    return Framed(SerialPort(options.port, options.baud), scan, _distance)


SERIAL_LEVEL: Final = Kind("serial_level", Options, _open)
