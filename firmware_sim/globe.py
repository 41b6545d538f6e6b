"""What a black globe and a wet wick in the sun show, and the heat strain that follows from them.

Globe: J. C. Liljegren et al., "Modeling the wet bulb globe temperature using standard meteorological measurements",
Journal of Occupational and Environmental Hygiene 5 (2008) 645, with the convection that ISO 7726 gives for 150 mm.
Wick: J. B. Malchaire, "Evaluation of natural wet bulb and wet globe thermometers", Annals of Occupational Hygiene 19
(1976) 251, in the form of ISO 7243. The index: ISO 7243.
"""

import math
from collections.abc import Callable
from typing import Final

from firmware_sim.vapour import vapour_pressure_hpa

STEFAN_BOLTZMANN: Final = 5.6704e-8  # W/(m² K⁴)
KELVIN: Final = 273.15
DIAMETER_M: Final = 0.15  # ISO 7243
EMISSIVITY: Final = 0.95  # of the paint, Liljegren, as the next
ABSORBED: Final = 0.95  # of sunlight
GROUND_ALBEDO: Final = 0.2  # of a schoolyard: dry soil and grass (Oke, "Boundary Layer Climates", ch. 1)
LEAST_COSINE: Final = 0.0087  # of the sun's distance from the zenith: half a degree above the horizon
STILL_M_S: Final = 0.1  # least wind: people and warm globes stir the air
HALVINGS: Final = 40  # of 120 K: far below what a sensor resolves
FURTHEST_K: Final = 60.0  # from the air; a globe in still air and full sun is 30 K above it


def globe_c(air_c: float, humidity_percent: float, sun_kw_m2: float, sun_cosine: float, wind_m_s: float) -> float:
    """Temperature of the globe, degrees Celsius, once it has settled (a quarter of an hour).

    sun_kw_m2: global irradiance on level ground; sun_cosine: of the sun's distance from the zenith
    """
    cosine, air_k = max(LEAST_COSINE, sun_cosine), air_c + KELVIN
    beam = _beam_share(sun_kw_m2, cosine)
    short = ABSORBED * 1_000 * sun_kw_m2 * (beam * (1 / (2 * cosine) - 1) + 1 + GROUND_ALBEDO) / 2
    sky = 0.575 * math.pow(vapour_pressure_hpa(air_c) * humidity_percent / 100, 1 / 7)  # its emissivity, Liljegren
    long = EMISSIVITY * STEFAN_BOLTZMANN * (sky + 1) / 2 * air_k**4
    by_wind = _by_wind(wind_m_s)

    def surplus_w_m2(globe: float) -> float:
        above_k = globe - air_c
        convection = max(1.4 * math.pow(abs(above_k) / DIAMETER_M, 0.25), by_wind) * above_k
        return short + long - EMISSIVITY * STEFAN_BOLTZMANN * (globe + KELVIN) ** 4 - convection

    return _root(surplus_w_m2, air_c)


def natural_wet_bulb_c(air_c: float, humidity_percent: float, globe: float, wind_m_s: float) -> float:
    """Temperature of the wick in wind and radiation as they are, degrees Celsius; globe: that of the globe."""
    wind = max(STILL_M_S, wind_m_s)
    vapour_kpa = vapour_pressure_hpa(air_c) * humidity_percent / 1_000
    radiant = (globe + KELVIN) ** 4 + _by_wind(wind) / (EMISSIVITY * STEFAN_BOLTZMANN) * (globe - air_c)  # ISO 7726, K⁴

    def surplus(wick: float) -> float:
        dried = 77.1 * math.pow(wind, 0.421) * (vapour_pressure_hpa(wick) / 10 - vapour_kpa)
        return 4.18 * math.pow(wind, 0.444) * (air_c - wick) + 1e-8 * (radiant - (wick + KELVIN) ** 4) - dried

    return _root(surplus, air_c)


def wbgt_c(air_c: float, humidity_percent: float, globe: float, wind_m_s: float) -> float:
    """Wet-bulb globe temperature outdoors, degrees Celsius: 0.7 natural wet bulb + 0.2 globe + 0.1 air."""
    return 0.7 * natural_wet_bulb_c(air_c, humidity_percent, globe, wind_m_s) + 0.2 * globe + 0.1 * air_c


def _by_wind(wind_m_s: float) -> float:
    """Forced convection of the globe by ISO 7726, W/(m² K)."""
    return 6.3 * math.pow(max(STILL_M_S, wind_m_s), 0.6) / math.pow(DIAMETER_M, 0.4)


def _beam_share(sun_kw_m2: float, cosine: float) -> float:
    """The share of sunlight that comes straight from the sun, 0..0.9, by Liljegren's fit to the sky's clearness."""
    clear = min(0.85, sun_kw_m2 / (1.367 * cosine))
    return min(0.9, math.exp(3 - 1.34 * clear - 1.65 / clear)) if clear > 0 else 0.0


def _root(surplus: Callable[[float], float], air_c: float) -> float:
    """Where `surplus`, which only falls, is 0, near the air's temperature."""
    low, high = air_c - FURTHEST_K, air_c + FURTHEST_K
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if surplus(middle) > 0 else (low, middle)
    return low
