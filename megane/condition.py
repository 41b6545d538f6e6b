"""The city's own condition, as readings of a sensor of its own: what is amiss with it is an alert like any other.

A sensor of the catalog whose quantity is one of `Wellbeing.measures` measures the city itself. Its readings go through
the ordinary inbox into the journal, so that the alerts that rules make of them are a function of the journal too.

A city that is well says nothing. A value is said from the sensor's lowest level on, and until it has come down to half
of that, so that a rule may clear wherever it likes in between; one that stays is said once. What the journal has
decides, and not what this process remembers: after a crash a city that has become well meanwhile says so.

What keeps the journal from taking anything, or the engine from judging it, cannot be told this way: then the heartbeat
falls silent and systemd's watchdog is not fed (`Wellbeing.probe`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from city.catalog import Catalog, Sensor
from city.clock import Clock
from city.delivery import Delivery
from city.wire.senml import Form, Measurement, Pack, encode_pack
from city.wire.topic import Kind, Topic

# Levels are reached in a minute or later, so this adds little; and one that is down for 72 h fills no journal with it.
EVERY_S: Final = 10.0
WELL: Final = 0.5  # of the lowest level: half of what is worth an alert is well again

Measures = Mapping[str, Callable[[], float]]


@dataclass(frozen=True, slots=True)
class _Watched:
    """A sensor of the city itself. `lowest`: the lowest of its levels, canonical unit."""

    series: int
    sensor: Sensor
    lowest: float
    measure: Callable[[], float]


class Condition:
    """Looks at the city and says what is amiss, until cancelled. On the event loop; quick."""

    def __init__(
        self,
        catalog: Catalog,
        root: str,
        measures: Measures,
        newest: Callable[[int], float],
        put: Callable[[Delivery], None],
        clock: Clock,
        wall: Clock,
    ) -> None:
        """The sensors to speak for are those of `catalog` with a quantity of `measures` and a level.

        root: first level of topics
        newest: the value of a series' newest reading in the journal, NaN before the first
        put: into the inbox
        clock, wall: readings are dated by the city's, and it is looked at by the machine's: what is stuck is stuck in
            real time, also where the city's runs faster
        """
        self._watched = [
            _Watched(series, sensor, min(sensor.levels.values()), measures[sensor.quantity.id])
            for series, sensor in enumerate(catalog.sensors)
            if sensor.quantity.id in measures and sensor.levels
        ]
        self._root = root
        self._newest = newest
        self._put = put
        self._clock = clock
        self._wall = wall
        self._on_the_way = 0
        self.said = 0  # readings that reached the journal, since the start

    async def run(self) -> None:
        """Looks again and again."""
        while True:
            self.look()
            await self._wall.sleep(EVERY_S)

    def look(self) -> None:
        """Says what there is to say, unless what was said before has not reached the journal yet."""
        found = [(watched, watched.measure()) for watched in self._watched]
        if not self._on_the_way:
            for watched, value in found:
                newest = self._newest(watched.series)
                if value != newest and (value >= watched.lowest or newest > watched.lowest * WELL):
                    self._say(watched.sensor, value)

    def _say(self, sensor: Sensor, value: float) -> None:
        now_ms = self._clock.now_ms()
        topic = Topic(self._root, sensor.zone, sensor.device, Kind.UP)
        pack = Pack([Measurement(sensor.key.sensor, sensor.quantity.unit, now_ms, value)])
        self._on_the_way += 1
        self._put(Delivery(str(topic), encode_pack(pack, Form.JSON), now_ms, self._arrived))

    def _arrived(self) -> None:
        self._on_the_way -= 1
        self.said += 1
