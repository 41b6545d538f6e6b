from dataclasses import replace

import pytest

from city.errors import MistakesError
from city.messages.text import Lang
from city.sensor_health import measured
from firmware_sim.actuators import OBEDIENT, Answer, Manner
from firmware_sim.firmware import Firmware
from firmware_sim.horizon import HOUR_MS
from firmware_sim.scenario import Scenario, UnknownScenarioError
from firmware_sim.scenario_file import load_scenario
from tests.support.sabae import sabae_catalog, sabae_files

HEAD = "title: {ja: 試し, en: Trial}\nstart: 2024-06-23T15:30:00+09:00\nspan: 1d\nseed: 1\nsampling: 5m\n"


@pytest.fixture(scope="module")
def flood() -> Scenario:
    return load_scenario(sabae_files(), "river-flood", sabae_catalog())


@pytest.fixture(scope="module")
def calm() -> Scenario:
    return load_scenario(sabae_files(), "calm-day", sabae_catalog())


def loaded(text: str) -> Scenario:
    return load_scenario({"scenarios/trial.yaml": HEAD + text}, "trial", sabae_catalog())


def mistakes_of(text: str) -> list[str]:
    with pytest.raises(MistakesError) as caught:
        loaded(text)
    return [mistake.text(Lang.EN) for mistake in caught.value.mistakes]


def course(scenario: Scenario, series: str, hours: float) -> float:
    for plan in scenario.devices:
        for one in plan.instruments:
            if str(one.sensor.key) == series:
                return one.course(scenario.start_ms + int(hours * HOUR_MS))
    raise KeyError(series)


def crossing_h(scenario: Scenario, series: str, level: float) -> float:
    """Hours after the start at which the true course first reaches `level`."""
    return next(m / 60 for m in range(12 * 60) if course(scenario, series, m / 60) >= level)


@pytest.mark.parametrize("name", ["calm-day", "river-flood", "heavy-snow", "heatwave", "school-day"])
def test_every_scenario_simulates_every_sensor_of_the_city(name: str) -> None:
    scenario = load_scenario(sabae_files(), name, sabae_catalog())
    simulated = {one.sensor.key for plan in scenario.devices for one in plan.instruments}
    of_itself = {key for key in sabae_catalog().index if key.device == "megane"}  # what the city measures of itself
    assert simulated == {sensor.key for sensor in measured(sabae_catalog().sensors)} - of_itself


@pytest.mark.parametrize("name", ["river-flood", "heavy-snow", "heatwave", "school-day"])
def test_a_scenario_stays_within_what_sensors_can_measure(name: str) -> None:
    scenario = load_scenario(sabae_files(), name, sabae_catalog())
    for plan in scenario.devices:
        for one in plan.instruments:
            quantity, low, high = one.sensor.quantity, one.sensor.low, one.sensor.high
            values = [one.course(scenario.start_ms + m * 600_000) for m in range(6 * 24)]
            assert min(values) >= (quantity.low if low is None else low), one.sensor.key
            assert max(values) <= (quantity.high if high is None else high), one.sensor.key


def test_toba_rises_as_on_2024_06_23(flood: Scenario) -> None:
    assert crossing_h(flood, "rpi-toba:water_level", 4.40) == pytest.approx(1.0, abs=0.25)  # stand-by
    assert crossing_h(flood, "rpi-toba:water_level", 4.90) == pytest.approx(2.0, abs=0.25)  # caution
    assert crossing_h(flood, "rpi-toba:water_level", 5.60) == pytest.approx(4.0, abs=0.25)  # evacuation
    crest = max(course(flood, "rpi-toba:water_level", m / 10) for m in range(120))
    assert 5.60 < crest < 6.50  # below danger
    assert course(flood, "rpi-toba:water_level", 10) < 4.40


def test_the_city_is_in_trouble_in_many_places(flood: Scenario) -> None:
    within_the_demo_h = 6.6  # 40 s at 600 times the speed
    high = {
        str(one.sensor.key)
        for plan in flood.devices
        for one in plan.instruments
        for name, level in one.sensor.levels.items()
        if name in {"caution", "evacuation", "danger", "closed", "alarm"}
        and one.sensor.quantity.id in {"water_level", "water_depth", "soil_moisture", "co2"}
        and max(one.course(flood.start_ms + m * 60_000) for m in range(int(within_the_demo_h * 60))) >= level
    }
    assert {"rpi-toba:water_level", "rpi-kitanaka:water_level", "rpi-chuo-junior-high:co2"} <= high
    assert sum(series.endswith("water_level") for series in high) >= 4
    assert sum(series.endswith("water_depth") for series in high) >= 2
    hour_mm = sum(course(flood, "rpi-city-hall:rainfall", 2 + m * 5 / 60) for m in range(1, 13))
    assert hour_mm >= 30


def test_on_a_calm_day_nothing_reaches_a_level(calm: Scenario) -> None:
    for plan in calm.devices:
        for one in plan.instruments:
            values = [one.course(calm.start_ms + m * 600_000) for m in range(6 * 24)]
            if one.sensor.quantity.id in {"battery_voltage", "water_pressure"}:
                assert min(values) > max(one.sensor.levels.values())
            elif one.sensor.levels:
                assert max(values) < min(one.sensor.levels.values()), one.sensor.key


