"""Commands: each done once, in time, or refused with its reason."""

from pathlib import Path

import pytest

from city.wire.command import Command, CommandAck, Outcome, Refusal, decode_command, decode_command_ack
from city.wire.errors import WireError
from edge.commands import REMEMBERED, CannotError, Commands
from edge.device_clock import Moment

NOW = Moment(1_719_100_000_000, synced=True)
SOON = NOW.time_ms + 60_000


class Gate:
    def __init__(self, file: Path) -> None:
        self.opened = 0
        self.file = file
        self.commands = Commands(file, {"open": self._open, "jam": self._jam})

    def came(self, id_: str, name: str = "open", deadline_ms: int = SOON, now: Moment = NOW) -> list[CommandAck]:
        told: list[CommandAck] = []
        self.commands.came(Command(id_, name, deadline_ms), now, told.append)
        return told

    def _open(self, _: object) -> str:
        self.opened += 1
        return "open"

    def _jam(self, _: object) -> str:
        raise CannotError(Refusal.FAILED, "it is stuck")


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path / "commands.txt")


def refused(reason: Refusal, detail: str = "") -> CommandAck:
    return CommandAck("c1", Outcome.REFUSED, reason, detail)


def test_a_command_is_accepted_and_done(gate: Gate) -> None:
    assert gate.came("c1") == [CommandAck("c1", Outcome.ACCEPTED), CommandAck("c1", Outcome.DONE, detail="open")]
    assert gate.opened == 1


def test_a_replayed_one_is_refused_also_after_a_restart(gate: Gate) -> None:
    gate.came("c1")
    assert gate.came("c1") == [refused(Refusal.SEEN)]
    again = Gate(gate.file)
    assert again.came("c1") == [refused(Refusal.SEEN)]
    assert (gate.opened, again.opened) == (1, 0)


def test_a_late_one_is_refused_and_never_obeyed(gate: Gate) -> None:
    assert gate.came("c1", deadline_ms=NOW.time_ms - 1) == [refused(Refusal.LATE)]
    assert gate.came("c1", deadline_ms=NOW.time_ms)[-1].outcome is Outcome.DONE


def test_who_does_not_know_the_time_obeys_nobody(gate: Gate) -> None:
    assert gate.came("c1", now=Moment(5, synced=False)) == [refused(Refusal.NO_CLOCK)]
    assert gate.opened == 0


def test_an_unknown_one_is_refused(gate: Gate) -> None:
    assert gate.came("c1", "explode") == [refused(Refusal.UNKNOWN)]


def test_one_that_fails_is_told_with_its_reason(gate: Gate) -> None:
    assert gate.came("c1", "jam") == [CommandAck("c1", Outcome.ACCEPTED), refused(Refusal.FAILED, "it is stuck")]


def test_what_is_remembered_stays_bounded_and_keeps_the_newest(gate: Gate) -> None:
    for k in range(3 * REMEMBERED):
        gate.came(f"c{k}", deadline_ms=NOW.time_ms)
    assert len(gate.file.read_text().split()) <= 2 * REMEMBERED
    assert Gate(gate.file).came(f"c{3 * REMEMBERED - 1}")[0].reason is Refusal.SEEN


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b'{"id": "a b", "name": "x", "deadline_ms": 1}', b"[" * 20_000, b"\xff"]
)
def test_rubbish_is_no_command(payload: bytes) -> None:
    with pytest.raises(WireError):
        decode_command(payload)
    with pytest.raises(WireError):
        decode_command_ack(payload)


def test_commands_and_acknowledgements_travel_as_they_were_meant() -> None:
    command = Command("c1", "switch", SOON, {"output": "siren", "on": True, "for_s": 30})
    assert decode_command(command.encode()) == command
    ack = CommandAck("c1", Outcome.REFUSED, Refusal.LATE)
    assert decode_command_ack(ack.encode()) == ack
