"""SenML packs (RFC 8428), the payload that our own devices send."""

import math
from dataclasses import dataclass
from typing import Final

from city.catalog import Catalog, Sensor
from city.delivery import Delivery
from city.quarantine import Reason
from city.sensor_health import is_health
from city.wire.errors import WireError
from city.wire.senml import Measurement, Pack, decode_pack
from city.wire.topic import Topic
from ingest.codecs.rejects import Rejects
from ingest.codecs.usual_pack import Shape, decode_usual
from ingest.message import Message, Reject

DIMENSIONLESS: Final = "/"  # the unit of a ratio and of on/off: the one that a sender may always leave out

# A device sends packs of one shape, or of a few. A hundred readings carry the cost of being looked up one by one.
_SHAPES: Final = 8
_SHAPE_RECORDS: Final = 100

_Way = tuple[int, float, float]  # series, scale, offset
_Key = tuple[str, str | None, bool]  # name, unit, and whether the value is a boolean


@dataclass(frozen=True, slots=True)
class _Route:
    """The ways of a whole pack. conversion: scale and offset for each record; None where no value changes."""

    series: tuple[int, ...]
    conversion: tuple[tuple[float, float], ...] | None


class _Device:
    """How a device's measurements become readings: its sensors, and the ways through them that were already taken.

    Ways are at most names × units of the catalog, since only those that lead somewhere are remembered; `routes` are
    those of whole packs.
    """

    __slots__ = ("_health", "_id", "_sensors", "routes", "ways", "zone")

    def __init__(self, device: str, zone: str) -> None:
        self._id = device
        self._sensors: dict[str, tuple[int, Sensor]] = {}
        self._health: set[str] = set()
        self.zone = zone
        self.ways: dict[_Key, _Way] = {}
        self.routes: dict[Shape, _Route] = {}

    def take_sensor(self, series: int, sensor: Sensor) -> None:
        if is_health(sensor):
            self._health.add(sensor.key.sensor)
        else:
            self._sensors[sensor.key.sensor] = (series, sensor)

    def way(self, m: Measurement) -> _Way | Reject:
        """The way for a measurement like this one, remembered from now on; or why there is none."""
        device, colon, name = m.name.rpartition(":")
        if colon and device != self._id:
            return Reject(Reason.WRONG_IDENTITY, 1, f"{m.name!r:.200} in the topic of {self._id}")
        if name in self._health:
            return Reject(
                Reason.WRONG_IDENTITY, 1, f"{name!r:.200} is what the city says of {self._id}, not the device"
            )
        found = self._sensors.get(name)
        if found is None:
            return Reject(Reason.UNKNOWN_SENSOR, 1, f"{self._id} has no sensor {name!r:.200}")
        series, sensor = found
        quantity, is_bool = sensor.quantity, isinstance(m.value, bool)
        usual = sensor.unit or (DIMENSIONLESS if quantity.unit == DIMENSIONLESS else None)
        unit = usual if m.unit is None else m.unit
        conversion = None if unit is None else quantity.units.get(unit)
        if conversion is None or (is_bool and quantity.unit != DIMENSIONLESS):
            sent = "a boolean" if is_bool else "no unit" if unit is None else f"{unit!r:.40}"
            return Reject(Reason.UNKNOWN_UNIT, 1, f"{sensor.key}: {sent}, but {quantity.id} is in {quantity.unit!r}")
        way = (series, conversion.scale, conversion.offset)
        self.ways[m.name, m.unit, is_bool] = way
        return way

    def route(self, shape: Shape) -> _Route | None:
        """The route for packs of this shape, remembered from now on; None where a record leads nowhere."""
        count = len(shape) // 2
        found: list[_Way] = []
        for name, unit in zip(shape[:count], shape[count:], strict=True):
            way = self.way(Measurement(name or "", unit or None, 0, 0.0))
            if isinstance(way, Reject):
                return None
            found.append(way)
        conversion = tuple((scale, offset) for _, scale, offset in found)
        series = tuple(series for series, _, _ in found)
        route = _Route(series, None if set(conversion) == {(1.0, 0.0)} else conversion)
        if count <= _SHAPE_RECORDS:
            if len(self.routes) == _SHAPES:
                self.routes.clear()
            self.routes[shape] = route
        return route


