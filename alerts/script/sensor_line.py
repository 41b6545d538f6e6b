"""`sensor DEVICE:SENSOR [zone NAME] [area NAME] [river NAME] [{options}]`: a sensor of the script's own."""

from typing import Final

from alerts.script.case import SensorLine
from alerts.script.words import Words
from city.reading import SeriesKey
from city.value import NAME

_ZONE: Final = "test"  # of a sensor that names none


def read_sensor(words: Words) -> SensorLine:
    """What stands behind the word `sensor`."""
    place = words.place
    key = read_series(words)
    where = {"zone": _ZONE}
    while words.next in {"zone", "area", "river"}:
        kind = words.take()
        if not NAME.fullmatch(words.next):
            raise words.wrong("script.need_name", found=words.next[:40])
        where[kind] = words.take()
    column = words.place.column
    if words.next.startswith("{") and not words.next.rstrip().endswith("}"):
        raise words.wrong("script.need_brace")
    options = words.take() if words.next.startswith("{") else ""
    return SensorLine(place, key, where["zone"], where.get("area"), where.get("river"), options, column)


def read_series(words: Words) -> str:
    """A series' name, `device:sensor`."""
    device, colon, sensor = words.next.partition(":")
    if not (colon and NAME.fullmatch(device) and NAME.fullmatch(sensor)):
        raise words.wrong("script.need_series", found=words.next[:80])
    return str(SeriesKey.parse(words.take()))
