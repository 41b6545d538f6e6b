import dataclasses

import numpy as np

from city.catalog import Catalog, Point
from city.messages.text import Text
from ingest.quality.neighbours import NEIGHBOURS, neighbours_of
from tests.support.small_catalog import NOWHERE, catalog_of


def spread(points: list[tuple[float, float]], rivers: dict[int, str] | None = None) -> Catalog:
    """A gauge at each place (kilometres north and east of the first)."""
    catalog = catalog_of(*(f"d{number:05}:x" for number in range(len(points))))
    sites = {
        f"s{number}": dataclasses.replace(
            catalog.sites["s"], id=f"s{number}", point=Point(36 + north / 111.2, 136 + east / 90.0)
        )
        for number, (north, east) in enumerate(points)
    }
    sensors = tuple(
        dataclasses.replace(sensor, site=f"s{number}", river=(rivers or {}).get(number))
        for number, sensor in enumerate(catalog.sensors)
    )
    return dataclasses.replace(catalog, sites=sites, sensors=sensors)


def beside(catalog: Catalog) -> list[list[int]]:
    found = neighbours_of(catalog, np.arange(len(catalog.sensors)))
    return [sorted(place for place in row if place >= 0) for row in found.tolist()]


def test_neighbours_are_the_nearest_and_none_is_its_own() -> None:
    found = beside(spread([(0, float(east)) for east in range(10)]))
    assert found[0] == [1, 2, 3, 4, 5]
    assert found[9] == [4, 5, 6, 7, 8]
    assert all(len(row) == NEIGHBOURS and number not in row for number, row in enumerate(found))


def test_who_is_far_away_or_at_another_river_is_no_neighbour() -> None:
    found = beside(spread([(0, 0), (0, 1), (0, 2), (0, 40), (0, 3)], {0: "hino", 1: "hino", 3: "hino"}))
    assert found == [[1], [0], [4], [], [2]]


def test_other_quantities_are_no_neighbours() -> None:
    catalog = spread([(0, 0), (0, 1), (0, 2)])
    other = dataclasses.replace(catalog.sensors[0].quantity, id="other", title=Text("他", "other"))
    sensors = (dataclasses.replace(catalog.sensors[0], quantity=other), *catalog.sensors[1:])
    assert beside(dataclasses.replace(catalog, sensors=sensors)) == [[], [2], [1]]


def test_among_thousands_near_ones_are_found() -> None:
    random = np.random.default_rng(7)
    points = random.uniform(0, 60, (3_000, 2))
    catalog = spread([(float(north), float(east)) for north, east in points])
    found = neighbours_of(catalog, np.arange(3_000))
    apart = np.linalg.norm(points[found] - points[:, None], axis=2)
    assert (found >= 0).all()
    # One in 1.2 km² or so: the nearest five lie within a kilometre or two of most.
    assert np.median(apart) < 2
    assert catalog.title == NOWHERE


def test_one_site_and_one_sensor_are_no_trouble() -> None:
    assert beside(spread([(0, 0)])) == [[]]
    assert [len(row) for row in beside(spread([(0, 0)] * 7))] == [5] * 7
    assert neighbours_of(spread([(0, 0)]), np.arange(0)).shape == (0, NEIGHBOURS)
