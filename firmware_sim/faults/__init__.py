"""The faults that a scenario may name. A new one is one file here, and one line in this table."""

from typing import Final

from firmware_sim.faults.clock_unsynced import CLOCK_UNSYNCED
from firmware_sim.faults.clock_wrong import CLOCK_WRONG
from firmware_sim.faults.cut import CUT
from firmware_sim.faults.disorder import DISORDER
from firmware_sim.faults.drift import DRIFT
from firmware_sim.faults.dropout import DROPOUT
from firmware_sim.faults.duplicate import DUPLICATE
from firmware_sim.faults.fault import FaultKind
from firmware_sim.faults.nonsense import NONSENSE
from firmware_sim.faults.outage import OUTAGE
from firmware_sim.faults.rubbish import RUBBISH
from firmware_sim.faults.spike import SPIKE
from firmware_sim.faults.stuck import STUCK

FAULTS: Final[tuple[FaultKind, ...]] = (
    STUCK,
    SPIKE,
    DRIFT,
    DROPOUT,
    OUTAGE,
    CUT,
    CLOCK_UNSYNCED,
    CLOCK_WRONG,
    DUPLICATE,
    DISORDER,
    RUBBISH,
    NONSENSE,
)
