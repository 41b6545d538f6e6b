"""The device itself: temperature, throttling, wear of its SD card, disk, signal of its wireless.

Sources: kernel documentation, sysfs-class-thermal; Raspberry Pi firmware, `get_throttled` (bit 0 under-voltage, 1
frequency capped, 2 throttled, 3 soft temperature limit; `/sys/devices/platform/soc/soc:firmware/get_throttled`); JEDEC
eMMC 5.1, DEVICE_LIFE_TIME_EST (`life_time`: 0x01 is 0 to 10 % used); proc(5), /proc/net/wireless.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from edge.drivers.driver import DriverError, Kind
from edge.drivers.sysfs import text
from edge.message import Value

_NOW_BITS: Final = 0xF  # of get_throttled: what is so now; the higher ones say what has been so since the start
_TENTHS: Final = 10


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """root: before all paths; disk: whose free space is told."""

    root: str = "/"
    disk: str = "/"


class PiHealth:
    """`temperature` °C, `throttled` whether, `card_used` % of its life, `disk_free` %, `signal` dBm; those that are."""

    def __init__(self, options: Options) -> None:
        self._root = Path(options.root)
        self._disk = options.disk

    def read(self) -> Mapping[str, Value]:
        """Every channel that this machine has."""
        found: dict[str, Value | None] = {
            "temperature": self._temperature(),
            "throttled": self._throttled(),
            "card_used": self._card_used(),
            "disk_free": self._disk_free(),
            "signal": self._signal(),
        }
        there = {name: value for name, value in found.items() if value is not None}
        if not there:
            raise DriverError("this machine tells nothing of itself")
        return there

    def close(self) -> None:
        """Nothing is held."""

    def _temperature(self) -> float | None:
        return _number(self._text("sys/class/thermal/thermal_zone0/temp"), 10, 1e-3)

    def _throttled(self) -> bool | None:
        bits = _number(self._text("sys/devices/platform/soc/soc:firmware/get_throttled"), 16, 1)
        return None if bits is None else bool(int(bits) & _NOW_BITS)

    def _card_used(self) -> float | None:
        """The worse of its two kinds of cells, up to the next ten percent."""
        worst = None
        for file in sorted(self._root.glob("sys/block/mmcblk*/device/life_time")):
            for tenth in text(file).split():
                used = _number(tenth, 16, 100 / _TENTHS)
                if used:  # 0: the card does not say
                    worst = max(worst or 0.0, min(used, 100.0))
        return worst

    def _disk_free(self) -> float | None:
        try:
            there = os.statvfs(self._disk)
        except OSError:
            return None
        return 100 * there.f_bavail / there.f_blocks if there.f_blocks else None

    def _signal(self) -> float | None:
        for line in self._text("proc/net/wireless").splitlines()[2:]:
            fields = line.split()
            if len(fields) > 3:  # noqa: PLR2004  interface, status, link, level
                return _number(fields[3].rstrip("."), 10, 1)
        return None

    def _text(self, path: str) -> str:
        return text(self._root / path)


def _number(written: str, base: int, factor: float) -> float | None:
    try:
        return int(written, base) * factor
    except ValueError:
        return None


PI_HEALTH: Final = Kind("pi_health", Options, PiHealth)
