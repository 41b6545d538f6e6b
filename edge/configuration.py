"""The configuration that a device runs, the one that it tries, and what it refused. Kept in small files.

A new one is tried: until the device has been connected with it, the one before it stays the one that a start goes back
to. What was refused stays refused: a retained message comes again with every connection.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from city.wire.config import DeviceConfig, OutputConfig, decode_config
from city.wire.errors import WireError
from edge.drivers import DRIVERS
from edge.drivers.driver import Kind, OptionsError
from edge.kept_file import keep
from edge.outputs import OUTPUTS
from edge.outputs.output import Kind as OutputKind
from edge.outputs.output import UnknownValueError

_log = logging.getLogger(__name__)

NOTHING: Final = DeviceConfig(0)
TRIAL_S: Final = 120.0  # a modem that was cut off by the change itself is back within a minute


@dataclass(frozen=True, slots=True)
class Refused:
    """A configuration that was not taken. revision: None where it could not even be read."""

    revision: int | None
    reason: str


class Configuration:
    """In a folder. Not safe for several threads at once.

    running: what the device is now; trial: whether it has yet to show that it can connect with it
    """

    def __init__(
        self,
        folder: Path,
        trial_s: float = TRIAL_S,
        drivers: Mapping[str, Kind[Any]] = DRIVERS,
        first: DeviceConfig = NOTHING,
        outputs: Mapping[str, OutputKind[Any]] = OUTPUTS,
    ) -> None:
        """Goes back to the last that held, whatever was tried when the device stopped. Blocking.

        drivers, outputs: those that a sensor or an output may name
        first: what the device is before anybody has said what it is to be
        """
        self._drivers = drivers
        self._outputs = outputs
        self._file = folder / "config.json"
        self.running = _kept(self._file) or first
        self._before: DeviceConfig | None = None
        self._trial_s = trial_s
        self._tried_at_s = 0.0
        self._poison: bytes | None = None
        self.refused: Refused | None = None

    @property
    def on_trial(self) -> bool:
        """Whether what runs has yet to be confirmed."""
        return self._before is not None

    def offered(self, payload: bytes, now_s: float) -> bool:
        """A configuration came; whether it is to run from now on. It is on trial then."""
        if not payload or payload == self._poison:
            return False  # an empty retained message is how MQTT forgets one
        try:
            config = checked(payload, self._drivers, self._outputs)
        except WireError as error:
            self._refuse(payload, None, str(error))
            return False
        if config == self.running:
            return False
        if config.revision <= self.running.revision:
            self._refuse(payload, config.revision, f"revision {self.running.revision} runs, which is not below it")
            return False
        self._before = self._before or self.running
        self._tried_at_s = now_s
        self._tried = payload
        self.running = config
        self.refused = None
        return True

    def connected(self) -> None:
        """The device connected with what runs: it holds. Durable on return, but for a disk that is full. Blocking."""
        if self._before is not None:
            self._before = None
            try:
                keep(self._file, self.running.encode())
            except OSError as error:  # a start would go back; the city's retained one comes again then
                _log.warning("revision %d runs, and is not written down: %s", self.running.revision, error)

    def go_back(self, now_s: float) -> bool:
        """Whether what runs has been tried in vain for too long, and the one before it runs again."""
        if self._before is None or now_s - self._tried_at_s < self._trial_s:
            return False
        self._refuse(self._tried, self.running.revision, "no connection with it")
        self.running, self._before = self._before, None
        return True

    def _refuse(self, payload: bytes, revision: int | None, reason: str) -> None:
        self._poison = payload
        self.refused = Refused(revision, reason[:200])


def checked(
    payload: bytes,
    drivers: Mapping[str, Kind[Any]] = DRIVERS,
    outputs: Mapping[str, OutputKind[Any]] = OUTPUTS,
) -> DeviceConfig:
    """The configuration, if this agent can be that. Raises WireError, which says what it cannot."""
    config = decode_config(payload)
    for sensor in config.sensors:
        kind = drivers.get(sensor.driver)
        if kind is None:
            raise WireError(f"{sensor.name}: no driver {sensor.driver}; there are {', '.join(drivers)}")
        try:
            kind.check(sensor.options)
        except OptionsError as error:
            raise WireError(f"{sensor.name}: {error}") from None
    for output in config.outputs:
        _check_output(output, outputs)
    return config


def _check_output(output: OutputConfig, outputs: Mapping[str, OutputKind[Any]]) -> None:
    kind = outputs.get(output.driver)
    if kind is None:
        raise WireError(f"{output.name}: no output driver {output.driver}; there are {', '.join(outputs)}")
    try:
        made = kind.made(output.options)
        if output.safe is not None:
            made.check(output.safe)
    except (OptionsError, UnknownValueError) as error:
        raise WireError(f"{output.name}: {error}") from None


def _kept(file: Path) -> DeviceConfig | None:
    """None where nothing is kept, or it is damaged: the city's retained one comes with the connection."""
    try:
        return decode_config(file.read_bytes())
    except (OSError, WireError, msgspec.MsgspecError):
        return None
