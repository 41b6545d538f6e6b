"""Devices that do not know the time: the city reckons it for them, once for every start of a device."""

from collections.abc import Sequence

from city.ports import ClockOffset
from ingest.journal.offsets import BOOTS_KEPT


class ClockOffsets:
    """One offset for each (device, boot), fixed by the first message of that boot.

    An offset fixed here is durable before its readings are used: it is written in their batch's transaction. After a
    crash in between, nothing was acknowledged either, and the message that comes again fixes it anew.
    """

    def __init__(self, kept: Sequence[ClockOffset]) -> None:
        """`kept` are those of the journal, oldest first."""
        self._by_device: dict[str, dict[str, int]] = {}
        self._fixed: list[ClockOffset] = []
        for each in kept:
            self._by_device.setdefault(each.device, {})[each.boot] = each.offset_ms

    def offset_ms(self, device: str, boot: str, arrived_ms: int, uptime_now_ms: int) -> int:
        """What is added to the device's uptime (ms) to give epoch ms.

        arrived_ms, uptime_now_ms: of the message at hand; they decide only where it is the boot's first
        """
        boots = self._by_device.setdefault(device, {})
        known = boots.get(boot)
        if known is not None:
            return known
        offset_ms = arrived_ms - uptime_now_ms
        boots[boot] = offset_ms
        while len(boots) > BOOTS_KEPT:
            del boots[next(iter(boots))]
        self._fixed.append(ClockOffset(device, boot, offset_ms))
        return offset_ms

    def take_fixed(self) -> Sequence[ClockOffset]:
        """Those fixed since the last call, to be written with the batch that uses them first."""
        fixed, self._fixed = self._fixed, []
        return fixed
