"""Which sensors stand beside one another: of the same quantity and river, or of none, and near."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from city.catalog import Catalog
from city.reading import Float64s, Int64s

NEIGHBOURS: Final = 5  # an odd number of places to take the median of; more lie further away
NEAREST_KM: Final = 15.0  # as far as Sabae is long; weather further away is another's
# So many on either side along a curve through all places are looked at: of up to 33 sensors that is every one, and
# among many thousands it finds near ones, if not the nearest, without looking at all pairs.
_ALONG: Final = 16
_CURVE_BITS: Final = 16  # each way: 300 m of latitude
_KM_PER_DEGREE: Final = 111.2


def neighbours_of(catalog: Catalog, members: Int64s) -> NDArray[np.int64]:
    """int64[n, NEIGHBOURS]: for each of `members` (series) the places in `members` of those beside it, −1 for none."""
    found = np.full((len(members), NEIGHBOURS), -1, np.int64)
    groups: defaultdict[tuple[str, str | None], list[int]] = defaultdict(list)
    for place, series in enumerate(members.tolist()):
        sensor = catalog.sensors[series]
        groups[sensor.quantity.id, sensor.river].append(place)
    for places in groups.values():
        here = np.array(places, np.int64)
        near = _nearest(_points(catalog, members[here].tolist()))
        found[here] = np.where(near < 0, -1, here[near])
    return found


def _points(catalog: Catalog, series: Sequence[int]) -> Float64s:
    """float64[n, 2]: kilometres north and east."""
    points = [catalog.sites[catalog.sensors[i].site].point for i in series]
    degrees = np.array([(point.latitude, point.longitude) for point in points], np.float64)
    along = np.array([1.0, np.cos(np.radians(degrees[:, 0].mean()))])
    kilometres: Float64s = degrees * along * _KM_PER_DEGREE
    return kilometres


def _nearest(points: Float64s) -> NDArray[np.int64]:
    """int64[n, NEIGHBOURS]: the nearest other ones within `NEAREST_KM`, −1 for none."""
    n = len(points)
    order = np.argsort(_along_curve(points), kind="stable")
    width = min(n, 2 * _ALONG + 1)
    first = np.clip(np.arange(n) - _ALONG, 0, n - width)
    candidates = order[first[:, None] + np.arange(width)]
    apart = np.linalg.norm(points[candidates] - points[order][:, None], axis=2)
    apart[candidates == order[:, None]] = np.inf  # nobody stands beside oneself
    nearest = np.argsort(apart, axis=1, kind="stable")[:, :NEIGHBOURS]
    near = np.take_along_axis(candidates, nearest, axis=1)
    near[np.take_along_axis(apart, nearest, axis=1) > NEAREST_KM] = -1
    found = np.full((n, NEIGHBOURS), -1, np.int64)
    found[order, : near.shape[1]] = near
    return found


def _along_curve(points: Float64s) -> NDArray[np.int64]:
    """int64[n]: where each lies on a Z-shaped curve through all of them."""
    low, high = points.min(axis=0), points.max(axis=0)
    spread = np.where(high > low, high - low, 1.0)
    cell = ((points - low) / spread * ((1 << _CURVE_BITS) - 1)).astype(np.int64)
    along = np.zeros(len(points), np.int64)
    for bit in range(_CURVE_BITS):
        for axis in (0, 1):
            along |= ((cell[:, axis] >> bit) & 1) << (2 * bit + axis)
    return along
