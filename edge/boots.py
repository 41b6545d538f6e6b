"""The starts of a device whose readings may still lie in its spool: how long ago each was.

A reading of a device without a clock says how long after its start it was taken. To send one of an earlier start, the
device must say how long ago that start is now: it knows where the machine has not been started since, or where it has
come to know the time in the one and knows it in the other. Else it tells the least that it can have been.
"""

from pathlib import Path
from typing import Final

import msgspec

from edge.kept_file import keep

KEPT: Final = 32  # starts that are remembered; a device that starts more often within an outage has other troubles


class Boot(msgspec.Struct):
    """One start.

    machine, machine_s: which start of the machine it was in, and how long after that it came, s
    zero_ms: epoch ms at its start, once it knew the time
    last_ms: the newest uptime that was noted, ms
    """

    boot: str
    machine: str
    machine_s: float
    zero_ms: int | None = None
    last_ms: int = 0


class Boots:
    """Kept in one small file, which is written anew as a whole."""

    def __init__(self, file: Path, boot: str, machine: str, machine_s: float) -> None:
        """Reads what is there; a file that is damaged says nothing. Notes this start, which `note` makes durable."""
        self._file = file
        self._known = {one.boot: one for one in _read(file)}
        self._own = self._known[boot] = Boot(boot, machine, machine_s)
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]

    def note(self, uptime_ms: int, epoch_ms: int | None) -> None:
        """How long the device has been up, and what time it is where it knows. Durable on return. Blocking."""
        self._own.last_ms = uptime_ms
        if epoch_ms is not None:
            self._own.zero_ms = epoch_ms - uptime_ms
        keep(self._file, msgspec.json.encode(list(self._known.values())))

    def uptime_ms(self, boot: str, machine_s: float, own_uptime_ms: int, epoch_ms: int | None) -> int:
        """What the uptime of a start would be now, ms.

        machine_s: how long the machine has been up, s; own_uptime_ms: of the present start; epoch_ms: None: not known
        """
        one = self._known.get(boot, self._own)
        if one is self._own:
            return own_uptime_ms
        if one.machine and one.machine == self._own.machine:
            return round((machine_s - one.machine_s) * 1000)
        if one.zero_ms is not None and epoch_ms is not None:
            return max(one.last_ms, epoch_ms - one.zero_ms)
        return one.last_ms + own_uptime_ms


def _read(file: Path) -> list[Boot]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[Boot])
    except (OSError, msgspec.MsgspecError):
        return []
