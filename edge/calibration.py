"""From what a sensor's electronics say to what they mean."""

from bisect import bisect_right

from city.wire.config import Calibration


def calibrated(raw: float, calibration: Calibration) -> float:
    """Through the table first, then × scale + offset. Outside the table its nearest two points go on."""
    value = raw
    table = calibration.table
    if table:
        place = min(max(bisect_right(table, raw, key=lambda point: point[0]), 1), len(table) - 1)
        (x0, y0), (x1, y1) = table[place - 1], table[place]
        value = y0 + (raw - x0) * (y1 - y0) / (x1 - x0)
    return value * calibration.scale + calibration.offset
