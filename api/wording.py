"""How times and values are written for people: Asia/Tokyo with the weekday, how long ago, numbers with their unit."""

from typing import Final

from city.catalog import Sensor
from city.level import LEVEL_TITLES
from city.messages import say
from city.messages.text import Lang
from city.written_time import TOKYO, day, moment

__all__ = ["TOKYO", "ago", "amount", "day", "decimals", "level_name", "moment"]

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS
# Decimals that a person can use, by unit; a sensor's own resolution goes before.
_DECIMALS: Final = {"m": 2, "V": 2, "%RH": 0, "ppm": 0, "ug/m3": 0, "hPa": 0, "dB": 0, "deg": 0, "dBm": 0}


def ago(time_ms: int, now_ms: int, lang: Lang) -> str:
    """`たった今`, `12分前`, `3時間前`, `5日前`; a time ahead of now is `たった今` too."""
    passed = now_ms - time_ms
    if passed < _MINUTE_MS:
        return say("api.ago.now", lang)
    if passed < _HOUR_MS:
        return say("api.ago.minutes", lang, n=passed // _MINUTE_MS)
    if passed < _DAY_MS:
        return say("api.ago.hours", lang, n=passed // _HOUR_MS)
    return say("api.ago.days", lang, n=passed // _DAY_MS)


def decimals(sensor: Sensor) -> int:
    """How many decimals of its values are worth showing."""
    if sensor.resolution:
        return max(0, min(4, -_exponent(sensor.resolution)))
    return _DECIMALS.get(sensor.quantity.unit, 1)


def amount(value: float, sensor: Sensor, lang: Lang) -> str:
    """`6.02 m`; on/off sensors say so in words."""
    if sensor.quantity.id == "on_off":
        return say("api.on" if value else "api.off", lang)
    return f"{value:,.{decimals(sensor)}f} {sensor.quantity.unit_label}".rstrip()


def _exponent(resolution: float) -> int:
    """The power of ten of the last digit that a resolution moves: -2 for 0.05, 0 for 1."""
    return int(f"{resolution:e}".split("e")[1])


def level_name(name: str, lang: Lang) -> str:
    """A threshold's name as people read it; of a city's own, the word in its catalog."""
    title = LEVEL_TITLES.get(name)
    return title.of(lang) if title else name
