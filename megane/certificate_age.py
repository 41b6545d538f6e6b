"""How far devices' certificates are into their lives: whether renewals come.

A device renews its certificate by itself, and says where it cannot (edge/renewal.py). But one that fails for months is
out on one day, and most of those that fail say nothing of it: so the city looks at what it issued.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from math import floor
from typing import Final

from city.clock import Clock
from megane.authority import Issued

# Of its life. The last devices begin to renew at 0.72; of a year, these have tried for twelve days by then.
OVERDUE: Final = 0.75


class CertificateAge:
    """Looks at the certificates of a catalog's devices. Quick, and on the event loop only."""

    def __init__(
        self,
        issued: Callable[[], Sequence[Issued]],
        told: Callable[[], Mapping[str, int]],
        devices: Collection[str],
        clock: Clock,
    ) -> None:
        """issued: every certificate, oldest first; told: by device, when the one ends that it says it has, epoch ms."""
        self._issued = issued
        self._told = told
        self._devices = devices
        self._clock = clock

    def percent(self) -> float:
        """Of the certificate that is furthest into its life, how much of that is over, in whole percent; 100 from its
        end on. 0 while none is overdue. Neither what is revoked counts nor what another took the place of.
        """
        now_ms = self._clock.now_ms()
        used = max((_used(one, now_ms) for one in self._held()), default=0.0)
        return floor(100 * min(1.0, used)) if used >= OVERDUE else 0.0

    def _held(self) -> Collection[Issued]:
        """Of each device the one good certificate that it says it has; where it says nothing of the kind, its newest.

        A new one that was issued and never arrived leaves the device with the old one.
        """
        told = self._told()
        held: dict[str, Issued] = {}
        for one in self._issued():
            if one.revoked_ms is None and one.device in self._devices:
                before = held.get(one.device)
                if before is None or before.ends_ms != told.get(one.device):
                    held[one.device] = one
        return held.values()


def _used(one: Issued, now_ms: int) -> float:
    return (now_ms - one.issued_ms) / max(1, one.ends_ms - one.issued_ms)
