"""Outputs: all that a command names or nothing of it; after a start as they were, or safe; failed ones tried again."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.wire.command import Argument, Refusal
from city.wire.config import OutputConfig
from edge.commands import CannotError
from edge.drivers.driver import DriverError
from edge.outputs.output import Kind, UnknownValueError
from edge.switching import AGAIN_S, Switching


class _Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: str


class Board:
    """What is at the device's wires: `stands` is each one's value, `history` all that was switched."""

    def __init__(self) -> None:
        self.stands: dict[str, str] = {}
        self.history: list[tuple[str, str]] = []
        self.fails: Callable[[str, str], bool] = lambda _at, _value: False

    def kinds(self) -> Mapping[str, Kind[Any]]:
        return {"wire": Kind("wire", _Options, lambda options: Wire(self, options.at))}


class Wire:
    rest = "off"

    def __init__(self, board: Board, at: str) -> None:
        self._board = board
        self._at = at

    def check(self, value: str) -> None:
        if value not in {"off", "on", "119"}:
            raise UnknownValueError(f"off or on, not {value}")

    def switch(self, value: str) -> None:
        if self._board.fails(self._at, value):
            raise DriverError("stuck")
        self._board.stands[self._at] = value
        self._board.history.append((self._at, value))

    def close(self) -> None:
        self._board.history.append((self._at, "closed"))


class Device:
    """A device of two lamps and a siren; `start` is a start over what it kept."""

    def __init__(self, folder: Path) -> None:
        self.board = Board()
        self.now_s = 0.0
        self._file = folder / "outputs.json"
        self.outputs = [output("left"), output("right"), output("siren", safe="off")]
        self.switching = self.start()

    def start(self) -> Switching:
        self.board.stands.clear()
        self.switching = Switching(self._file, self.board.kinds(), lambda: self.now_s)
        self.switching.become(self.outputs)
        return self.switching

    def refused(self, **arguments: Argument) -> tuple[Refusal, str]:
        with pytest.raises(CannotError) as caught:
            self.switching.set(arguments)
        return caught.value.refusal, str(caught.value)


def output(name: str, **more: object) -> OutputConfig:
    return OutputConfig(name, "wire", {"at": name}, **more)  # type: ignore[arg-type]  # as each test has it


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def test_an_output_nobody_commanded_is_at_rest(device: Device) -> None:
    assert device.board.stands == device.switching.values == {"left": "off", "right": "off", "siren": "off"}


def test_what_a_command_names_is_switched_and_told(device: Device) -> None:
    assert device.switching.set({"left": "on", "siren": "on"}) == "left=on, siren=on"
    assert device.board.stands == device.switching.values == {"left": "on", "right": "off", "siren": "on"}


def test_numbers_are_texts(device: Device) -> None:
    device.switching.set({"left": 119})
    assert device.switching.values["left"] == "119"


def test_after_a_start_it_is_as_commanded_and_what_must_be_safe_is(device: Device) -> None:
    device.switching.set({"left": "on", "siren": "on"})
    device.start()
    assert device.board.stands == {"left": "on", "right": "off", "siren": "off"}


def test_what_is_kept_and_damaged_leaves_everything_at_rest(device: Device, tmp_path: Path) -> None:
    device.switching.set({"left": "on"})
    (tmp_path / "outputs.json").write_bytes(b'{"left": 3')
    device.start()
    assert device.board.stands["left"] == "off"


def test_a_value_that_it_no_longer_has_leaves_it_at_rest(device: Device, tmp_path: Path) -> None:
    (tmp_path / "outputs.json").write_bytes(b'{"left": "purple", "right": "on"}')
    device.start()
    assert device.board.stands == {"left": "off", "right": "on", "siren": "off"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"left": "on", "lamp": "on"}, "no output lamp; there are left, right, siren"),
        ({"right": "on", "left": "purple"}, "left: off or on, not purple"),
        ({"left": True}, "left: off or on, not true"),
        ({}, "nothing to switch"),
    ],
    ids=["output", "value", "truth", "nothing"],
)
def test_what_it_does_not_know_is_refused_before_anything_moves(
    device: Device, arguments: dict[str, Argument], words: str
) -> None:
    before = list(device.board.history)
    reason, told = device.refused(**arguments)
    assert (reason, words in told) == (Refusal.UNKNOWN, True)
    assert device.board.history == before


def test_where_one_fails_those_before_it_are_put_back(device: Device) -> None:
    device.board.fails = lambda at, value: (at, value) == ("right", "on")
    assert device.refused(left="on", right="on", siren="on") == (Refusal.FAILED, "right: stuck")
    assert device.board.stands == device.switching.values == {"left": "off", "right": "off", "siren": "off"}
    device.start()
    assert device.board.stands["left"] == "off"


def test_one_that_cannot_be_put_back_is_named_told_and_tried_again(device: Device) -> None:
    device.board.fails = lambda at, _value: at == "right"
    assert device.refused(left="on", right="on") == (Refusal.FAILED, "right: stuck; not put back: right")
    assert device.switching.faults == {"right": "stuck"}
    assert device.switching.values == {"left": "off", "siren": "off"}
    assert not device.switching.again(AGAIN_S - 1)
    assert device.switching.again(AGAIN_S)
    assert device.switching.faults == {"right": "stuck"}
    device.now_s = 2 * AGAIN_S
    device.board.fails = lambda _at, _value: False
    device.switching.again(device.now_s)
    assert (device.switching.faults, device.switching.due_s) == ({}, float("inf"))
    assert device.switching.values["right"] == "off"


def test_one_that_fails_at_a_start_becomes_what_it_was_commanded_to_be_once_it_works(device: Device) -> None:
    device.switching.set({"left": "on"})
    device.board.fails = lambda at, _value: at == "left"
    device.start()
    assert "left" not in device.switching.values
    device.board.fails = lambda _at, _value: False
    device.switching.again(AGAIN_S)
    assert device.switching.values["left"] == device.board.stands["left"] == "on"


def test_what_would_not_outlive_a_restart_is_not_done(device: Device, tmp_path: Path) -> None:
    (tmp_path / "outputs.json.new").mkdir()  # where the file would be written
    reason, told = device.refused(left="on")
    assert (reason, told.startswith("cannot be kept")) == (Refusal.FAILED, True)
    assert device.board.stands["left"] == "off"


def test_configured_anew_what_stays_is_not_touched(device: Device) -> None:
    device.switching.set({"left": "on"})
    before = len(device.board.history)
    device.switching.become([output("left"), output("right", safe="on")])
    assert device.board.history[before:] == [("right", "closed"), ("siren", "closed"), ("right", "on")]
    assert device.switching.values == {"left": "on", "right": "on"}


NAMES = ("left", "right", "siren")
COMMANDS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(NAMES), st.sampled_from(("off", "on", "119")), min_size=1),
        st.frozensets(st.tuples(st.sampled_from(NAMES), st.sampled_from(("off", "on", "119")))),
    ),
    max_size=6,
)


@settings(deadline=None)  # each writes to the disk
@given(commands=COMMANDS)
def test_whatever_fails_all_of_a_command_is_done_or_none_of_it(
    tmp_path_factory: pytest.TempPathFactory, commands: list[tuple[dict[str, str], frozenset[tuple[str, str]]]]
) -> None:
    device = Device(tmp_path_factory.mktemp("device"))
    expected = dict.fromkeys(NAMES, "off")
    for arguments, failing in commands:
        device.board.fails = lambda at, value, failing=failing: (at, value) in failing  # type: ignore[misc]
        with contextlib.suppress(CannotError):
            device.switching.set(dict(arguments))
            expected |= arguments
        # What it says of an output is what stands there; what it cannot say anything of is told as a fault.
        values, faults = device.switching.values, device.switching.faults
        assert values == {name: expected[name] for name in NAMES if name not in faults}
        assert values.items() <= device.board.stands.items()
        device.board.fails = lambda _at, _value: False
        device.now_s += AGAIN_S
        device.switching.again(device.now_s)
        assert device.board.stands == device.switching.values == expected
    device.start()
    assert device.board.stands == {**expected, "siren": "off"}
