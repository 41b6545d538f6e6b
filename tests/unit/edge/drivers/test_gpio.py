"""Contacts and pulses, at a line that the test moves."""

import pytest

from edge.drivers.driver import DriverError
from edge.drivers.gpio import GPIO, Options, opened
from edge.drivers.gpio_line import EDGES_KEPT, FakeLine

MS = 1_000_000


def tips(line: FakeLine, *at_ms: float) -> None:
    for at in at_ms:
        line.move(on=True, at_ns=round(at * MS))
        line.move(on=False, at_ns=round((at + 0.1) * MS))


def test_a_contact_says_whether_it_is_closed() -> None:
    line = FakeLine()
    contact = opened(Options(line=17), lambda: line)
    assert contact.read() == {"": False}
    line.move(on=True, at_ns=0)
    assert contact.read() == {"": True}


def test_tips_of_a_bucket_are_rain_since_the_last_reading() -> None:
    line = FakeLine()
    bucket = opened(Options(line="GPIO17", counts="pulses", per_pulse=0.5), lambda: line)
    tips(line, 0, 1_000, 2_000)
    assert bucket.read() == {"": 1.5, "total": 1.5}
    tips(line, 3_000)
    assert bucket.read() == {"": 0.5, "total": 2.0}
    assert bucket.read() == {"": 0.0, "total": 2.0}


def test_a_contact_that_bounces_counts_once() -> None:
    line = FakeLine()
    bucket = opened(Options(line=17, counts="pulses", debounce_ms=50.0), lambda: line)
    tips(line, 0, 5, 12, 40, 49.9)
    assert bucket.read()[""] == 1
    tips(line, 1_000, 1_049, 1_051)
    assert bucket.read()[""] == 2


def test_bouncing_over_a_reading_counts_once() -> None:
    line = FakeLine()
    bucket = opened(Options(line=17, counts="pulses"), lambda: line)
    tips(line, 0)
    assert bucket.read()[""] == 1
    tips(line, 20)
    assert bucket.read()[""] == 0


def test_the_total_begins_anew_and_what_came_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.drivers.gpio._WRAP", 4)
    line = FakeLine()
    meter = opened(Options(line=17, counts="pulses"), lambda: line)
    tips(line, 0, 100, 200)
    assert meter.read() == {"": 3, "total": 3}
    tips(line, 300, 400)
    assert meter.read() == {"": 2, "total": 1}


def test_more_than_the_kernel_keeps_is_lost_as_with_the_kernel() -> None:
    line = FakeLine()
    meter = opened(Options(line=17, counts="pulses"), lambda: line)
    tips(line, *range(0, 100 * (EDGES_KEPT + 10), 100))
    assert meter.read()[""] == EDGES_KEPT


def test_a_chip_that_is_not_there_is_named() -> None:
    with pytest.raises(DriverError, match="/dev/nothing"):
        GPIO.start({"line": 17, "chip": "/dev/nothing"})
