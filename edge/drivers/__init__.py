"""The drivers that there are, by the name that configurations give them. Adding one is a file here and a line below."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from edge.drivers.driver import Kind
from edge.drivers.gpio import GPIO
from edge.drivers.gps import GPS
from edge.drivers.iio import IIO
from edge.drivers.modbus import MODBUS
from edge.drivers.one_wire import ONE_WIRE
from edge.drivers.particulate import PARTICULATE
from edge.drivers.pi_health import PI_HEALTH
from edge.drivers.serial_level import SERIAL_LEVEL

DRIVERS: Final[Mapping[str, Kind[Any]]] = MappingProxyType(
    {kind.name: kind for kind in (IIO, ONE_WIRE, GPIO, SERIAL_LEVEL, MODBUS, PARTICULATE, GPS, PI_HEALTH)}
)
