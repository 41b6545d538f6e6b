"""Which devices are there: what each last said of itself, and when it was last heard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from city.catalog import Catalog
from city.wire.state import DeviceState, Presence
from ingest.clock_skew import ClockSkew


@dataclass(frozen=True, slots=True)
class DevicePresence:
    """One device of the catalog. None where it has never said.

    online: by its last `state`, which the broker sets to offline when it loses the device
    spool_depth: messages that wait on the device
    spool_hours: until the device is full, at the rate at which it fills
    clock: `ok` or `unsynced`; skew_ms: how far its wall clock went from its steady one
    measured_skew_ms: how far its clock is ahead of the city's, as the city measures it (ingest/clock_skew.py)
    revision: of the configuration that it runs; refused: why it did not take another one
    faults: by sensor or output, why it has no reading of it, or cannot switch it
    outputs: by name, what each is switched to
    certificate_ms: when its certificate ends; renewal: why it could not renew it
    heard_ms: when anything last came from it, by the city's clock
    """

    device: str
    online: bool | None
    version: str | None
    spool_depth: int | None
    clock: str | None
    heard_ms: int | None
    spool_hours: float | None = None
    skew_ms: int | None = None
    revision: int | None = None
    refused: str | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    certificate_ms: int | None = None
    renewal: str | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    measured_skew_ms: int | None = None


class Presences:
    """Every device of the catalog, and no other: what strangers say takes no memory."""

    def __init__(self, catalog: Catalog, *, real_time: bool = True) -> None:
        """real_time: whether the city's clock goes as fast as the network: else it does not measure others."""
        self._real_time = real_time
        self._states: dict[str, DeviceState | None] = dict.fromkeys(sorted(catalog.devices))
        self._heard_ms: dict[str, int] = {}
        self._certificates_ms: dict[str, int] = {}
        self._skews: dict[str, ClockSkew] = {}

    def __contains__(self, device: str) -> bool:
        return device in self._states

    def said(self, device: str, state: DeviceState, arrived_ms: int | None = None) -> None:
        """The device, or its last will, says this of itself. arrived_ms: None where it did not say it just now."""
        self._states[device] = state
        if state.certificate_ms is not None:
            self._certificates_ms[device] = state.certificate_ms
        if arrived_ms is not None and self._real_time:
            self._skews.setdefault(device, ClockSkew()).told(state, arrived_ms)

    def refused(self, device: str) -> str | None:
        """Why it last said that it did not take a configuration."""
        state = self._states.get(device)
        return None if state is None else state.refused

    def heard(self, devices: Iterable[tuple[str, int]]) -> None:
        """(device, ms) of messages that came; an older one, sent again from the quarantine, changes nothing."""
        heard_ms, known = self._heard_ms, self._states
        for device, at_ms in devices:
            if at_ms > heard_ms.get(device, 0) and device in known:
                heard_ms[device] = at_ms

    def revisions(self) -> dict[str, int]:
        """Of the devices that said it and are there, the revision that each runs."""
        return {
            device: state.revision
            for device, state in self._states.items()
            if state is not None and state.revision is not None and state.state is Presence.ONLINE
        }

    def certificates(self) -> Mapping[str, int]:
        """By device, when the certificate ends that it last said it has, epoch ms; a last will says nothing of it."""
        return self._certificates_ms

    def greatest_skew_s(self) -> float:
        """Of the clocks of devices that are there, how far the worst is off, ahead or behind, in whole seconds."""
        there = (skew.ms for device, skew in self._skews.items() if self._is_online(device))
        return max((abs(ms) // 1000 for ms in there if ms is not None), default=0)

    def all(self) -> Sequence[DevicePresence]:
        """Every device, ordered by id."""
        return [self._of(device, state) for device, state in self._states.items()]

    def _is_online(self, device: str) -> bool:
        state = self._states.get(device)
        return state is not None and state.state is Presence.ONLINE

    def _of(self, device: str, state: DeviceState | None) -> DevicePresence:
        heard_ms = self._heard_ms.get(device)
        if state is None:
            return DevicePresence(device, None, None, None, None, heard_ms)
        skew = self._skews.get(device)
        return DevicePresence(
            device,
            state.state is Presence.ONLINE,
            state.version,
            state.spool,
            state.clock,
            heard_ms,
            spool_hours=state.spool_h,
            skew_ms=state.skew_ms,
            revision=state.revision,
            refused=state.refused,
            faults=state.faults,
            certificate_ms=state.certificate_ms,
            renewal=state.renewal,
            outputs=state.outputs,
            measured_skew_ms=skew.ms if skew else None,
        )
