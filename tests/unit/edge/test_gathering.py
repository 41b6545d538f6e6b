"""What is read within a moment goes in one message, however late it is taken; the rest goes in messages of its own."""

import pytest

from edge.gathering import GATHER_S, Gathering
from edge.message import MAX_MEASUREMENTS
from edge.sampling import Sample
from edge.station import Taken


def taken(read_s: float, *, synced: bool = True, urgent: bool = False, count: int = 1) -> Taken:
    return Taken((Sample("water_level", "m", round(read_s * 1000), 1.0, urgent),) * count, synced, read_s)


def test_readings_of_one_moment_go_together_once_it_is_over() -> None:
    gathering = Gathering()
    gathering.add(taken(0.0), 10.0)
    gathering.add(taken(0.1), 10.1)
    assert gathering.take(10.0 + GATHER_S / 2) == []
    (message,) = gathering.take(10.0 + GATHER_S)
    assert len(message.samples) == 2
    assert gathering.due_s == float("inf")


def test_what_is_near_a_level_waits_for_no_other() -> None:
    gathering = Gathering()
    gathering.add(taken(0.0), 10.0)
    gathering.add(taken(0.1, urgent=True), 10.1)
    (message,) = gathering.take(10.1)
    assert message.urgent
    assert len(message.samples) == 2


@pytest.mark.parametrize(
    "following",
    [taken(1.0), taken(0.0, synced=False), taken(0.0, count=MAX_MEASUREMENTS)],
    ids=["read later", "without a clock", "too many"],
)
def test_what_does_not_belong_together_goes_apart_though_it_came_at_once(following: Taken) -> None:
    gathering = Gathering()
    gathering.add(taken(0.0), 10.0)
    gathering.add(following, 10.0)
    assert len(gathering.take(11.0)) == 2