def test_a_scenario_repeats_to_the_byte() -> None:
    def payloads(scenario: Scenario) -> list[bytes]:
        sent = []
        for plan in scenario.devices:
            firmware = Firmware(plan, scenario.start_ms, scenario.sampling_ms)
            for k in range(12):
                time_ms = scenario.start_ms + firmware.fate.offset_ms + k * scenario.sampling_ms
                sent += [message.payload(time_ms, firmware.fate.form) for message in firmware.sample(time_ms).messages]
        return sent

    first = load_scenario(sabae_files(), "river-flood", sabae_catalog())
    again = load_scenario(sabae_files(), "river-flood", sabae_catalog())
    assert payloads(first) == payloads(again)
    seed = {**sabae_files()}
    seed["scenarios/river-flood.yaml"] = seed["scenarios/river-flood.yaml"].replace("seed: 20240623", "seed: 1")
    assert payloads(load_scenario(seed, "river-flood", sabae_catalog())) != payloads(first)


def test_some_devices_speak_json_and_some_cbor_and_some_in_other_units(flood: Scenario) -> None:
    firmware = [Firmware(plan, flood.start_ms, flood.sampling_ms) for plan in flood.devices]
    assert len({one.fate.form for one in firmware}) == 2
    other = [
        one for plan in flood.devices for one in plan.instruments if one.unit != one.sensor.quantity.unit and one.named
    ]
    silent = [one for plan in flood.devices for one in plan.instruments if not one.named]
    assert len(other) > 10
    assert len(silent) > 10


def test_what_is_sent_in_another_unit_is_the_same_value(flood: Scenario) -> None:
    rng = Firmware(flood.devices[0], 0, 1_000).fate._rng
    for plan in flood.devices:
        for one in plan.instruments:
            if one.sensor.quantity.id == "on_off":
                continue
            exact = replace(one, noise=0.0)
            time_ms = flood.start_ms + HOUR_MS
            conversion = one.sensor.quantity.units[one.unit]
            sent = exact.measure(time_ms, time_ms, (), rng).value
            assert sent * conversion.scale + conversion.offset == pytest.approx(exact.value(time_ms, (), rng), rel=1e-7)


def test_a_scenario_that_there_is_not_names_those_there_are() -> None:
    with pytest.raises(UnknownScenarioError) as caught:
        load_scenario(sabae_files(), "earthquake", sabae_catalog())
    assert "calm-day, heatwave, heavy-snow, " in caught.value.text(Lang.EN)


def test_all_mistakes_are_told_at_once_with_their_places() -> None:
    mistakes = mistakes_of(
        "phenomena:\n"
        "  - {name: a, kind: rainfal, sensors: {quantity: rainfall}}\n"
        "  - {name: b, kind: runoff, rain: nowhere, area_km2: many, runs_off: 2, storage: 50m}\n"
        "  - {name: b, kind: switch, sensors: {device: rpi-tobu}, from_h: 1, until_h: 2}\n"
        "faults:\n"
        "  - {kind: stuck, devices: rpi-nobody, sensors: water_level}\n"
        "  - {kind: cut, share: 0.5}\n"
    )
    joined = "\n".join(mistakes)
    assert "scenarios/trial.yaml:7:" in mistakes[0]
    for found in ("rainfal", "nowhere", "many", "runs_off", "rpi-tobu", "rpi-toba", "rpi-nobody", "devices"):
        assert found in joined
    assert "`b` stands further up already" in joined


def test_a_scenario_of_nothing_is_a_scenario() -> None:
    assert loaded("").devices == ()


@pytest.mark.parametrize(("key", "wrong"), [("span", "0"), ("span", "90d"), ("sampling", "500ms"), ("seed", "-1")])
def test_the_head_is_held_to_its_limits(key: str, wrong: str) -> None:
    text = "\n".join(f"{key}: {wrong}" if line.startswith(key) else line for line in HEAD.splitlines())
    with pytest.raises(MistakesError) as caught:
        load_scenario({"scenarios/trial.yaml": text}, "trial", sabae_catalog())
    assert key in caught.value.mistakes[0].text(Lang.EN)


def test_of_two_phenomena_for_one_sensor_the_lower_has_it() -> None:
    scenario = loaded(
        "phenomena:\n"
        "  - {name: a, kind: switch, sensors: {quantity: on_off}, from_h: 0, until_h: 24}\n"
        "  - {name: b, kind: switch, sensors: {device: rpi-pump-miyuki, quantity: on_off}, from_h: 0, until_h: 0}\n"
    )
    assert course(scenario, "rpi-pump-miyuki:pump_running", 1) == 0
    assert course(scenario, "rpi-kurotsu-gate:gate_closed", 1) == 1


def test_how_devices_take_commands_is_read(flood: Scenario) -> None:
    manners = {plan.device.id: plan.manner for plan in flood.devices if plan.device.outputs}
    assert manners["rpi-kurotsu-gate"] == Manner(takes_ms=40_000)
    assert manners["rpi-under-yokogoshi"] == Manner(Answer.REFUSES)
    assert manners["rpi-siren-kitanaka"] == Manner(Answer.SILENT)
    assert manners["rpi-under-oguro"] == manners["rpi-pump-miyuki"] == OBEDIENT


def test_mistakes_in_how_devices_take_commands_are_told() -> None:
    mistakes = mistakes_of(
        "actuators:\n"
        "  - {devices: rpi-toba, answer: silent}\n"
        "  - {devices: rpi-kurotsu-gat}\n"
        "  - {devices: rpi-kurotsu-gate, answer: obey, takes: 40}\n"
        "  - {answer: silent}\n"
    )
    assert "`rpi-toba` has no outputs" in mistakes[0]
    for found, said in zip(("rpi-kurotsu-gate", "obeys", "40"), mistakes[1:4], strict=True):
        assert found in said
    assert len(mistakes) == 5
