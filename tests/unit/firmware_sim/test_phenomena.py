import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.catalog import Sensor
from city.errors import Mistake
from city.quantity import QUANTITIES
from city.reading import SeriesKey
from city.section import file_section
from firmware_sim.horizon import DAY_MS, HOUR_MS, STEP_MS, Horizon, wander
from firmware_sim.phenomena import PHENOMENA
from firmware_sim.phenomena.air_temperature import AirTemperature
from firmware_sim.phenomena.carbon_dioxide import BREATHED_M3_H, OUTDOORS_PPM, concentration_ppm
from firmware_sim.phenomena.heat import wbgt_c
from firmware_sim.phenomena.humidity import Humidity
from firmware_sim.phenomena.main_leak import balance
from firmware_sim.phenomena.phenomenon import Phenomenon, PhenomenonKind, World
from firmware_sim.phenomena.rainfall import TIP_MM, Rainfall, Shower
from firmware_sim.phenomena.runoff import Gauge, Runoff, routed
from firmware_sim.phenomena.soil_moisture import POROSITY, moisture
from firmware_sim.phenomena.underpass import standing_m3
from firmware_sim.sun import irradiance_kw_m2
from tests.support.small_catalog import NOWHERE

HORIZON = Horizon(start_ms=1_719_124_200_000, span_ms=DAY_MS, sampling_ms=300_000)  # 15:30 in Japan
STORM = Rainfall([Shower(HORIZON.start_ms, 2 * HOUR_MS, 60.0)], HORIZON)
RAINS = st.lists(st.floats(0, 200), min_size=1, max_size=200)
AFTER = [HORIZON.start_ms + k * STEP_MS for k in range(DAY_MS // STEP_MS)]


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def sensor(quantity: str) -> Sensor:
    return Sensor(SeriesKey("rpi-toba", quantity), NOWHERE, QUANTITIES[quantity], "rpi-toba", "s", "a", "z", "d")


def world() -> World:
    """One of each phenomenon that another may name, under the names that the examples use."""
    air = AirTemperature(20, 5, HORIZON, chance())
    river = Runoff(STORM, 20, 0.6, HOUR_MS, {}, Gauge(0.1, 0.8, 0), HORIZON)
    built: dict[str, Phenomenon | None] = {"rain": STORM, "air": air, "humidity": Humidity(air, 15), "river": river}
    return World(HORIZON, chance(), {"rpi-toba"}, built)


@pytest.mark.parametrize("kind", PHENOMENA, ids=lambda kind: kind.name)
def test_every_phenomenon_is_documented_and_its_examples_run(kind: PhenomenonKind) -> None:
    assert kind.title.ja
    assert kind.title.en
    assert len(kind.doc) > 60
    assert kind.examples
    for example in kind.examples:
        mistakes: list[Mistake] = []
        section = file_section(example, "example.yaml", mistakes)
        phenomenon = kind.read(section, world())
        section.end()
        assert not mistakes
        assert phenomenon is not None


@pytest.mark.parametrize("kind", PHENOMENA, ids=lambda kind: kind.name)
def test_a_key_that_does_not_belong_is_a_mistake(kind: PhenomenonKind) -> None:
    mistakes: list[Mistake] = []
    section = file_section("{volcano: 3}", "example.yaml", mistakes)
    kind.read(section, world())
    section.end()
    assert any(mistake.key.startswith("city.unknown_key") for mistake in mistakes)


def test_names_of_phenomena_are_unique() -> None:
    assert len({kind.name for kind in PHENOMENA}) == len(PHENOMENA)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 600), st.floats(0, 300)), max_size=5))
def test_a_rain_gauge_loses_no_rain(showers: list[tuple[int, int, float]]) -> None:
    rain = Rainfall([Shower(HORIZON.start_ms + a * STEP_MS, d * STEP_MS, mm) for a, d, mm in showers], HORIZON)
    course = rain.course(sensor("rainfall"), chance())
    samples = [course(HORIZON.start_ms + k * HORIZON.sampling_ms) for k in range(-24, 300)]
    assert min(samples) >= 0
    total = sum(mm for _, _, mm in showers)
    gain = chance().uniform(0.85, 1.15)
    assert abs(sum(samples) - total * gain) <= TIP_MM + 1e-6


def test_a_shower_peaks_where_the_triangle_does() -> None:
    rates = [STORM.intensity_mm_h(t) for t in AFTER]
    assert AFTER[int(np.argmax(rates))] - HORIZON.start_ms == pytest.approx(0.375 * 2 * HOUR_MS, abs=2 * STEP_MS)
    assert max(rates) == pytest.approx(60, rel=0.02)  # twice the mean


@given(RAINS, st.integers(10, 600))
def test_a_reservoir_gives_back_what_it_took(inflow: list[float], storage_minutes: int) -> None:
    """Left to itself, what flows out adds up to what flowed in."""
    taken = np.array(inflow + [0.0] * (30 * storage_minutes))
    given_back = routed(taken, storage_minutes * STEP_MS)
    assert given_back.min() >= 0
    assert given_back.max() <= max(inflow) + 1e-9
    assert float(given_back.sum()) == pytest.approx(float(taken.sum()), rel=1e-6, abs=1e-9)


