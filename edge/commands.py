"""Commands that came: each is done once, in time, or refused with its reason. Which were here survives a restart."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from city.errors import MeganeError
from city.wire.command import Argument, Command, CommandAck, Outcome, Refusal
from edge.device_clock import Moment
from edge.kept_file import keep

REMEMBERED: Final = 1_000  # ids; a device gets a handful a day, and what is older than its deadline is late anyway


class CannotError(MeganeError):
    """The command was tried, and it did not work, or there is no such thing."""

    def __init__(self, refusal: Refusal, detail: str) -> None:
        self.refusal = refusal
        super().__init__(detail)


Do = Callable[[Mapping[str, Argument]], str]  # gives what is told of it; raises CannotError


class Commands:
    """By name, what the device can do."""

    def __init__(self, file: Path, known: Mapping[str, Do]) -> None:
        """file: where the ids are kept, one a line. Blocking."""
        self._file = file
        self._known = known
        self._seen = dict.fromkeys(_read(file))

    def came(self, command: Command, now: Moment, tell: Callable[[CommandAck], None]) -> None:
        """Does it, or not; what became of it is told step by step. Its id is durable before it is done. Blocking."""
        refusal = self._refusal(command, now)
        if refusal is not None:
            tell(CommandAck(command.id, Outcome.REFUSED, refusal))
            return
        try:
            self._remember(command.id)
        except OSError as error:  # it could be done twice
            tell(CommandAck(command.id, Outcome.REFUSED, Refusal.FAILED, str(error)))
            return
        tell(CommandAck(command.id, Outcome.ACCEPTED))
        try:
            detail = self._known[command.name](command.arguments)
        except CannotError as error:
            tell(CommandAck(command.id, Outcome.REFUSED, error.refusal, str(error)))
            return
        tell(CommandAck(command.id, Outcome.DONE, detail=detail))

    def _refusal(self, command: Command, now: Moment) -> Refusal | None:
        if command.id in self._seen:
            return Refusal.SEEN
        if command.name not in self._known:
            return Refusal.UNKNOWN
        if not now.synced:
            return Refusal.NO_CLOCK
        return Refusal.LATE if now.time_ms > command.deadline_ms else None

    def _remember(self, id_: str) -> None:
        self._seen[id_] = None
        if len(self._seen) > 2 * REMEMBERED:
            self._seen = dict.fromkeys(list(self._seen)[-REMEMBERED:])
            keep(self._file, "".join(f"{one}\n" for one in self._seen).encode("ascii"))
        else:
            with self._file.open("a", encoding="ascii") as file:
                file.write(f"{id_}\n")
                file.flush()
                os.fsync(file.fileno())


def _read(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return []
