"""What goes wrong, and when: drawn from a seed, so that a failure can be repeated."""

import enum
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


class Fault(enum.Enum):
    """Everything that chaos does. The first ones hit a device or its line, the last ones the city's machine."""

    DEVICE_KILLED = "device_killed"
    DEVICE_STOPPED = "device_stopped"
    DEVICE_DISK_FULL = "device_disk_full"
    CLOCK_STEPPED = "clock_stepped"
    LINE_DELAYED = "line_delayed"
    LINE_STALLED = "line_stalled"
    LINE_HALF_OPEN = "line_half_open"
    LINE_CUT = "line_cut"
    CITY_KILLED = "city_killed"
    CITY_STOPPED = "city_stopped"
    BROKER_KILLED = "broker_killed"


OF_CITY: Final = frozenset({Fault.CITY_KILLED, Fault.CITY_STOPPED, Fault.BROKER_KILLED})
EVERY_S: Final = 1.5, 4.0  # from one fault to the next: several devices are always in trouble, and none for ever
LASTS_S: Final = 1.0, 6.0
# Forwards less than the city takes for the future; backwards more than two readings lie apart.
STEP_S: Final = -20.0, 20.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault `at_s` after the beginning, for `lasts_s`, of a device by its number. step_s: of its clock."""

    at_s: float
    fault: Fault
    device: int
    lasts_s: float
    step_s: float


def draw(seed: int, seconds: float, devices: int) -> Sequence[Planned]:
    """Faults in order of time; each kind comes once before any comes again."""
    rng = random.Random(seed)  # noqa: S311  to be drawn again, not to be a secret
    plan: list[Planned] = []
    bag: list[Fault] = []
    at_s = rng.uniform(*EVERY_S)
    while at_s < seconds:
        if not bag:
            bag = rng.sample(list(Fault), len(Fault))
        plan.append(
            Planned(
                round(at_s, 2),
                bag.pop(),
                rng.randrange(devices),
                round(rng.uniform(*LASTS_S), 2),
                round(rng.uniform(*STEP_S), 2),
            )
        )
        at_s += rng.uniform(*EVERY_S)
    return plan