class SenmlCodec:
    """Turns SenML into readings of the catalog it is given: names into series, units into canonical ones.

    Rejects that stand for a whole message that cannot be read count one; all others count readings.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._devices = {device.id: _Device(device.id, device.zone) for device in catalog.devices.values()}
        for series, sensor in enumerate(catalog.sensors):
            self._devices[sensor.key.device].take_sensor(series, sensor)

    def decode(self, topic: Topic, delivery: Delivery) -> Message:
        """The readings in `delivery`, which came under `topic`. Raises nothing that depends on what was sent."""
        device = self._devices.get(topic.device)
        if device is not None and device.zone == topic.zone:
            usual = _usual_message(delivery.payload, topic, device)
            if usual is not None:
                return usual
        return _plain_message(delivery, topic, device)


def _usual_message(payload: bytes, topic: Topic, device: _Device) -> Message | None:
    """What `_plain_message` makes of a usual pack of which all can be used; None of any other."""
    pack = decode_usual(payload)
    if pack is None:
        return None
    route = device.routes.get(pack.shape) or device.route(pack.shape)
    if route is None:
        return None
    value = pack.value
    if route.conversion is not None:
        value = [v * scale + offset for v, (scale, offset) in zip(value, route.conversion, strict=True)]
        if not math.isfinite(sum(value)):  # one of them is not, or the sum is too great: looked at one by one
            return None
    return Message(route.series, pack.time, value, topic.device, topic.zone, pack.seq, pack.boot)


def _plain_message(delivery: Delivery, topic: Topic, device: _Device | None) -> Message:
    """What any pack holds, record by record."""
    try:
        pack = decode_pack(delivery.payload, delivery.arrived_ms)
    except WireError as error:
        return Message([], [], [], topic.device, topic.zone, rejects=(Reject(error.reason, 1, str(error)),))
    if device is None:
        return _refused(pack, topic, Reason.UNKNOWN_SENSOR, f"the catalog has no device {topic.device}")
    if device.zone != topic.zone:
        return _refused(pack, topic, Reason.WRONG_IDENTITY, f"{topic.device} belongs to zone {device.zone}")
    return _message(pack, topic, device)


def _message(pack: Pack, topic: Topic, device: _Device) -> Message:
    series: list[int] = []
    time: list[int] = []
    value: list[float] = []
    rejects: Rejects | None = None
    ways = device.ways
    for m in pack.measurements:
        v = m.value
        way = ways.get((m.name, m.unit, v is True or v is False)) or device.way(m)
        if isinstance(way, Reject):
            rejects = rejects or Rejects()
            rejects.add(way.reason, 1, way.detail)
            continue
        index, scale, offset = way
        canonical = v * scale + offset
        if canonical - canonical != 0:  # only inf and NaN differ from themselves so
            rejects = rejects or Rejects()
            rejects.add(Reason.NOT_FINITE, 1, f"{m.name!r:.200}: {v} {m.unit} in the canonical unit")
            continue
        series.append(index)
        time.append(m.time_ms)
        value.append(canonical)
    refused: tuple[Reject, ...] = ()
    if rejects is not None or pack.faults:
        refused = _joined(pack, rejects or Rejects())
    return Message(series, time, value, topic.device, topic.zone, pack.seq, pack.boot, pack.uptime_now_ms, refused)


def _joined(pack: Pack, rejects: Rejects) -> tuple[Reject, ...]:
    for fault in pack.faults:
        rejects.add(fault.reason, fault.count, fault.detail)
    return rejects.all()


def _refused(pack: Pack, topic: Topic, reason: Reason, detail: str) -> Message:
    """A message of which no reading can be used, whoever sent it; its number is settled all the same."""
    rejects = Rejects()
    if pack.measurements:
        rejects.add(reason, len(pack.measurements), detail)
    return Message([], [], [], topic.device, topic.zone, pack.seq, pack.boot, rejects=_joined(pack, rejects))
