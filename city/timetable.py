"""Schedules as the moments at which they open and close, for many times at once.

Nothing is ever inside before 1970, or after 2099: so far holidays of Japan are known (docs/adr/0014).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from city.reading import Bools, Int64s
from city.schedule import MINUTES, Schedule

NO_EDGE: Final = 1 << 61  # a time that never comes; a difference of two times still fits 64 bits
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2099
_LONGEST_YEARS: Final = (
    9  # 29 February may be so far off, and then it may have to be a Monday: that is never looked for
)
_DAY_MS: Final = 86_400_000
_DAY_S: Final = 86_400


class Timetable:
    """What schedules say together: inside where one of them is.

    Computed for the years that were asked for, and kept. Not safe for several threads at once.
    """

    def __init__(self, schedules: Sequence[Schedule]) -> None:
        """Of at least one schedule."""
        self._schedules = tuple(schedules)
        self._years = (_LAST_YEAR + 1, _FIRST_YEAR)  # none yet
        self._begin = self._end = 0
        self._edges: Int64s = np.empty(0, np.int64)
        self._opens_inside = False

    def inside(self, time_ms: Int64s) -> Bools:
        """bool[n]: whether each of the times, int64[n] in ms since the epoch, is inside."""
        self._cover(time_ms)
        passed = np.searchsorted(self._edges, time_ms, side="right")
        found: Bools = (passed + self._opens_inside) % 2 == 1
        return found & (time_ms >= self._begin) & (time_ms < self._end)

    def next_edge_ms(self, time_ms: Int64s) -> Int64s:
        """int64[n]: of each time the first moment after it at which inside changes; `NO_EDGE` where none comes.

        Looks 9 years ahead.
        """
        self._cover(time_ms, ahead=1)
        if time_ms.size and (not self._edges.size or int(time_ms.max()) >= int(self._edges[-1])):
            self._cover(time_ms, ahead=_LONGEST_YEARS)
        padded = np.append(self._edges, NO_EDGE)
        return padded[np.searchsorted(self._edges, time_ms, side="right")]

    def edges_between(self, after_ms: Int64s, before_ms: Int64s) -> tuple[Int64s, Int64s]:
        """int64[k] each: every edge with after < edge < before, as the place of its pair and its time.

        after_ms, before_ms: int64[n]; ordered by pair, then time
        """
        self._cover(before_ms)
        self._cover(after_ms)
        low = np.searchsorted(self._edges, after_ms, side="right")
        count = np.maximum(np.searchsorted(self._edges, before_ms, side="left") - low, 0)
        pair = np.repeat(np.arange(len(count)), count)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count - low, count)
        return pair, self._edges[place]

    def _cover(self, time_ms: Int64s, ahead: int = 0) -> None:
        """Makes sure of the years of these times, and of so many more."""
        if not time_ms.size:
            return
        low, high = int(time_ms.min()), int(time_ms.max())
        if not ahead and self._begin <= low and high < self._end:
            return
        first, last = (min(max(_year(t), _FIRST_YEAR), _LAST_YEAR) for t in (low, high))
        first, last = min(first, self._years[0]), max(min(last + ahead, _LAST_YEAR), self._years[1])
        if (first, last) == self._years:
            return
        self._years = (first, last)
        self._begin, self._end = _new_year(first), _new_year(last + 1)
        spans = [span for schedule in self._schedules for span in _spans(schedule, first, last)]
        start = np.concatenate([s for s, _ in spans])
        end = np.concatenate([e for _, e in spans])
        order = np.argsort(start, kind="stable")
        start, end = start[order], np.maximum.accumulate(end[order])
        opens = np.append(True, start[1:] > end[:-1]) if len(start) else np.empty(0, np.bool_)
        closes = np.append(opens[1:], True) if len(start) else opens
        edges = np.stack([start[opens], end[closes]], axis=1).reshape(-1)
        self._opens_inside = bool(len(edges) and edges[0] == self._begin)
        self._edges = edges[(edges > self._begin) & (edges < self._end)]


def _spans(schedule: Schedule, first: int, last: int) -> Iterator[tuple[Int64s, Int64s]]:
    """(start, end), int64[k] in ms since the epoch, of what is inside in those years; more than once in one place."""
    begin, end = _new_year(first), _new_year(last + 1)
    # Two days more on either side: zones are up to 14 h off, and times may reach into the next day.
    days = np.arange(begin // _DAY_MS - 2, end // _DAY_MS + 2)
    on = days[_on(schedule, days)] * _DAY_MS
    times = schedule.times or ((0, MINUTES),)
    zone = ZoneInfo(schedule.zone)
    for since, until, offset in _offsets(zone, begin, end):
        for from_, to in times:
            start = np.clip(on + from_ * 60_000 - offset, since, until)
            stop = np.clip(on + (to if to > from_ else to + MINUTES) * 60_000 - offset, since, until)
            some = stop > start
            yield start[some], stop[some]


def _on(schedule: Schedule, days: Int64s) -> Bools:
    """bool[n]: which days since the epoch it is on, by its zone's calendar."""
    on = np.ones(len(days), np.bool_)
    holiday = on
    if schedule.holidays is not None:
        holiday = np.isin(days, np.array(_holidays(days), np.int64))
    if schedule.days or schedule.holidays:
        on = np.isin((days + 3) % 7, np.array(schedule.days, np.int64))  # the epoch was a Thursday
        if schedule.holidays:
            on |= holiday
    if schedule.holidays is False:
        on &= ~holiday
    if schedule.dates:
        months = days.astype("datetime64[D]").astype("datetime64[M]")
        month = months.astype(np.int64) % 12 + 1
        number = month * 100 + (days - months.astype("datetime64[D]").astype(np.int64)) + 1
        season = np.zeros(len(days), np.bool_)
        for low, high in ((a[0] * 100 + a[1], b[0] * 100 + b[1]) for a, b in schedule.dates):
            since, until = number >= low, number <= high
            season |= since & until if low <= high else since | until
        on &= season
    return on


def _holidays(days: Int64s) -> list[int]:
    """Holidays of Japan of these days' years, as days since the epoch."""
    from holidays.countries.japan import Japan  # noqa: PLC0415  takes a third of a second, and few schedules ask for it

    first, last = (_year(int(day) * _DAY_MS) for day in (days[0], days[-1]))
    return [(day - date(1970, 1, 1)).days for day in Japan(years=range(first, last + 1))]


def _offsets(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(since, until, ms that the zone is ahead of UTC), one after the other from begin to end."""
    since, ahead = begin, _ahead(zone, begin // 1000)
    for second in range(begin // 1000 + _DAY_S, end // 1000 + 1, _DAY_S):
        if _ahead(zone, second) == ahead:
            continue
        low, high = second - _DAY_S, second  # changes between them, once: no zone does so twice within a day
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _ahead(zone, middle) == ahead else (low, middle)
        yield since, high * 1000, ahead
        since, ahead = high * 1000, _ahead(zone, high)
    yield since, end, ahead


def _ahead(zone: ZoneInfo, second: int) -> int:
    return (datetime.fromtimestamp(second, zone).utcoffset() or timedelta()) // timedelta(milliseconds=1)


def _year(time_ms: int) -> int:
    return int(np.datetime64(time_ms, "ms").astype("datetime64[Y]").astype(np.int64)) + 1970


def _new_year(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1000
