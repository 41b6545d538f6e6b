"""What a sensor says of its own quality checks, in its part of the catalog.

    sensors:
      water_level:
        range: [-1, 12]      # beyond it a reading is bad; what follows makes it suspect
        quality:
          rate: 20           # greatest change in an hour, canonical unit
          spike: 1.5         # the least leap that can be a spike
          flat: 12h          # how long the value may stay the same
          rest: 0.05         # at or below it, it may do so for ever
          drift: 0.5         # how far it may move away from its neighbours in a day
          calm: 0.2          # where those have moved by more themselves, nothing is said of drift

What is not said is as with every sensor of the quantity (city/quality_limits.py). `off` switches a check off.
"""

import math
from typing import Final

from city.errors import Mistake
from city.messages import CATALOGUE
from city.quality_limits import LIMITS, QualityLimits
from city.quantity import Quantity
from city.section import Section
from city.value import DURATION, MS_OF, NUMBER, Value
from city.yaml_file import Scalar

OFF: Final = "off"
# Flat lines are looked for at each reading: in ten minutes some sensors send one. A month is longer than any season's
# stillness, and than the journal and a restart can be expected to remember.
SHORTEST_FLAT_MS: Final = 600_000
LONGEST_FLAT_MS: Final = 31 * 86_400_000


def read_quality(sensor: Section, quantity: Quantity | None) -> QualityLimits | None:
    """The sensor's own limits; None where it has none, or its quantity is not known. Mistakes are noted with it."""
    if sensor.optional("quality") is None or quantity is None:
        return None
    usual, section = LIMITS[quantity.id], sensor.section("quality")
    return QualityLimits(
        rate_per_hour=_rate(section),
        spike=_number(section, "spike", usual.spike),
        flat_ms=_flat_ms(section, usual.flat_ms),
        rest=_number(section, "rest", usual.rest, zero=True),
        drift=_number(section, "drift", usual.drift),
        calm=_number(section, "calm", usual.calm, zero=True),
    )


def _rate(section: Section) -> float | None:
    rate = _number(section, "rate", None)
    return math.inf if rate is None and section.has("rate") else rate


def _number(section: Section, key: str, usual: float | None, *, zero: bool = False) -> float | None:
    value = section.optional(key)
    if value is None:
        return usual
    if _is_off(value):
        return None
    text = value.node.text if isinstance(value.node, Scalar) and value.node.plain else ""
    if NUMBER.fullmatch(text) and (float(text) > 0 or (zero and float(text) == 0)):
        return value.number(low=0.0)
    _wrong(value, "city.limit_number")
    return usual


def _flat_ms(section: Section, usual: int | None) -> int | None:
    value = section.optional("flat")
    if value is None:
        return usual
    if _is_off(value):
        return None
    found = DURATION.fullmatch(value.node.text) if isinstance(value.node, Scalar) else None
    if found is None or not found[1]:
        _wrong(value, "city.limit_duration")
        return usual
    flat_ms = int(found[1]) * MS_OF[found[2]]
    if not SHORTEST_FLAT_MS <= flat_ms <= LONGEST_FLAT_MS:
        value.wrong("city.outside", key="flat", found=found[0], low="10m", high="31d")
    return flat_ms


def _is_off(value: Value) -> bool:
    return isinstance(value.node, Scalar) and value.node.text == OFF


def _wrong(value: Value, what: str) -> None:
    found = value.node.text[:80] if isinstance(value.node, Scalar) else "[…]"
    value.mistakes.append(Mistake.at(value.place, "city.need_limit", key=value.key, what=CATALOGUE[what], found=found))
