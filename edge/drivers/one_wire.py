"""1-Wire thermometers: DS18B20 and its like, through the kernel's w1_therm.

The kernel gives the nine bytes of the sensor's scratchpad (`50 05 4b 46 7f ff 0c 10 1c : crc=1c YES`). They are checked
here once more, and reckoned from. Source: DS18B20 datasheet, Maxim 19-7487 Rev 6, figures 4 and 9: temperature in the
first two bytes, 1/16 °C; the last is the CRC (x⁸ + x⁵ + x⁴ + 1) of the others.

At power-on the sensor holds 85 °C, which is no temperature. Byte 6 is 0x0C then; after a conversion that gave 85 °C it
is 0x10 (the datasheet calls it reserved; that it tells the two apart is what owners of the sensor found).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from edge.drivers.driver import DriverError, Kind

_BYTES: Final = 9
_POWER_ON: Final = (0x50, 0x05)
_UNCONVERTED: Final = 0x0C
_LOWEST, _HIGHEST = -55.0, 125.0  # what the sensor measures


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """id: as the kernel names it, `28-0316a2795bff`."""

    id: str
    root: str = "/sys/bus/w1/devices"


class OneWire:
    """One thermometer; °C."""

    def __init__(self, options: Options) -> None:
        self._file = Path(options.root) / options.id / "w1_slave"
        self._id = options.id

    def read(self) -> Mapping[str, float]:
        """The only channel."""
        try:
            text = self._file.read_text(encoding="ascii", errors="replace")
        except OSError as error:
            raise DriverError(f"{self._id}: {error.strerror}") from None
        return {"": temperature(scratchpad(text))}

    def close(self) -> None:
        """Nothing is held."""


def scratchpad(text: str) -> bytes:
    """The nine bytes in what the kernel wrote. Raises DriverError where they are not whole."""
    line = text.partition("\n")[0]
    try:
        found = bytes(int(pair, 16) for pair in line.partition(":")[0].split())
    except ValueError:
        raise DriverError(f"not a scratchpad: {line[:60]!r}") from None
    if len(found) != _BYTES or "YES" not in line or crc8(found[:-1]) != found[-1]:
        raise DriverError(f"a scratchpad with a wrong checksum: {line[:60]!r}")
    if not any(found):
        raise DriverError("a line that is held down: all bytes are 0, which has a right checksum")
    return found


def temperature(found: bytes) -> float:
    """°C. Raises DriverError for a sensor that has measured nothing since its power came on."""
    if tuple(found[:2]) == _POWER_ON and found[6] == _UNCONVERTED:
        raise DriverError("85 °C of a sensor that has measured nothing yet")
    celsius = int.from_bytes(found[:2], "little", signed=True) / 16
    if not _LOWEST <= celsius <= _HIGHEST:
        raise DriverError(f"{celsius} °C is more than the sensor measures")
    return celsius


def crc8(content: bytes) -> int:
    """Dallas' and Maxim's: x⁸ + x⁵ + x⁴ + 1, least bit first."""
    crc = 0
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x8C if crc & 1 else 0)
    return crc


ONE_WIRE: Final = Kind("one_wire", Options, OneWire)
