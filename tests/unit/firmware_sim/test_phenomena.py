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
from firmware_sim.globe import globe_c, natural_wet_bulb_c, wbgt_c
from firmware_sim.horizon import DAY_MS, HOUR_MS, STEP_MS, Horizon, wander
from firmware_sim.phenomena import PHENOMENA
from firmware_sim.phenomena.air_temperature import AirTemperature
from firmware_sim.phenomena.carbon_dioxide import (
    BREATHED_M3_H,
    OUTDOORS_PPM,
    Airing,
    CarbonDioxide,
    Stay,
    concentration_ppm,
)
from firmware_sim.phenomena.humidity import Humidity
from firmware_sim.phenomena.main_leak import balance
from firmware_sim.phenomena.phenomenon import Phenomenon, PhenomenonKind, World
from firmware_sim.phenomena.rainfall import TIP_MM, Rainfall, Shower
from firmware_sim.phenomena.runoff import Gauge, Runoff, routed
from firmware_sim.phenomena.snow import MELT_MM_PER_C_DAY, OLD_KG_M3, Ploughs, depths_m, fresh_kg_m3
from firmware_sim.phenomena.soil_moisture import POROSITY, moisture
from firmware_sim.phenomena.underpass import standing_m3
from firmware_sim.sun import irradiance_kw_m2
from firmware_sim.vapour import vapour_pressure_hpa
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
    assert concentration_ppm([30.0] * 600, 180, [300.0] * 600)[-1] == pytest.approx(settled, rel=1e-3)
    assert concentration_ppm([0.0] * 600, 180, [300.0] * 600)[-1] == pytest.approx(OUTDOORS_PPM)


def test_open_windows_clear_the_air_and_closed_ones_do_not() -> None:
    room = CarbonDioxide(
        [Stay(0, 24, 30)],
        [Airing(18, 19, 3_000)],
        at_weekends=True,
        volume_m3=180,
        fresh_m3_h=200,
        horizon=HORIZON,
    )
    ppm = room.course(sensor("co2"), chance())
    stale, aired, stale_again = (ppm(HORIZON.start_ms + int(h * HOUR_MS)) for h in (2.4, 3.4, 8))  # 17:54, 18:54, 23:30
    assert stale > 1_500
    assert aired < 700
    assert stale_again == pytest.approx(stale, rel=0.01)


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


FREEZING = st.lists(st.tuples(st.floats(-15, 10), st.floats(0, 0.3)), min_size=1, max_size=300)


@given(FREEZING, st.floats(0, 3))
def test_snow_grows_only_by_what_falls_and_never_below_the_ground(
    weather: list[tuple[float, float]], first: float
) -> None:
    air, falling = [c for c, _ in weather], [mm for _, mm in weather]
    course = [first, *depths_m(air, falling, [False] * len(air), first).tolist()]
    for (before, after), (c, mm) in zip(pairwise(course), weather, strict=True):
        assert 0 <= after <= before + (mm / fresh_kg_m3(c) if c < 1 else 0) + 1e-9


def test_old_snow_settles_in_the_cold_and_melts_by_degree_days() -> None:
    steps = DAY_MS // STEP_MS
    cold = depths_m([-5.0] * steps, [0.0] * steps, [False] * steps, 1.0)
    warm = depths_m([5.0] * steps, [0.0] * steps, [False] * steps, 1.0)
    density = 300 - (300 - OLD_KG_M3) * math.exp(-0.01 * 24)
    assert cold[-1] == pytest.approx(OLD_KG_M3 / density)
    assert warm[-1] == pytest.approx((OLD_KG_M3 - 5 * MELT_MM_PER_C_DAY) / density)


def test_a_plough_leaves_little_and_comes_only_when_it_is_worth_it() -> None:
    ploughs = Ploughs(frozenset({"rpi-toba"}), (4.0,), from_m=0.1, leaves_m=0.03)
    rounds = [step == 5 for step in range(10)]
    deep = depths_m([-2.0] * 10, [0.0] * 10, rounds, 0.3, ploughs)
    shallow = depths_m([-2.0] * 10, [0.0] * 10, rounds, 0.09, ploughs)
    assert deep[4] > 0.29
    assert deep[5:].tolist() == pytest.approx([0.03] * 5)
    assert shallow.min() > 0.08


def estimated_wbgt_c(air_c: float, humidity_percent: float, sun_kw_m2: float, wind_m_s: float) -> float:
    """The regression over Japan's stations that the Ministry of the Environment uses, of no balance at all.

    小野雅司・登内道彦「通常観測気象要素を用いた WBGT(湿球黒球温度)の推定」日本生気象学会雑誌 50 (2014) 147.
    """
    damp = 0.0374 * humidity_percent + 0.00292 * air_c * humidity_percent
    return 0.735 * air_c + damp + 7.619 * sun_kw_m2 - 4.557 * sun_kw_m2**2 - 0.0572 * wind_m_s - 4.064


@given(st.floats(28, 38), st.floats(40, 75), st.floats(0.0, 0.95), st.floats(2.0, 4.0))
def test_wbgt_by_balances_is_near_what_is_estimated_for_japan(
    air: float, humid: float, high: float, wind: float
) -> None:
    sun_kw_m2 = 1.02 * high
    globe = globe_c(air, humid, sun_kw_m2, high, wind)
    assert wbgt_c(air, humid, globe, wind) == pytest.approx(estimated_wbgt_c(air, humid, sun_kw_m2, wind), abs=2.5)


def test_a_globe_is_warmer_in_the_sun_and_a_little_cooler_than_the_air_at_night() -> None:
    assert 45 < globe_c(35, 50, 0.9, 0.9, 2) < 52
    assert globe_c(35, 50, 0.9, 0.9, 0.5) > globe_c(35, 50, 0.9, 0.9, 4)
    assert 23 < globe_c(25, 80, 0, 0, 2) < 25


@given(st.floats(0, 38), st.floats(10, 95), st.floats(0.5, 5))
def test_in_the_shade_the_wick_is_cooler_than_the_air_and_warmer_than_its_dew_point(
    air: float, humid: float, wind: float
) -> None:
    wick = natural_wet_bulb_c(air, humid, air, wind)
    assert vapour_pressure_hpa(air) * humid / 100 < vapour_pressure_hpa(wick)
    assert wick < air


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
