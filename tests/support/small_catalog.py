"""A catalog of nothing but the sensors a test names."""

from collections.abc import Iterable

from city.catalog import Area, Catalog, Department, Device, Point, Sensor, Site, Zone
from city.messages.text import Text
from city.quantity import QUANTITIES
from city.reading import SeriesKey

NOWHERE = Text(ja="試験", en="test")


def catalog_of(*names: str) -> Catalog:
    """River gauges with the given names, written `device:sensor`, in one zone, area and site."""
    keys = sorted(SeriesKey.parse(name) for name in names)
    return Catalog(
        city="test",
        title=NOWHERE,
        zones={"z": Zone("z", NOWHERE)},
        areas={"a": Area("a", NOWHERE, "z")},
        rivers={},
        sites={"s": Site("s", NOWHERE, "a", Point(35.9, 136.2))},
        departments={"d": Department("d", NOWHERE)},
        devices={name: Device(name, NOWHERE, "z", "s") for name in _devices(keys)},
        sensors=tuple(_gauge(key) for key in keys),
        outline=(),
    )


def _devices(keys: Iterable[SeriesKey]) -> list[str]:
    return sorted({key.device for key in keys})


def _gauge(key: SeriesKey) -> Sensor:
    return Sensor(
        key=key,
        title=NOWHERE,
        quantity=QUANTITIES["water_level"],
        device=key.device,
        site="s",
        area="a",
        zone="z",
        owner="d",
    )
