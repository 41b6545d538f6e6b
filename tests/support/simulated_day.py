"""A scenario's weather straight into the rule engine: no fleet, no broker, no faults."""

from collections.abc import Sequence

import numpy as np

from alerts.engine import Engine
from city.alert import AlertEvent
from city.catalog import Catalog
from city.entry import BatchEntry, CaughtUpEntry, StartEntry, TickEntry
from city.reading import ReadingBatch
from city.rule import Rule
from firmware_sim.scenario import Scenario


def told_events(catalog: Catalog, rules: Sequence[Rule], scenario: Scenario, hours: int) -> list[AlertEvent]:
    """What anybody is told in the scenario's first hours, every sensor read once in each sampling interval."""
    rng = np.random.default_rng(scenario.seed)
    instruments = sorted(
        ((catalog.index[i.sensor.key], i) for device in scenario.devices for i in device.instruments),
        key=lambda pair: pair[0],
    )
    series = np.array([index for index, _ in instruments], np.int32)
    engine = Engine(catalog.city, catalog, rules)
    events = engine.step(StartEntry(1, scenario.start_ms)) + engine.step(CaughtUpEntry(2, scenario.start_ms))
    position = 2
    for step in range(hours * 3_600_000 // scenario.sampling_ms):
        at_ms = scenario.start_ms + step * scenario.sampling_ms
        values = np.array([instrument.value(at_ms, (), rng) for _, instrument in instruments])
        batch = ReadingBatch(series.copy(), np.full(len(series), at_ms), values, np.zeros(len(series), np.uint8))
        events += engine.step(BatchEntry(position + 1, at_ms, batch))
        events += engine.step(TickEntry(position + 2, at_ms + scenario.sampling_ms - 1))
        position += 2
    return [event for event in events if event.told]
