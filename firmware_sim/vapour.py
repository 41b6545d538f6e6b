"""How much water vapour air can hold.

Magnus' formula with the constants of O. A. Alduchov and R. E. Eskridge, "Improved Magnus form approximation of
saturation vapor pressure", Journal of Applied Meteorology 35 (1996) 601.
"""

import math


def vapour_pressure_hpa(temperature_c: float) -> float:
    """Saturation vapour pressure over water."""
    return 6.1094 * math.exp(17.625 * temperature_c / (243.04 + temperature_c))
