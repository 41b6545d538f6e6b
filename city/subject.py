"""What an alert is about, in words: a sensor, a river, an area or a site with all its sensors, or a zone."""

from dataclasses import dataclass

from city.catalog import Catalog, Sensor
from city.messages.text import Text
from city.reading import SeriesKey


@dataclass(frozen=True, slots=True)
class Subject:
    """As the catalog knows it.

    title: what people call it; the bare name where the catalog does not know it any more
    zone: None where it is not known; sensor: where the subject is one
    site, area: where it is; None where it is at no one place, or in no one district
    """

    title: Text
    zone: str | None = None
    sensor: Sensor | None = None
    site: str | None = None
    area: str | None = None

    def place(self, catalog: Catalog) -> Text:
        """Where it is, as people call it: a sensor's site; of all else its own name."""
        return self.title if self.sensor is None else catalog.sites[self.sensor.site].title


def subject_of(name: str, catalog: Catalog) -> Subject:
    """Of `device:sensor`, `river/hino`, `area/kawada`, `site/toba` or a zone's id, as alerts carry it."""
    series = series_of(name, catalog)
    if series is not None:
        sensor = catalog.sensors[series]
        return Subject(sensor.title, sensor.zone, sensor, sensor.site, sensor.area)
    if name in catalog.zones:
        return Subject(catalog.zones[name].title, name)
    kind, _, one = name.partition("/")
    match kind:
        case "river" if one in catalog.rivers:
            zone = next((each.zone for each in catalog.sensors if each.river == one), None)
            return Subject(catalog.rivers[one].title, zone)
        case "area" if one in catalog.areas:
            return Subject(catalog.areas[one].title, catalog.areas[one].zone, area=one)
        case "site" if one in catalog.sites:
            site = catalog.sites[one]
            return Subject(site.title, catalog.areas[site.area].zone, site=one, area=site.area)
        case _:
            return Subject(Text(ja=name, en=name))


def series_of(name: str, catalog: Catalog) -> int | None:
    """The index of the series that a subject names; None where it names another thing, or a sensor that is gone."""
    try:
        return catalog.index.get(SeriesKey.parse(name))
    except ValueError:
        return None
