"""`load [TIME [to TIME every TIME]] [SERIES] NUMBER [bad | suspect], … [arrives TIME | arrives after TIME]`.

Time and series that an item does not name are those of the item before it.
"""

from typing import Final

from alerts.script.case import Load, Reading
from alerts.script.sensor_line import read_series
from alerts.script.words import Words
from city.errors import Place
from city.reading import GOOD, Quality

MOST_READINGS: Final = 100_000  # of one `load`: a year of readings every ten minutes is half of it
_QUALITIES: Final = {"bad": Quality.BAD, "suspect": Quality.SUSPECT}


def read_load(words: Words, place: Place) -> Load:
    """What stands behind the word `load`."""
    readings: list[Reading] = []
    times, series = range(0), None
    while True:
        if words.at_time():
            times = _times(words)
        if not times:
            raise words.wrong("script.need_time", found=words.next[:40])
        if ":" in words.next:
            series = read_series(words)
        value = words.number()
        quality = _QUALITIES[words.take()] if words.next in _QUALITIES else GOOD
        if len(readings) + len(times) > MOST_READINGS:
            raise words.wrong("script.too_many", limit=MOST_READINGS)
        readings += [Reading(time_ms, series, value, quality) for time_ms in times]
        if not words.comma():
            break
    if words.skip("arrives", "after"):
        return Load(place, tuple(readings), after_ms=words.time_ms())
    arrives_ms = words.time_ms() if words.skip("arrives") else None
    return Load(place, tuple(readings), arrives_ms)


def _times(words: Words) -> range:
    begin = words.time_ms()
    if not words.skip("to"):
        return range(begin, begin + 1)
    end = words.time_ms()
    words.one_of(("every",))
    if not words.at_time() or (every := words.time_ms()) <= 0:
        raise words.wrong("script.need_time", found=words.next[:40])
    return range(begin, end + 1, every)
