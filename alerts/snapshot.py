"""An engine's memory as bytes."""

import zlib
from dataclasses import replace
from typing import Final

import msgspec

from alerts.fired import FiredMemory
from alerts.known import Known
from alerts.suppression import SuppressionMemory
from alerts.unseen import UnseenMemory
from alerts.zone_silence import SilenceMemory
from city.alert import ZONE_SILENT, AlertEvent
from city.errors import UserError

FORMAT: Final = 1  # counts up when a snapshot of before can no longer be read


class BrokenSnapshotError(UserError):
    """Bytes that are no snapshot of this version; the journal can be run from its beginning instead."""


class Memory(msgspec.Struct, frozen=True):
    """All of an engine."""

    city: str
    position: int
    clock_ms: int
    caught_up: bool
    replay_from_ms: int | None
    catalog_files: dict[str, str]
    rule_files: dict[str, str]
    known: Known
    silence: SilenceMemory = SilenceMemory()
    suppression: SuppressionMemory = SuppressionMemory()
    unseen: UnseenMemory = UnseenMemory()
    fired: FiredMemory = FiredMemory()
    catching_up: list[AlertEvent] = []
    heard: bool = True  # of snapshots that do not say so
    format: int = FORMAT


def encode(memory: Memory) -> bytes:
    """As MessagePack, compressed, with a checksum."""
    return zlib.compress(msgspec.msgpack.encode(memory), level=1)


def decode(snapshot: bytes) -> Memory:
    """What `encode` made. Raises BrokenSnapshotError for anything else."""
    try:
        memory = msgspec.msgpack.decode(zlib.decompress(snapshot), type=Memory)
    except (zlib.error, msgspec.MsgspecError) as error:
        raise BrokenSnapshotError("alerts.snapshot_broken", reason=str(error)) from error
    if memory.format != FORMAT:
        raise BrokenSnapshotError("alerts.snapshot_format", found=memory.format, known=FORMAT)
    if memory.silence.held:  # of before there were other suppressors
        held = [[replace(old.event, suppressed_by=ZONE_SILENT)] for old in memory.silence.held]
        memory = msgspec.structs.replace(memory, suppression=SuppressionMemory(held=held))
    return memory
