"""What the quality checks find of the simulator's faults, and what they cost a reading.

Sabae on calm days, four of them, every sensor read once in ten minutes; one fault at a time, at every seventh device,
on the last two and a half days. Precision: of what was flagged, how much was faulty. Recall: of what was faulty, how
much was flagged. What was flagged without any fault at all is taken for itself, beside how many readings there were.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from bench.line import Line, compared
from bench.town import town, walk
from city.catalog import Catalog
from city.catalog_file import load_catalog
from city.reading import Bools, Float64s, Int32s, Int64s, Quality
from firmware_sim.faults.drift import Drift
from firmware_sim.faults.fault import Fault, Period
from firmware_sim.faults.spike import Spike
from firmware_sim.faults.stuck import Stuck
from firmware_sim.instrument import Instrument
from firmware_sim.scenario_file import load_scenario
from ingest.frontier import Frontier
from ingest.validation import AHEAD_MS, Validation, find_unusable

SABAE: Final = Path(__file__).parents[1] / "cities" / "sabae"
EVERY_MS: Final = 600_000
DAYS: Final = 4
FROM_MS: Final = 36 * 3_600_000  # a day for the past that drift needs, and half of one in which it is known
EACH: Final = 7  # every so many devices have the fault
# Far enough to matter: twice the least leap; an hour's drift of which a day passes the limit twice over.
SPIKES: Final[Mapping[str, float]] = {"air_temperature": 10.0, "water_level": 1.0, "humidity": 40.0, "co2": 2_000.0}
DRIFTS: Final[Mapping[str, float]] = {"air_temperature": 0.35, "water_level": 0.03, "humidity": 2.0, "wbgt": 0.4}
STUCK: Final = ("air_temperature", "wbgt", "co2", "sound_level", "water_pressure")  # flat for at most half a day
LATENCY_MS: Final = 2_000
COST_NS: Final = 1_000.0  # a third of what a reading may take on its whole path


@dataclass(frozen=True, slots=True)
class Days:
    """All readings of calm days, by time. instruments: by series; start_ms: when they begin."""

    catalog: Catalog
    instruments: Mapping[int, Instrument]
    start_ms: int
    series: Int32s
    time: Int64s
    value: Float64s

    def sick(self, quantities: Mapping[str, float]) -> list[int]:
        """The series that get the fault."""
        devices = sorted(
            {one.sensor.device for one in self.instruments.values() if one.sensor.quantity.id in quantities}
        )
        chosen = set(devices[::EACH]) | set(devices[1:2])
        return [
            series
            for series, one in self.instruments.items()
            if one.sensor.device in chosen and one.sensor.quantity.id in quantities
        ]


def quality(quick: bool) -> list[Line]:  # noqa: FBT001  the signature of every bench
    days = calm_days(DAYS)
    nothing = flags(days, days.value, days.time, days.time + LATENCY_MS)
    suspect = np.uint8(Quality.SUSPECT | Quality.BAD)
    lines = [
        compared(
            "quality: doubted without a fault, of 10,000 readings",
            10_000 * float(np.count_nonzero(nothing & suspect)) / len(nothing),
            "readings",
            aim="≤ 10",
            met=bool(np.count_nonzero(nothing & suspect) <= len(nothing) / 1_000),
        )
    ]
    period = Period(days.start_ms + FROM_MS, days.start_ms + DAYS * 86_400_000)
    names = {one.sensor.key.sensor for one in days.instruments.values()}
    every = frozenset(names)
    cases: list[tuple[str, Mapping[str, float], Mapping[str, Fault]]] = [
        ("stuck", dict.fromkeys(STUCK, 0.0), {q: Stuck(period, every) for q in STUCK}),
        ("spike", SPIKES, {q: Spike(period, every, 0.05, height) for q, height in SPIKES.items()}),
        ("drift", DRIFTS, {q: Drift(period, every, per_hour) for q, per_hour in DRIFTS.items()}),
    ]
    for name, quantities, faults in cases:
        faulty, value = with_faults(days, days.sick(quantities), faults)
        found = (flags(days, value, days.time, days.time + LATENCY_MS) & suspect) != 0
        lines += told(name, found, faulty)
    for name, error_ms in (
        ("clock 5 min ahead", 300_000),
        ("clock 20 min behind", -1_200_000),
        ("clock 9 h ahead", 32_400_000),
    ):
        faulty = np.isin(days.series, days.sick(dict.fromkeys(DRIFTS, 0.0))) & (days.time >= period.from_ms)
        claimed = np.where(faulty, days.time + error_ms, days.time)
        lines += told(name, clocks(days, claimed, days.time + LATENCY_MS), faulty)
    return [*lines, cost(10_000 if quick else 100_000)]


def calm_days(days: int) -> Days:
    """What every sensor of Sabae says in so many calm days."""
    files = {str(path.relative_to(SABAE)): path.read_text(encoding="utf-8") for path in sorted(SABAE.rglob("*.yaml"))}
    catalog = load_catalog({path: text for path, text in files.items() if path.startswith("catalog/")})
    scenario = load_scenario(files, "calm-day", catalog)
    instruments = {catalog.index[one.sensor.key]: one for plan in scenario.devices for one in plan.instruments}
    random = np.random.default_rng(scenario.seed)
    series, times = (
        np.array(sorted(instruments), np.int32),
        scenario.start_ms + np.arange(0, days * 86_400_000, EVERY_MS),
    )
    value = [instruments[of].value(at, (), random) for at in times.tolist() for of in series.tolist()]
    return Days(
        catalog,
        instruments,
        scenario.start_ms,
        np.tile(series, len(times)),
        np.repeat(times, len(series)),
        np.array(value),
    )


def with_faults(days: Days, sick: list[int], faults: Mapping[str, Fault]) -> tuple[Bools, Float64s]:
    """Which readings are faulty, and all values."""
    random = np.random.default_rng(7)
    value = days.value.copy()
    for row in np.isin(days.series, sick).nonzero()[0].tolist():
        instrument, at = days.instruments[int(days.series[row])], int(days.time[row])
        fault = faults[instrument.sensor.quantity.id]
        if at in fault.period:
            shown = fault.value(instrument.sensor.key.sensor, instrument.course, at, float(value[row]), random)
            step = instrument.sensor.resolution
            value[row] = round(shown / step) * step if step else shown
    stuck = np.array([type(fault) is Stuck for fault in faults.values()]).any()
    within = np.isin(days.series, sick) & (days.time >= days.start_ms + FROM_MS)
    return (within if stuck else value != days.value), value


def flags(days: Days, value: Float64s, time: Int64s, arrived: Int64s) -> Int32s:
    """The quality bits of every reading, in the order given; hour by hour, as they arrive."""
    validation = Validation(days.catalog, Frontier([sensor.key for sensor in days.catalog.sensors]))
    quality: Int32s = np.zeros(len(time), np.int32)
    cuts = np.searchsorted(days.time, np.arange(days.time[0], days.time[-1], 3_600_000))[1:]
    for rows in np.split(np.arange(len(time)), cuts):
        order = rows[np.argsort(time[rows], kind="stable")]
        none = np.zeros(len(order), np.uint8)
        batch = validation.examine(days.series[order], time[order], value[order], none, arrived[order]).batch
        quality[order] = batch.quality
    return quality


def clocks(days: Days, claimed: Int64s, arrived: Int64s) -> Bools:
    """Which are refused for an impossible time, or flagged for their clock."""
    refused = find_unusable(claimed, days.value, arrived + AHEAD_MS).impossible_time
    usable = replace(days, series=days.series[~refused], time=days.time[~refused], value=days.value[~refused])
    found = refused.copy()
    found[~refused] = (flags(usable, usable.value, claimed[~refused], arrived[~refused]) & int(Quality.CLOCK)) != 0
    return found


def told(name: str, found: Bools, faulty: Bools) -> list[Line]:
    """Precision and recall, percent."""
    right, flagged, sick = (int(np.count_nonzero(which)) for which in (found & faulty, found, faulty))
    return [
        compared(f"quality: {name}, precision ({flagged} found)", 100 * right / max(1, flagged), "%"),
        compared(f"quality: {name}, recall ({sick} faulty)", 100 * right / sick, "%"),
    ]


def cost(series: int) -> Line:
    """Processor time of all checks and the frontier, a reading of every series at a time, ten minutes apart."""
    catalog = town(series)
    validation = Validation(catalog, Frontier([sensor.key for sensor in catalog.sensors]))
    taken = []
    for batch in walk(series, 600_000, 20):
        begin_s = time.process_time()
        validation.examine(batch.series, batch.time, batch.value, batch.quality.copy(), batch.time)
        taken.append((time.process_time() - begin_s) / series)
    took_ns = float(np.mean(taken[5:])) * 1e9
    return compared("quality: all checks, of a reading", took_ns, "ns", aim="≤ 1,000", met=took_ns <= COST_NS)
