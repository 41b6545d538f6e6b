"""What is connected to a simulated device, as one of the drivers in `edge/drivers` is: each sensor is a channel."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from city.level import RIVER_LEVELS
from city.wire.config import DeviceConfig, Near, SensorConfig
from edge.drivers.driver import Kind
from edge.message import Value
from firmware_sim.actuators import output_configs
from firmware_sim.instrument import Instrument
from firmware_sim.scenario import DevicePlan

DRIVER: Final = "simulated"
# A station is looked at on the scenario's grid; its own schedule is that much shorter, so that no rounding misses one.
AHEAD_S: Final = 0.01


class _Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """There are none."""


class Sensors:
    """They show what there is at the device's last moment."""

    def __init__(self, shown: Callable[[], Mapping[str, Value]]) -> None:
        self._shown = shown

    def read(self) -> Mapping[str, Value]:
        """What each sensor shows."""
        return self._shown()

    def close(self) -> None:
        """There is nothing to let go of."""


def driver_kind(shown: Callable[[], Mapping[str, Value]]) -> Kind[_Options]:
    """The driver of one device. shown: what each of its sensors shows now."""
    return Kind(DRIVER, _Options, lambda _: Sensors(shown))


def first_config(plan: DevicePlan, sampling_ms: int) -> DeviceConfig:
    """What the device is before a desk says otherwise."""
    sensors = tuple(_sensor(one, sampling_ms) for one in plan.instruments)
    return DeviceConfig(0, sensors, output_configs(plan.device.outputs))


def _sensor(instrument: Instrument, sampling_ms: int) -> SensorConfig:
    sensor = instrument.sensor
    name, every_s = sensor.key.sensor, sampling_ms / 1_000 - AHEAD_S
    unit = instrument.unit if instrument.named and sensor.quantity.id != "on_off" else None
    levels = [sensor.levels[level] for level in RIVER_LEVELS if level in sensor.levels]
    near = None
    if levels:  # past its first level a river's readings go before others
        conversion = sensor.quantity.units[instrument.unit]
        near = Near((min(levels) - conversion.offset) / conversion.scale, 0.0, every_s)
    return SensorConfig(name, DRIVER, unit, measures=name, every_s=every_s, near=near)
