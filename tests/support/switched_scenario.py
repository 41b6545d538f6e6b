"""A device with a gate that a sensor watches, and a siren that none does."""

from dataclasses import replace

from city.catalog import Output, OutputKind
from city.quantity import QUANTITIES
from firmware_sim.actuators import OBEDIENT, Manner
from firmware_sim.instrument import Instrument
from firmware_sim.scenario import DevicePlan, Scenario
from tests.support.small_catalog import NOWHERE, catalog_of
from tests.support.small_scenario import SAMPLING_MS, START_MS

GATE = "gate-0000"
OUTPUTS = {
    "gate": Output("gate", NOWHERE, OutputKind.SWITCH, ("open", "closed"), "gate_closed"),
    "siren": Output("siren", NOWHERE, OutputKind.SWITCH, ("off", "on")),
}


def switched_plan(manner: Manner = OBEDIENT, float_at_ms: int | None = None, device: str = GATE) -> DevicePlan:
    """float_at_ms: from when on a float has the gate closed; None: never."""
    catalog = catalog_of(f"{device}:gate_closed")
    (sensor,) = catalog.sensors
    watching = Instrument(
        replace(sensor, quantity=QUANTITIES["on_off"]),
        lambda time_ms: float(float_at_ms is not None and time_ms >= float_at_ms),
        0.0,
        QUANTITIES["on_off"].unit,
        named=False,
    )
    return DevicePlan(replace(catalog.devices[device], outputs=OUTPUTS), (watching,), (), (1,), manner)


def switched_scenario(manner: Manner = OBEDIENT) -> Scenario:
    return Scenario("test", NOWHERE, START_MS, 3_600_000, SAMPLING_MS, 600.0, 1, (switched_plan(manner),))
