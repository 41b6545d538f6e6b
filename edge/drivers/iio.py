"""Linux Industrial I/O: what the kernel drives itself and shows as files. BME280, SHT3x, SCD30, ADS1115 and many more.

The names of files and their units are those of the kernel's Documentation/ABI/testing/sysfs-bus-iio: a channel's value
is in `in_<channel>_input`, or else (`_raw` + `_offset`) × `_scale`. A channel is named as in those files (`temp`,
`humidityrelative`, `pressure`, `voltage0`, `concentration_co2`).

Given are °C, %RH, kPa, V, ppm: where the kernel has thousandths, or percent, they are reckoned here.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from edge.drivers.driver import DriverError, Kind
from edge.drivers.sysfs import text

# Kernel's unit → ours: milli-degrees and milli-percent, millivolts and milliamperes, percent of a concentration.
_FACTORS: Final = {
    "temp": 1e-3,
    "humidityrelative": 1e-3,
    "voltage": 1e-3,
    "current": 1e-3,
    "concentration": 1e4,
}


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """device: what stands in its file `name` (`bme280`), or its folder (`iio:device0`) where two have one name."""

    device: str
    root: str = "/sys/bus/iio/devices"


class Iio:
    """One device. It is looked for with every reading: a sensor that was put back has another folder."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._folder()

    def read(self) -> Mapping[str, float]:
        """Every channel that has a value."""
        folder = self._folder()
        names = sorted({_channel(file.name) for file in folder.glob("in_*") if _channel(file.name)})
        found = {name: value for name in names if (value := _value(folder, name)) is not None}
        if not found:
            raise DriverError(f"{self._options.device}: no channel has a value")
        return found

    def close(self) -> None:
        """Nothing is held."""

    def _folder(self) -> Path:
        for folder in sorted(Path(self._options.root).glob("iio:device*")):
            if self._options.device in {folder.name, text(folder / "name")}:
                return folder
        raise DriverError(f"{self._options.device}: no such device under {self._options.root}")


def _channel(file: str) -> str:
    for suffix in ("_input", "_raw"):
        if file.startswith("in_") and file.endswith(suffix):
            return file[len("in_") : -len(suffix)]
    return ""


def _value(folder: Path, name: str) -> float | None:
    """In our unit; None where the kernel could not read it this time."""
    factor = next((one for kind, one in _FACTORS.items() if name.startswith(kind)), 1.0)
    ready = _number(folder / f"in_{name}_input")
    if ready is not None:
        return ready * factor
    raw = _number(folder / f"in_{name}_raw")
    if raw is None:
        return None
    # A scale or offset of one channel, or of all of its kind.
    kind = name.rstrip("0123456789").partition("_")[0]
    scale = _first(folder, [f"in_{name}_scale", f"in_{kind}_scale"], 1.0)
    offset = _first(folder, [f"in_{name}_offset", f"in_{kind}_offset"], 0.0)
    return (raw + offset) * scale * factor


def _first(folder: Path, names: list[str], otherwise: float) -> float:
    return next((value for name in names if (value := _number(folder / name)) is not None), otherwise)


def _number(file: Path) -> float | None:
    try:
        return float(text(file))
    except ValueError:
        return None


IIO: Final = Kind("iio", Options, Iio)
