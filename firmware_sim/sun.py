"""Where the sun stands, and how strongly it shines on level ground."""

import math
from typing import Final

from firmware_sim.horizon import DAY_MS, HOUR_MS

SOLAR_CONSTANT_KW_M2: Final = 1.361
CLEAR_SKY: Final = 0.75  # share that reaches the ground at noon under a clear sky
LATITUDE: Final = math.radians(35.95)  # Sabae; a degree more or less changes nothing that is measured here
LONGITUDE_MS: Final = round(136.19 / 15 * HOUR_MS)  # solar time − UTC


def zenith_cosine(time_ms: int) -> float:
    """Cosine of the sun's distance from the zenith: 1 overhead, 0 on the horizon and below it.

    Declination by P. I. Cooper, "The absorption of radiation in solar stills", Solar Energy 12 (1969) 333; height of
    the sun as in J. A. Duffie and W. A. Beckman, "Solar Engineering of Thermal Processes", ch. 1.
    """
    solar_ms = time_ms + LONGITUDE_MS
    day = solar_ms / DAY_MS % 365.2425 + 1  # of the year: 1970 began on day 1
    declination = math.radians(23.45) * math.sin(2 * math.pi * (284 + day) / 365)
    hour_angle = 2 * math.pi * ((solar_ms % DAY_MS) / DAY_MS - 0.5)
    level = math.cos(LATITUDE) * math.cos(declination) * math.cos(hour_angle)
    return max(0.0, math.sin(LATITUDE) * math.sin(declination) + level)


def irradiance_kw_m2(time_ms: int, clearness: float) -> float:
    """Global irradiance on level ground under a sky that lets `clearness` (0..1) of a clear day's light through."""
    return SOLAR_CONSTANT_KW_M2 * CLEAR_SKY * clearness * zenith_cosine(time_ms)
