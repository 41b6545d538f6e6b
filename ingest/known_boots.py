"""Whose start a message belongs to: a number counts only for the device that it comes from.

The broker holds each device to its own topics; whoever the broker let through, it does not tell a subscriber. So what
can be checked here is that a start (`boot`, 64 bits of chance) goes on belonging to the device that it was first heard
from.
"""

from collections import deque
from typing import Final

# A device sends from its present start and, after outages, from some before it. With ten thousand devices it is 10 MB.
BOOTS_KEPT: Final = 8


class KnownBoots:
    """In memory: after a start of the city each boot belongs to whom it is heard from first."""

    def __init__(self) -> None:
        self._owner: dict[str, str] = {}
        self._by_device: dict[str, deque[str]] = {}

    def owner(self, boot: str, device: str) -> str:
        """Whose it is: that device's, where nobody else's was heard before."""
        owner = self._owner.get(boot)
        if owner is not None:
            return owner
        self._owner[boot] = device
        boots = self._by_device.setdefault(device, deque())
        boots.append(boot)
        if len(boots) > BOOTS_KEPT:  # of its own alone: nobody makes the city forget what is another's
            del self._owner[boots.popleft()]
        return device
