"""A scenario: a time, a weather and a fleet with its faults. The same scenario gives the same readings, always."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from city.catalog import Device
from city.errors import UserError
from city.messages.text import Text
from firmware_sim.actuators import OBEDIENT, Manner
from firmware_sim.faults.fault import Fault
from firmware_sim.instrument import Instrument


class UnknownScenarioError(UserError):
    """The city has no scenario of that name."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        super().__init__("sim.unknown_scenario", name=name, known=", ".join(sorted(known)))


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """One device: what it measures, and what goes wrong with it. chance: seed of all that is random about it.

    manner: how it takes commands
    """

    device: Device
    instruments: tuple[Instrument, ...]
    faults: tuple[Fault, ...]
    chance: tuple[int, ...]
    manner: Manner = OBEDIENT


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is simulated.

    start_ms: the simulated clock must begin here
    span_ms: for so long the weather is reckoned; after it, rivers stay as they are and days go on
    sampling_ms: how often each device takes readings
    speed: of the simulated clock, unless somebody wants another
    whole: whether the real agent runs on its devices; else light firmware does
    """

    name: str
    title: Text
    start_ms: int
    span_ms: int
    sampling_ms: int
    speed: float
    seed: int
    devices: tuple[DevicePlan, ...]
    whole: bool = False


def scenario_names(files: Mapping[str, str]) -> dict[str, str]:
    """The scenarios among a city's files: name → path. `scenarios/river-flood.yaml` is `river-flood`."""
    return {
        path.removeprefix("scenarios/").removesuffix(".yaml"): path
        for path in files
        if path.startswith("scenarios/") and path.endswith(".yaml")
    }
