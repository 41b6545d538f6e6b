"""The city's own condition: a city that is well says nothing, and what is amiss is said until it is over."""

import math
from collections.abc import Mapping

import pytest

from city.delivery import Delivery
from city.wire.senml import decode_pack
from megane.condition import Condition, Measures
from megane.wellbeing import Wellbeing
from tests.support.alert_events import START_MS
from tests.support.manual_clock import ManualClock
from tests.support.sabae import sabae_catalog

STORE = "store_standstill"  # at 60 s it is worth an alert in Sabae
OTHERS = ("inbox_full", "journal_share", "certificate_age", "clock_skew")


class Looking:
    """A condition whose measures a test sets, over a journal that takes what it is given when `arrive` is called."""

    def __init__(self) -> None:
        self.values: dict[str, float] = dict.fromkeys((STORE, *OTHERS), 0.0)
        self.put: list[Delivery] = []
        self.journal: dict[str, float] = {}
        clock = ManualClock(START_MS)
        self.condition = Condition(
            sabae_catalog(), "megane", self._measures(), self._newest, self.put.append, clock, clock
        )

    def said(self, **values: float) -> Mapping[str, float]:
        """What is said at a look at these values, before it has arrived."""
        self.values |= values
        self.put.clear()
        self.condition.look()
        return {sensor: value for delivery in self.put for sensor, value in self._read(delivery).items()}

    def arrive(self) -> None:
        """What was said is in the journal."""
        for delivery in self.put:
            self.journal |= self._read(delivery)
            delivery.ack()

    def _measures(self) -> Measures:
        return {quantity: lambda quantity=quantity: self.values[quantity] for quantity in self.values}  # type: ignore[misc]

    def _newest(self, series: int) -> float:
        return self.journal.get(sabae_catalog().sensors[series].key.sensor, math.nan)

    @staticmethod
    def _read(delivery: Delivery) -> Mapping[str, float]:
        assert delivery.topic == "megane/sabae/megane/up"
        pack = decode_pack(delivery.payload, START_MS)
        assert not pack.faults
        assert {m.time_ms for m in pack.measurements} == {START_MS}
        return {m.name: float(m.value) for m in pack.measurements}


@pytest.fixture
def city() -> Looking:
    return Looking()


def test_a_city_that_is_well_says_nothing(city: Looking) -> None:
    assert city.said() == {}
    assert city.said(store_standstill=59.9) == {}


def test_what_is_amiss_is_said_again_and_again_until_it_is_down_to_half(city: Looking) -> None:
    course = [60.0, 75.0, 50.0, 31.0, 29.0, 20.0]
    said = []
    for value in course:
        said.append(city.said(store_standstill=value))
        city.arrive()

    assert said == [{STORE: value} for value in course[:-1]] + [{}]


def test_a_value_that_stays_is_said_once(city: Looking) -> None:
    said: list[float] = []
    for value in [80.0, 80.0, 81.0, 81.0, 80.0, 0.0, 0.0]:  # of a year, 1 % is nearly four days
        said += city.said(certificate_age=value).values()
        city.arrive()

    assert said == [80.0, 81.0, 80.0, 0.0]


def test_nothing_is_said_while_the_journal_has_not_taken_what_was_said_before(city: Looking) -> None:
    assert city.said(store_standstill=70.0) == {STORE: 70.0}
    on_the_way = list(city.put)
    assert city.said(store_standstill=80.0, inbox_full=80.0) == {}
    city.put[:] = on_the_way
    city.arrive()
    assert city.said(store_standstill=90.0) == {STORE: 90.0, "inbox_full": 80.0}


def test_a_city_that_comes_up_well_says_so_of_what_it_last_said_was_amiss(city: Looking) -> None:
    city.journal[STORE] = 3_600.0  # by a process that was killed

    assert city.said() == {STORE: 0.0}
    city.arrive()
    assert city.said() == {}


def test_everything_that_is_measured_has_a_sensor_in_sabae(city: Looking) -> None:
    measured = {sensor.quantity.id for sensor in sabae_catalog().sensors if sensor.device == "megane"}

    assert set(city.values) == measured
    assert {name.removeprefix("_") for name in dir(Wellbeing)} >= {"journal_share", "inbox_full_s"}
