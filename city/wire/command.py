"""Commands to a device, and what became of each: a late one is refused, never obeyed; none is done twice."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec

from city.wire.decoded import decoded

SET: Final = "set"  # the command that switches outputs: by name, what each is to be
MAX_BYTES: Final = 16 * 1024  # of one command: a name and a handful of arguments; what is longer is rubbish

Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,64}$")]
Argument = bool | int | float | str


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command.

    deadline_ms: epoch ms, UTC, by the device's synced clock: after it the command is refused
    """

    id: Id
    name: Name
    deadline_ms: int
    arguments: dict[Name, Argument] = {}

    def encode(self) -> bytes:
        """JSON, as it travels."""
        return msgspec.json.encode(self)


class Outcome(StrEnum):
    """How far a command came."""

    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a device does not obey."""

    LATE = "late"  # its deadline is over
    NO_CLOCK = "no_clock"  # the device does not know the time, and so not whether it is late
    SEEN = "seen"  # it was here before
    UNKNOWN = "unknown"  # no such command, or no such thing to switch
    FAILED = "failed"  # tried, and it did not work


class CommandAck(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of the command of that id; `reason` where it was refused, `detail` for the person who looks."""

    id: Id
    outcome: Outcome
    reason: Refusal | None = None
    detail: str = ""

    def encode(self) -> bytes:
        """JSON, as it travels."""
        return msgspec.json.encode(self)


def decode_command(payload: bytes) -> Command:
    """The command in `payload`. Raises WireError when it is none."""
    return decoded(payload, Command, "a Command", MAX_BYTES)


def decode_command_ack(payload: bytes) -> CommandAck:
    """The acknowledgement in `payload`. Raises WireError when it is none."""
    return decoded(payload, CommandAck, "a CommandAck", MAX_BYTES)
