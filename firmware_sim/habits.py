"""What people do by the hour: they rise, go out, come home."""

import math
from typing import Final

NIGHT: Final = 0.45  # of the mean, at the quietest hour
PEAKS: Final = ((7.0, 1.6, 0.95), (12.5, 2.5, 0.35), (19.5, 2.2, 0.85))  # hour, width in hours, height


def activity(hour: float) -> float:
    """Demand for water (and traffic) at an hour of the local day, as a share of the day's mean, within 10 %.

    The two-peaked day of household demand: 水道施設設計指針 (日本水道協会), hourly factors.
    """

    def peak(at: float, width: float, height: float) -> float:
        away = min(abs(hour - at), 24 - abs(hour - at))
        return height * math.exp(-0.5 * (away / width) ** 2)

    return NIGHT + sum(peak(*one) for one in PEAKS)
