"""Which devices are there: what each last said of itself, and when it was last heard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from city.catalog import Catalog
from city.wire.state import DeviceState, Presence


@dataclass(frozen=True, slots=True)
class DevicePresence:
    """One device of the catalog. None where it has never said.

    online: by its last `state`, which the broker sets to offline when it loses the device
    spool_depth: messages that wait on the device
    clock: `ok` or `unsynced`
    heard_ms: when anything last came from it, by the city's clock
    """

    device: str
    online: bool | None
    version: str | None
    spool_depth: int | None
    clock: str | None
    heard_ms: int | None


class Presences:
    """Every device of the catalog, and no other: what strangers say takes no memory."""

    def __init__(self, catalog: Catalog) -> None:
        self._states: dict[str, DeviceState | None] = dict.fromkeys(sorted(catalog.devices))
        self._heard_ms: dict[str, int] = {}

    def __contains__(self, device: str) -> bool:
        return device in self._states

    def said(self, device: str, state: DeviceState) -> None:
        """The device, or its last will, says this of itself."""
        self._states[device] = state

    def heard(self, devices: Iterable[tuple[str, int]]) -> None:
        """(device, ms) of messages that came; an older one, sent again from the quarantine, changes nothing."""
        heard_ms, known = self._heard_ms, self._states
        for device, at_ms in devices:
            if at_ms > heard_ms.get(device, 0) and device in known:
                heard_ms[device] = at_ms

    def all(self) -> Sequence[DevicePresence]:
        """Every device, ordered by id."""
        return [self._of(device, state) for device, state in self._states.items()]

    def _of(self, device: str, state: DeviceState | None) -> DevicePresence:
        heard_ms = self._heard_ms.get(device)
        if state is None:
            return DevicePresence(device, None, None, None, None, heard_ms)
        return DevicePresence(device, state.state is Presence.ONLINE, state.version, state.spool, state.clock, heard_ms)