@given(RAINS, RAINS)
def test_more_rain_is_never_less_water(first: list[float], second: list[float]) -> None:
    n = min(len(first), len(second))
    less, more = first[:n], [a + b for a, b in zip(first, second, strict=False)]
    assert (routed(np.array(more), HOUR_MS) >= routed(np.array(less), HOUR_MS) - 1e-9).all()
    assert (standing_m3(more, 50) >= standing_m3(less, 50) - 1e-9).all()
    assert (moisture(more, 0.2) >= moisture(less, 0.2) - 1e-9).all()


def test_the_flood_comes_after_the_rain_and_later_downstream() -> None:
    river = Runoff(STORM, 20, 0.6, HOUR_MS, {}, Gauge(0.1, 0.8, 0), HORIZON)
    upper, lower = Gauge(0.5, 4.0, 0), Gauge(0.5, 4.0, 30 * STEP_MS)
    crest_upper = max(AFTER, key=lambda t: river.stage_m(upper, t))
    crest_lower = max(AFTER, key=lambda t: river.stage_m(lower, t))
    crest_rain = max(AFTER, key=STORM.intensity_mm_h)
    assert crest_rain < crest_upper
    assert crest_lower - crest_upper == 30 * STEP_MS
    assert river.stage_m(upper, crest_upper) == pytest.approx(4.0, abs=0.01)
    assert river.stage_m(upper, HORIZON.start_ms) == pytest.approx(0.5)


@given(st.lists(st.floats(0, 500), max_size=200), st.floats(0, 500))
def test_an_underpass_balances_its_water(inflow: list[float], pump: float) -> None:
    volumes = standing_m3(inflow, pump).tolist()
    hours = STEP_MS / HOUR_MS
    for (before, after), flow in zip(pairwise([0.0, *volumes]), inflow, strict=True):
        assert after >= 0
        pumped = before + flow * hours - after
        assert -1e-6 <= pumped <= pump * hours + 1e-6


@given(st.lists(st.floats(0, 300), min_size=1, max_size=300), st.floats(0, POROSITY))
def test_soil_holds_no_more_than_its_pores(rain: list[float], first: float) -> None:
    course = moisture(rain, first)
    assert course.min() >= 0
    assert course.max() <= POROSITY + 1e-9


def test_a_classroom_settles_where_breath_and_fresh_air_balance() -> None:
    settled = OUTDOORS_PPM + 30 * BREATHED_M3_H / 300 * 1e6
    assert concentration_ppm([30.0] * 600, 180, 300)[-1] == pytest.approx(settled, rel=1e-3)
    assert concentration_ppm([0.0] * 600, 180, 300)[-1] == pytest.approx(OUTDOORS_PPM)


@given(st.floats(0.1, 3), st.floats(0, 5), st.floats(0, 5), st.floats(0, 0.4))
def test_a_greater_leak_is_more_flow_and_less_pressure(demand: float, leak: float, more: float, loss: float) -> None:
    pressure, flow = balance(demand, leak, loss)
    pressure_more, flow_more = balance(demand, leak + more, loss)
    assert flow_more >= flow - 1e-9
    assert pressure_more <= pressure + 1e-9
    assert flow == pytest.approx(demand + leak * math.sqrt(pressure), abs=1e-6)


def test_the_warmest_hour_is_in_the_early_afternoon() -> None:
    days = Horizon(HORIZON.start_ms, 7 * DAY_MS, 300_000)
    air = AirTemperature(20, 8, days, chance())
    hours = [0.0] * 24
    for t in range(days.start_ms, days.start_ms + 7 * DAY_MS, HOUR_MS):
        hours[int(days.hour(t))] += air.at_c(t)
    assert 12 <= hours.index(max(hours)) <= 16


def test_wbgt_is_that_of_the_published_regression() -> None:
    # Ta 30, RH 60, SR 0.8 kW/m2, WS 2: summed by hand from the formula's terms
    assert wbgt_c(30, 60, 0.8, 2) == pytest.approx(22.05 + 2.244 + 5.256 + 6.0952 - 2.91648 - 0.1144 - 4.064)


def test_the_sun_stands_highest_at_noon_and_not_at_all_at_night() -> None:
    noon_ms = 1_718_938_800_000  # 2024-06-21 12:00 in Japan
    assert irradiance_kw_m2(noon_ms, 1.0) == pytest.approx(0.99, abs=0.03)
    assert irradiance_kw_m2(noon_ms + DAY_MS // 2, 1.0) == 0
    assert irradiance_kw_m2(noon_ms + 183 * DAY_MS, 1.0) < 0.6


def test_wandering_keeps_its_spread_and_its_memory() -> None:
    long = Horizon(0, 30 * DAY_MS, 300_000)
    walk = wander(long, HOUR_MS, chance())
    values = np.array([walk.at(t) for t in long.grid().tolist()])
    assert values.std() == pytest.approx(1.0, abs=0.15)
    lag = HOUR_MS // STEP_MS
    assert float(np.corrcoef(values[:-lag], values[lag:])[0, 1]) == pytest.approx(math.exp(-1), abs=0.12)
