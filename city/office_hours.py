"""Spans that are counted in office hours only: a question asked at night is not late before the next morning."""

from typing import Final

import numpy as np

from city.due import OFFICE_HOURS
from city.timetable import NO_EDGE, Timetable

_EDGES: Final = 4000  # two a day: five years; nobody is given longer to answer


def after_office_hours_ms(now_ms: int, span_ms: int) -> int:
    """The moment at which `span_ms` of office hours (weekends, holidays and New Year left out) have passed.

    Both in ms. Past 2099, whose holidays nobody knows, every hour counts.
    """
    timetable = Timetable((OFFICE_HOURS,))
    at_ms, left_ms = now_ms, span_ms
    for _ in range(_EDGES):
        moment = np.array([at_ms], np.int64)
        next_ms = int(timetable.next_edge_ms(moment)[0])
        if next_ms >= NO_EDGE:
            break
        if bool(timetable.inside(moment)[0]):
            if next_ms - at_ms >= left_ms:
                return at_ms + left_ms
            left_ms -= next_ms - at_ms
        at_ms = next_ms
    return at_ms + left_ms
