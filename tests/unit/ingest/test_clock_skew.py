"""What the city makes of the times at which a device says that it spoke."""

import pytest

from city.wire.state import ClockState, DeviceState, Presence
from ingest.clock_skew import APART_MS, DOUBTFUL_MS, LAST, ClockSkew
from ingest.presence import Presences
from tests.support.small_catalog import catalog_of

NOW_MS = 1_719_100_000_000
HOUR_MS = 3_600_000


class Device:
    """Its clock is `ahead_ms` ahead; what it says takes `way_ms` to the city."""

    def __init__(self, ahead_ms: int = 0) -> None:
        self.ahead_ms = ahead_ms
        self.now_ms = NOW_MS
        self.boot, self.jumps = "b1", 0
        self.skew = ClockSkew()

    def says(self, way_ms: int, after_ms: int = HOUR_MS) -> int | None:
        """What the city then thinks of its clock. after_ms: since it last said something."""
        self.now_ms += after_ms
        self.skew.told(self.state(self.now_ms), self.now_ms + way_ms)
        return self.skew.ms

    def state(self, true_ms: int) -> DeviceState:
        return DeviceState(
            Presence.ONLINE, clock=ClockState.OK, boot=self.boot, jumps=self.jumps, sent_ms=true_ms + self.ahead_ms
        )


def test_nothing_is_known_before_it_speaks() -> None:
    assert ClockSkew().ms is None


def test_a_clock_that_is_ahead_is_ahead_at_once_and_surely() -> None:
    device = Device(ahead_ms=8_000)
    assert device.says(way_ms=3_000) == 5_000
    assert device.says(way_ms=100) == 7_900
    assert device.says(way_ms=30_000) == 7_900


def test_the_quickest_of_the_last_ways_counts() -> None:
    device = Device()
    found = [device.says(way_ms) for way_ms in (900, 80, *([700] * LAST))]
    assert found == [-900, *([-80] * LAST), -700]


def test_what_is_late_once_may_have_had_a_slow_way() -> None:
    device = Device()
    assert device.says(way_ms=DOUBTFUL_MS + 1) is None
    assert device.says(way_ms=200) == -200


def test_what_is_late_again_is_told() -> None:
    device = Device(ahead_ms=-60_000)
    assert device.says(way_ms=200) is None
    assert device.says(way_ms=300) == -60_200


def test_what_waited_in_the_broker_is_one_message() -> None:
    device = Device()
    for hours in (5, 4, 3, 2, 1):  # all at once, when the city is back
        device.skew.told(device.state(NOW_MS - hours * HOUR_MS), NOW_MS + 5 - hours)
        assert device.skew.ms is None
    assert device.says(way_ms=50, after_ms=APART_MS) == -50


def test_a_clock_that_was_set_is_measured_anew() -> None:
    device = Device(ahead_ms=60_000)
    assert device.says(way_ms=0) == 60_000
    device.ahead_ms, device.jumps = 0, 1
    assert device.says(way_ms=0) == 0
    device.ahead_ms, device.boot, device.jumps = 7_000, "b2", 0
    assert device.says(way_ms=0) == 7_000


def test_a_device_that_knows_no_time_has_no_skew() -> None:
    device = Device(ahead_ms=60_000)
    device.says(way_ms=0)
    device.skew.told(DeviceState(Presence.ONLINE, clock=ClockState.UNSYNCED, boot="b1"), NOW_MS)
    assert device.skew.ms is None


def test_a_last_will_and_a_device_that_does_not_say_when_change_nothing() -> None:
    device = Device(ahead_ms=60_000)
    device.says(way_ms=0)
    for state in (DeviceState(Presence.OFFLINE, boot="b1"), DeviceState(Presence.ONLINE, clock=ClockState.OK)):
        device.skew.told(state, NOW_MS)
        assert device.skew.ms == 60_000


def test_the_worst_clock_of_those_that_are_there_is_told_in_whole_seconds() -> None:
    presences = Presences(catalog_of("a:x", "b:x", "c:x"))
    assert presences.greatest_skew_s() == 0
    for name, ahead_ms in (("a", 1_999), ("b", 7_400), ("c", -3_000)):
        presences.said(name, Device(ahead_ms).state(NOW_MS), NOW_MS)
    assert presences.greatest_skew_s() == 7
    presences.said("b", DeviceState(Presence.OFFLINE, boot="b1"), NOW_MS)
    assert presences.greatest_skew_s() == 3
    assert [one.measured_skew_ms for one in presences.all()] == [1_999, 7_400, -3_000]


@pytest.mark.parametrize(
    ("real_time", "arrived_ms"), [(True, None), (False, NOW_MS)], ids=["said before", "time runs faster"]
)
def test_what_was_not_said_just_now_is_not_measured(*, real_time: bool, arrived_ms: int | None) -> None:
    presences = Presences(catalog_of("a:x"), real_time=real_time)
    presences.said("a", Device(60_000).state(NOW_MS), arrived_ms)
    assert presences.all()[0].measured_skew_ms is None
