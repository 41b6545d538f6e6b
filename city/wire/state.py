"""What a device says of itself, retained under its `state` topic; `offline` is its last will."""

from enum import StrEnum

import msgspec

from city.wire.decoded import decoded


class Presence(StrEnum):
    """Whether the broker has the device."""

    ONLINE = "online"
    OFFLINE = "offline"


class ClockState(StrEnum):
    """Whether the device knows what time it is: a Raspberry Pi has no clock of its own."""

    OK = "ok"
    UNSYNCED = "unsynced"


class DeviceState(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message of state. A last will was written before it happened, so only `state` and `boot` mean anything in it.

    version: of the firmware
    spool: messages in the device's spool, those out without receipt included; spool_h: hours until it is full at the
        present rate, None where it is not filling; unkept: messages it did not take, since its start; aside: set aside
    clock: of the device; skew_ms: how far its wall clock went from its steady one since it was set; jumps: how often
        it was set while it ran
    boot: the start it speaks for
    revision: of the configuration that it runs; refused: why it did not take another one
    faults: by sensor or output, why it has no reading of it, or cannot switch it
    outputs: by name, what each is switched to
    sent_ms: when it says this, by its wall clock, epoch ms; None where that is not known, and in a last will
    certificate_ms: when its certificate ends, epoch ms; renewal: why it could not be renewed when it was tried last
    """

    state: Presence
    version: str | None = None
    spool: int | None = None
    clock: ClockState | None = None
    boot: str | None = None
    spool_h: float | None = None
    unkept: int = 0
    aside: int = 0
    skew_ms: int = 0
    jumps: int = 0
    sent_ms: int | None = None
    revision: int | None = None
    refused: str | None = None
    faults: dict[str, str] = {}
    certificate_ms: int | None = None
    renewal: str | None = None
    outputs: dict[str, str] = {}

    def encode(self) -> bytes:
        """JSON, as it travels."""
        return msgspec.json.encode(self)


def decode_state(payload: bytes) -> DeviceState:
    """The state in `payload`; unknown fields are ignored. Raises WireError when it is none."""
    return decoded(payload, DeviceState, "a state")
