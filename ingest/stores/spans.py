"""Few spans that cover many times: what bounds a query to the part of a table that can matter."""

from typing import Final

import numpy as np

from city.reading import Int64s

# Each span is a query of about a millisecond; sixteen of them cost less than reading what lies between.
MOST_SPANS: Final = 16


def spans(times: Int64s, apart_ms: int, most: int = MOST_SPANS) -> list[tuple[int, int]]:
    """(first, last) of at most `most` runs of the sorted `times`, cut at the widest gaps of more than `apart_ms`."""
    if not len(times):
        return []
    gaps = np.diff(times)
    widest = np.argsort(gaps, kind="stable")[::-1][: most - 1]
    cuts = np.sort(widest[gaps[widest] > apart_ms]) + 1
    firsts = np.concatenate(([0], cuts))
    lasts = np.concatenate((cuts, [len(times)])) - 1
    return list(zip(times[firsts].tolist(), times[lasts].tolist(), strict=True))
