"""What a device is to be: its desired configuration, retained under its `config` topic with a revision.

The device checks it before it takes it, and goes back to what it had where it cannot connect with it. What it runs it
reports in `state`.
"""

from itertools import pairwise
from typing import Annotated, Final

import msgspec

from city.wire.decoded import decoded
from city.wire.errors import WireError

MAX_BYTES: Final = 64 * 1024  # some hundred sensors; what is longer is rubbish
MAX_SENSORS: Final = 64  # of one device: a Raspberry Pi has no room for more
MAX_OUTPUTS: Final = 16  # of one device: a relay board has eight or sixteen
MAX_TABLE: Final = 256  # points of a calibration: a tide staff has a few dozen

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,64}$")]
Seconds = Annotated[float, msgspec.Meta(ge=0.05, le=86_400)]
Option = bool | int | float | str


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """raw → value: through the table (raw, value) first, linear between its points, then × scale + offset.

    Outside the table the nearest two points go on: a level above the highest that was measured is still one.
    """

    scale: float = 1.0
    offset: float = 0.0
    table: tuple[tuple[float, float], ...] = ()


class Near(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a value is within `within` of `level`, or past it, the sensor is read every `every_s`, and its readings go
    first.

    rising: whether past means above
    """

    level: float
    within: Annotated[float, msgspec.Meta(ge=0)]
    every_s: Seconds
    rising: bool = True


class SensorConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One sensor.

    driver: one of `edge/drivers`; options: its own, checked by it
    measures: which of the driver's channels it is; empty: the only one
    deadband: a change no greater than that is not told, but for one reading every `at_least_every_s`
    """

    name: Name
    driver: Name
    unit: str | None = None
    measures: str = ""
    every_s: Seconds = 60.0
    options: dict[Name, Option] = {}
    calibration: Calibration = Calibration()
    deadband: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    at_least_every_s: Seconds = 900.0
    near: Near | None = None


class OutputConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One output: what the command `set` switches.

    driver: one of `edge/outputs`; options: its own, checked by it
    safe: what it is after a start; None: what it was last commanded to be
    """

    name: Name
    driver: Name
    options: dict[Name, Option] = {}
    safe: str | None = None


class BrokerAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the broker is."""

    host: Annotated[str, msgspec.Meta(min_length=1, max_length=253)]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)]


class DeviceConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All of a device.

    revision: counts up; a device takes none that is not above the one it runs
    broker: None: the one that it was set up with
    state_every_s: how often it reports on itself where nothing changes
    """

    revision: Annotated[int, msgspec.Meta(ge=0)]
    sensors: Annotated[tuple[SensorConfig, ...], msgspec.Meta(max_length=MAX_SENSORS)] = ()
    outputs: Annotated[tuple[OutputConfig, ...], msgspec.Meta(max_length=MAX_OUTPUTS)] = ()
    broker: BrokerAddress | None = None
    state_every_s: Seconds = 3_600.0

    def encode(self) -> bytes:
        """JSON, as it travels."""
        return msgspec.json.encode(self)


def decode_config(payload: bytes) -> DeviceConfig:
    """The configuration in `payload`. Raises WireError when it is none, or says what cannot be."""
    config = decoded(payload, DeviceConfig, "a configuration", MAX_BYTES)
    # Together, since `state` tells under its name what is wrong with each.
    names = [sensor.name for sensor in config.sensors] + [output.name for output in config.outputs]
    if len(set(names)) < len(names):
        raise WireError(f"two sensors or outputs of one name: {sorted(names)}")
    for sensor in config.sensors:
        _check_table(sensor.name, sensor.calibration.table)
    return config


def _check_table(name: str, table: tuple[tuple[float, float], ...]) -> None:
    if len(table) > MAX_TABLE or len(table) == 1:
        raise WireError(f"{name}: a table of {len(table)} points; 2 to {MAX_TABLE} are needed, or none")
    if any(a[0] >= b[0] for a, b in pairwise(table)):
        raise WireError(f"{name}: the raw values of a table must ascend")
