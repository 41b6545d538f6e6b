"""What a simulated device makes of a command, and what the sensors that watch its outputs show then."""

import pytest

from city.wire.command import SET, Argument, Command, CommandAck, Outcome, Refusal
from edge.device_clock import Moment
from edge.drivers.driver import OptionsError
from firmware_sim.actuators import OBEDIENT, Actuators, Answer, Manner, output_kind
from firmware_sim.fate import Fate
from firmware_sim.obedience import Obedience
from tests.support.small_scenario import SAMPLING_MS, START_MS
from tests.support.switched_scenario import switched_plan

NOW = Moment(START_MS, synced=True)
SOON = START_MS + 60_000


class Device:
    def __init__(self, manner: Manner = OBEDIENT, *, float_at_ms: int | None = None) -> None:
        self.fate = Fate(switched_plan(manner, float_at_ms), START_MS - SAMPLING_MS, SAMPLING_MS)
        self.obedience = Obedience(self.fate.actuators)

    def told(self, id_: str, name: str = SET, now: Moment = NOW, **arguments: Argument) -> CommandAck:
        return self.obedience.came(Command(id_, name, SOON, arguments), now, START_MS)

    def shows(self, after_ms: int) -> object:
        (closed,) = self.fate.at(START_MS + after_ms).measurements
        return closed.value


def test_it_obeys_and_the_sensor_shows_it() -> None:
    device = Device()
    assert device.shows(0) is False
    assert device.told("c1", gate="closed") == CommandAck("c1", Outcome.DONE, detail="gate=closed")
    assert device.fate.actuators.values == {"gate": "closed", "siren": "off"}
    assert device.shows(1) is True
    device.told("c2", gate="open")
    assert device.shows(2) is False


def test_what_takes_its_time_is_shown_once_it_has_moved() -> None:
    device = Device(Manner(takes_ms=40_000))
    assert device.told("c1", gate="closed").outcome is Outcome.DONE
    assert [device.shows(after_ms) for after_ms in (0, 39_999, 40_000)] == [False, False, True]


def test_at_rest_the_sensor_takes_its_own_course() -> None:
    device = Device(float_at_ms=START_MS + 10_000)
    device.told("c1", gate="closed")
    assert device.shows(0) is True
    device.told("c2", gate="open")
    assert [device.shows(after_ms) for after_ms in (5_000, 10_000)] == [False, True]


def test_one_that_refuses_says_so_and_nothing_moves() -> None:
    device = Device(Manner(Answer.REFUSES))
    ack = device.told("c1", gate="closed", siren="on")
    assert (ack.outcome, ack.reason) == (Outcome.REFUSED, Refusal.FAILED)
    assert device.fate.actuators.values == {"gate": "open", "siren": "off"}
    assert device.told("c2", gate="open").outcome is Outcome.DONE  # what it is already


@pytest.mark.parametrize(
    ("arguments", "name", "now", "reason"),
    [
        ({"lamp": "on"}, SET, NOW, Refusal.UNKNOWN),
        ({"siren": "on", "gate": "ajar"}, SET, NOW, Refusal.UNKNOWN),
        ({}, "explode", NOW, Refusal.UNKNOWN),
        ({"gate": "closed"}, SET, Moment(5, synced=False), Refusal.NO_CLOCK),
        ({"gate": "closed"}, SET, Moment(SOON + 1, synced=True), Refusal.LATE),
    ],
    ids=["output", "value", "command", "clock", "late"],
)
def test_what_cannot_be_done_is_refused_as_by_the_agent(
    arguments: dict[str, Argument], name: str, now: Moment, reason: Refusal
) -> None:
    device = Device()
    ack = device.told("c1", name, now, **arguments)
    assert (ack.outcome, ack.reason) == (Outcome.REFUSED, reason)
    assert device.fate.actuators.values == {"gate": "open", "siren": "off"}


def test_a_command_that_comes_twice_is_done_once() -> None:
    device = Device()
    device.told("c1", gate="closed")
    assert device.told("c1", gate="open").reason is Refusal.SEEN
    assert device.fate.actuators.values["gate"] == "closed"


def test_an_output_that_the_device_does_not_have_cannot_be_configured() -> None:
    kind = output_kind(Actuators(switched_plan().device.outputs, OBEDIENT), lambda: START_MS)
    assert kind.made({"output": "gate"}).rest == "open"
    with pytest.raises(OptionsError, match="no output lamp; there are gate, siren"):
        kind.made({"output": "lamp"})


def test_many_turns_between_two_looks_are_remembered_as_far_as_anybody_asks() -> None:
    actuators = Actuators(switched_plan().device.outputs, OBEDIENT)
    for k in range(100):
        actuators.switch("gate", "closed" if k % 2 else "open", START_MS + k)
    assert actuators.is_on("gate", START_MS + 99)
    assert not actuators.is_on("gate", START_MS + 98)
