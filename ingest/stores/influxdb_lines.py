"""Readings as InfluxDB's line protocol, laid out as formats.md says.

What a line begins with (measurement and tags) is the same for every reading of a sensor, so it is made once.
"""

from collections.abc import Sequence
from typing import Final

from city.catalog import Catalog, Sensor
from city.reading import ReadingBatch

# What the protocol gives a meaning: names of ours have none of these, but nothing here depends on that.
_ESCAPED: Final = str.maketrans({",": r"\,", "=": r"\=", " ": r"\ "})


def prefixes(catalog: Catalog) -> Sequence[str]:
    """What the lines of each series begin with, up to the value; by the index of the series."""
    return [_prefix(sensor) for sensor in catalog.sensors]


def lines(prefix: Sequence[str], batch: ReadingBatch) -> list[str]:
    """One line a reading, in the order of the batch; times in milliseconds. A value comes back bit by bit."""
    columns = (batch.series.tolist(), batch.value.tolist(), batch.quality.tolist(), batch.time.tolist())
    return [
        f"{prefix[series]}{value!r},quality={quality}i {time}"
        for series, value, quality, time in zip(*columns, strict=True)
    ]


def _prefix(sensor: Sensor) -> str:
    # In the order of their names, as InfluxDB would otherwise sort them itself.
    tags = {
        "area": sensor.area,
        "device": sensor.key.device,
        "sensor": sensor.key.sensor,
        "site": sensor.site,
        "zone": sensor.zone,
    }
    return ",".join([_escaped(sensor.quantity.id), *(f"{k}={_escaped(v)}" for k, v in tags.items())]) + " value="


def _escaped(name: str) -> str:
    return name.translate(_ESCAPED)
