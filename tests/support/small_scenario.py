"""Scenarios of nothing but river gauges, with the faults a test names."""

from collections.abc import Mapping, Sequence

from city.catalog import Catalog
from firmware_sim.faults.fault import Fault, Period
from firmware_sim.instrument import Instrument
from firmware_sim.scenario import DevicePlan, Scenario
from tests.support.small_catalog import NOWHERE, catalog_of

START_MS = 1_719_124_200_000
SAMPLING_MS = 60_000
ALWAYS = Period(0, 2**62)


def gauges(count: int) -> Catalog:
    return catalog_of(*(f"gauge-{i:04d}:water_level" for i in range(count)))


def scenario_of(catalog: Catalog, faults: Mapping[str, Sequence[Fault]] | None = None, seed: int = 1) -> Scenario:
    """Each gauge rises by a centimetre a minute and a little noise."""
    plans = tuple(
        DevicePlan(
            device=catalog.devices[sensor.device],
            instruments=(Instrument(sensor, lambda time_ms: (time_ms - START_MS) / 6e6, 0.001, "m", named=True),),
            faults=tuple((faults or {}).get(sensor.device, ())),
            chance=(seed, i),
        )
        for i, sensor in enumerate(catalog.sensors)
    )
    return Scenario("test", NOWHERE, START_MS, 3_600_000, SAMPLING_MS, 600.0, seed, plans)
