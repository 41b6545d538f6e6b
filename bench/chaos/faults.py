"""What goes wrong, and when: drawn from a seed, so that a failure can be repeated."""

import enum
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


class Fault(enum.Enum):
    """Everything that chaos does.

    CLOCK_LOST: a step of hours, into a time that the city takes for impossible, or far back
    LINE_DEAD: half-open past the keepalive, after which either side gives the other up by itself
    """

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
    CLOCK_LOST = "clock_lost"
    LINE_DEAD = "line_dead"


OF_CITY: Final = frozenset({Fault.CITY_KILLED, Fault.CITY_STOPPED, Fault.BROKER_KILLED})
EVERY_S: Final = 1.5, 4.0  # from one fault to the next: several devices are always in trouble, and none for ever
LASTS_S: Final = 1.0, 6.0
# Forwards less than the city takes for the future; backwards more than two readings lie apart.
STEP_S: Final = -20.0, 20.0
LOST_S: Final = -7_200.0, 7_200.0
DEAD_S: Final = 50.0, 70.0  # 45 s without a word and an agent gives its connection up
# The others: those are too much for two minutes.
SHORT: Final = tuple(fault for fault in Fault if fault not in {Fault.CLOCK_LOST, Fault.LINE_DEAD})


@dataclass(frozen=True, slots=True)
class Planned:
    """A fault `at_s` after the beginning, for `lasts_s`, of a device by its number. step_s: of its clock."""

    at_s: float
    fault: Fault
    device: int
    lasts_s: float
    step_s: float


def draw(seed: int, seconds: float, devices: int, kinds: Sequence[Fault]) -> Sequence[Planned]:
    """Faults in order of time; each kind comes once before any comes again."""
    rng = random.Random(seed)  # noqa: S311  to be drawn again, not to be a secret
    plan: list[Planned] = []
    bag: list[Fault] = []
    at_s = rng.uniform(*EVERY_S)
    while at_s < seconds:
        if not bag:
            bag = rng.sample(kinds, len(kinds))
        fault = bag.pop()
        lasts = DEAD_S if fault is Fault.LINE_DEAD else LASTS_S
        step = LOST_S if fault is Fault.CLOCK_LOST else STEP_S
        device, lasts_s, step_s = rng.randrange(devices), rng.uniform(*lasts), rng.uniform(*step)
        plan.append(Planned(round(at_s, 2), fault, device, round(lasts_s, 2), round(step_s, 2)))
        at_s += rng.uniform(*EVERY_S)
    return plan
