"""A relay, at a line that the test looks at."""

import pytest

from edge.drivers.driver import DriverError, OptionsError
from edge.drivers.gpio_line import OutputLine
from edge.outputs.output import UnknownValueError
from edge.outputs.relay import RELAY, Options, Relay


class Line:
    """An output line; `stands` tells every state that it was in, beginning with that in which it was opened."""

    def __init__(self) -> None:
        self.stands: list[bool] = []
        self.is_open = False
        self.is_gone = False

    def open(self, on: bool) -> OutputLine:  # noqa: FBT001  as a relay opens it
        if self.is_gone:
            raise DriverError("gone")
        self.is_open = True
        self.stands.append(on)
        return self

    def turn(self, *, on: bool) -> None:
        if self.is_gone:
            raise DriverError("gone")
        self.stands.append(on)

    def close(self) -> None:
        self.is_open = False


def gate(line: Line) -> Relay:
    return Relay(Options(line=17, on="closed", off="open"), line.open)


def test_its_line_is_opened_standing_as_it_is_to_stand() -> None:
    line = Line()
    relay = gate(line)
    assert (relay.rest, line.is_open) == ("open", False)
    relay.switch("closed")
    assert line.stands == [True]
    relay.switch("open")
    assert line.stands == [True, False]
    relay.close()
    assert not line.is_open


def test_it_has_the_two_words_of_its_options_and_no_other() -> None:
    relay = gate(Line())
    relay.check("open")
    relay.check("closed")
    for word in ("on", "", "Closed"):
        with pytest.raises(UnknownValueError, match="closed or open"):
            relay.check(word)


def test_after_a_failure_the_line_is_opened_anew() -> None:
    line = Line()
    relay = gate(line)
    relay.switch("open")
    line.is_gone = True
    with pytest.raises(DriverError):
        relay.switch("closed")
    assert not line.is_open
    line.is_gone = False
    relay.switch("closed")
    assert (line.is_open, line.stands) == (True, [False, True])


def test_a_chip_that_is_not_there_is_named_once_it_is_switched() -> None:
    relay = RELAY.made({"line": "GPIO17", "chip": "/dev/nothing"})
    with pytest.raises(DriverError, match="/dev/nothing"):
        relay.switch("on")


def test_options_that_are_none_of_its_own_are_named() -> None:
    with pytest.raises(OptionsError, match="colour"):
        RELAY.made({"line": 17, "colour": "red"})
