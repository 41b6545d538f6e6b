"""What can be measured: each quantity with its canonical unit, the units that convert to it, and what is plausible."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from city.messages.text import Text


@dataclass(frozen=True, slots=True)
class Conversion:
    """canonical = value × scale + offset."""

    scale: float
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Quantity:
    """A kind of measurement.

    unit: canonical unit, a symbol of the IANA SenML registry (secondary units included)
    units: every unit accepted for it, the canonical one included
    low, high: physical range, canonical unit; outside it a reading is `bad`
    rate_per_hour: greatest plausible change in an hour, canonical unit; beyond it a reading is `suspect`
    """

    id: str
    title: Text
    unit: str
    unit_label: str
    units: Mapping[str, Conversion]
    low: float
    high: float
    rate_per_hour: float


QUANTITIES: Final[Mapping[str, Quantity]] = {
    q.id: q
    for q in (
        Quantity(
            id="water_level",
            title=Text(ja="河川水位", en="River water level"),
            unit="m",
            unit_label="m",
            units={"m": Conversion(1.0), "cm": Conversion(0.01), "mm": Conversion(0.001)},
            low=-5.0,
            high=30.0,
            rate_per_hour=6.0,
        ),
    )
}
