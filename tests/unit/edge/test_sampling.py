"""When a sensor is read, and which of its readings are told."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.wire.config import Calibration, Near, SensorConfig
from edge.calibration import calibrated
from edge.sampling import Sampling

WATER = SensorConfig(name="water_level", driver="serial_level", unit="m", every_s=600.0)


def test_a_value_goes_through_scale_and_offset() -> None:
    mounted_at_7_m = Calibration(scale=-1.0, offset=7.0)
    assert calibrated(2.5, mounted_at_7_m) == 4.5


def test_a_table_is_linear_between_its_points_and_goes_on_outside() -> None:
    staff = Calibration(table=((0.0, 1.0), (10.0, 3.0), (20.0, 9.0)))
    assert [calibrated(raw, staff) for raw in (0, 5, 10, 15, 20, 25, -5)] == [1, 2, 3, 6, 9, 12, 0]


@given(
    st.lists(st.integers(-1_000, 1_000), min_size=2, max_size=10, unique=True).map(sorted),
    st.data(),
)
def test_at_its_points_a_table_says_what_stands_there(raws: list[int], data: st.DataObject) -> None:
    table = tuple((float(raw), float(data.draw(st.integers(-100, 100)))) for raw in raws)
    for raw, value in table:
        assert calibrated(raw, Calibration(table=table)) == pytest.approx(value, abs=1e-6)


def test_what_stays_within_the_deadband_is_told_now_and_then() -> None:
    sampling = Sampling(SensorConfig(name="t", driver="iio", deadband=0.5, at_least_every_s=100.0))
    told = [sampling.take(value, k, float(k * 10)) is not None for k, value in enumerate([20, 20.4, 19.6, 20.6, 20.6])]
    assert told == [True, False, False, True, False]
    assert sampling.take(20.6, 99, 130.0) is not None


def test_without_a_deadband_every_reading_is_told() -> None:
    sampling = Sampling(WATER)
    assert all(sampling.take(4.0, k, float(k)) for k in range(10))


def test_near_a_level_it_is_read_faster_and_every_reading_goes_first() -> None:
    sampling = Sampling(
        SensorConfig(
            name="w", driver="iio", every_s=600.0, deadband=1.0, near=Near(level=5.6, within=0.5, every_s=60.0)
        )
    )
    calm = sampling.take(4.0, 0, 0.0)
    assert calm is not None
    assert (calm.urgent, sampling.every_s) == (False, 600.0)
    for k, value in enumerate((5.2, 5.2, 6.8), start=1):
        near = sampling.take(value, k, float(k))
        assert near is not None
        assert (near.urgent, sampling.every_s) == (True, 60.0)
    sampling.take(4.0, 9, 9.0)
    assert sampling.every_s == 600.0


def test_a_level_may_be_neared_from_above() -> None:
    sampling = Sampling(
        SensorConfig(name="b", driver="iio", near=Near(level=11.5, within=0.3, every_s=60.0, rising=False))
    )
    found = [sampling.take(value, k, float(k)) for k, value in enumerate((13.0, 11.7, 10.0))]
    assert [one.urgent for one in found if one is not None] == [False, True, True]


@pytest.mark.parametrize("raw", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_told(raw: float) -> None:
    assert Sampling(WATER).take(raw, 0, 0.0) is None


def test_a_contact_is_told_as_it_is() -> None:
    sampling = Sampling(SensorConfig(name="gate", driver="gpio", calibration=Calibration(scale=3.0)))
    found = sampling.take(True, 0, 0.0)
    assert found is not None
    assert found.value is True


def test_a_time_that_would_repeat_moves_on() -> None:
    sampling = Sampling(WATER)
    times = [one.time_ms for at in (1_000, 1_000, 1_001, 500, 1_000) if (one := sampling.take(4.0, at, 0.0))]
    assert times == [1_000, 1_001, 1_002, 500, 1_003]
