"""What every spool took, from its own files: each is linked into an archive while it is written, so that what the
agent deletes once the city has it is still there to be read. The agent is not changed for it.
"""

import contextlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

import msgspec

from edge.message import Message
from edge.record import records
from edge.segment import MESSAGE

# A file is deleted at the earliest when 64 kB of messages are in it and all are settled: seconds, at these rates.
LOOK_S: Final = 0.02


class Reading(NamedTuple):
    """One that was appended, or stored."""

    device: str
    sensor: str
    time_ms: int
    value: float


class Archive:
    """Links to the files of all spools, kept up to date by a thread."""

    def __init__(self, folder: Path, spools: dict[str, Path]) -> None:
        self._folder, self._spools = folder, spools
        self._seen: set[tuple[str, int]] = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="archive")

    def __enter__(self) -> Self:
        self._folder.mkdir()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.wait(LOOK_S):
            self._look()

    def _look(self) -> None:
        for device, spool in self._spools.items():
            with contextlib.suppress(FileNotFoundError), os.scandir(spool) as entries:
                for entry in entries:
                    self._link(device, entry)

    def _link(self, device: str, entry: "os.DirEntry[str]") -> None:
        key = device, entry.inode()  # an inode that is linked is not given to another file
        if entry.name.endswith(".spool") and key not in self._seen:
            with contextlib.suppress(FileNotFoundError):
                os.link(entry.path, self._folder / f"{device}.{entry.inode()}")
                self._seen.add(key)

    def appended(self) -> Sequence[Reading]:
        """All readings that any spool took, once the devices have ended."""
        self._look()
        found: list[Reading] = []
        for file in sorted(self._folder.iterdir()):
            device = file.name.partition(".")[0]
            for _, kind, content in records(file.read_bytes()):
                if kind == MESSAGE:
                    message = msgspec.msgpack.decode(content, type=Message)
                    found += [Reading(device, name, at, float(value)) for name, _, at, value in message.measurements]
        return found
