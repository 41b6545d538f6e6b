"""What the city owns and who answers for it: the catalog, as immutable records.

It is loaded from a city's files by `city/catalog_file.py`. Every sensor is one series; a series' index is its place in
`Catalog.sensors`, which is sorted by key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from city.messages.text import Text
from city.override import Override
from city.quality_limits import LIMITS, QualityLimits
from city.quantity import Quantity
from city.reading import SeriesKey
from city.speech import Listening, Path, Speech


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the ground, WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Zone:
    """The unit of sharing out work; all that one rule looks at lies in one zone."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Area:
    """A district of the city: an attribute of a place."""

    id: str
    title: Text
    zone: str


@dataclass(frozen=True, slots=True)
class River:
    """A river as drawn on the map; gauges name the river they stand at."""

    id: str
    title: Text
    line: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A place with sensors."""

    id: str
    title: Text
    area: str
    point: Point
    river: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Which alert events an endpoint gets: those of rules owned by `owners` (None: any) from `severity` (1..5) on."""

    owners: frozenset[str] | None = None
    severity: int = 1


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a department takes webhooks. The settings give its URL and secrets; a secret never stands in the catalog.

    `url` is None until a city's settings name one: nothing can be sent to it, and `megane check` says so.
    """

    id: str
    department: str
    title: Text
    url: str | None
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Department:
    """A place in the tree of the administration (部, 課・室, グループ): it owns sensors and rules, and takes webhooks.

    above: what it is a part of; None: of the city itself
    """

    id: str
    title: Text
    mail: str | None = None
    phone: str | None = None
    endpoints: tuple[Endpoint, ...] = ()
    above: str | None = None


class OutputKind(StrEnum):
    """What an output can be."""

    SWITCH = "switch"  # one of two: a lamp, a gate, a pump, a siren
    TEXT = "text"  # what stands on a sign; empty: it is dark


@dataclass(frozen=True, slots=True)
class Output:
    """What the command `set` switches at a device.

    values: what it may be: of a switch two, the first at rest; of a text beside none at all, and empty where any may be
    watched_by: the sensor of the same device that says whether it really is on; None where nothing does
    """

    name: str
    title: Text
    kind: OutputKind
    values: tuple[str, ...] = ()
    watched_by: str | None = None

    @property
    def rest(self) -> str:
        """What it is while nobody wants anything of it."""
        return "" if self.kind is OutputKind.TEXT else self.values[0]

    def takes(self, value: str) -> bool:
        """Whether it may be that."""
        return value in self.values or (self.kind is OutputKind.TEXT and not (value and self.values))


@dataclass(frozen=True, slots=True)
class Device:
    """What speaks MQTT for its sensors: under `{root}/{zone}/{id}/up`, or as `speech` says where it is none of ours.

    outputs: what it switches, by name
    """

    id: str
    title: Text
    zone: str
    site: str
    speech: Speech | None = None
    outputs: Mapping[str, Output] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sensor:
    """One series.

    levels: named thresholds, canonical unit, read by `level("name")`
    attributes: named numbers, read by `attr("name")`
    delay_ms: how long after its time a reading usually arrives; engine time waits so long for it
    resolution: smallest step of the value, canonical unit
    unit: what its readings are in where they name no unit; None: such readings cannot be used, a unit is never guessed
    overrides: by rule, what this sensor has otherwise than the rule says
    low, high: a physical range narrower than the quantity's, canonical unit; None is the quantity's
    quality: limits of the quality checks; None: those of every sensor of the quantity
    at: where in the payload of another's device its value lies; None for a device of ours
    registered_ms: when the city took it in; silence of a sensor never heard counts from here (0: from when the city
        first ran with it)
    """

    key: SeriesKey
    title: Text
    quantity: Quantity
    device: str
    site: str
    area: str
    zone: str
    owner: str
    river: str | None = None
    levels: Mapping[str, float] = field(default_factory=dict)
    attributes: Mapping[str, float] = field(default_factory=dict)
    delay_ms: int = 30_000  # rules.md: 30 s; a cellular modem that must attach first is well inside it
    resolution: float | None = None
    registered_ms: int = 0
    public: bool = False
    cost_yen_per_year: int | None = None
    contract_end: date | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    overrides: Mapping[str, Override] = field(default_factory=dict)
    quality: QualityLimits | None = None
    at: Path | None = None

    @property
    def limits(self) -> QualityLimits:
        """Its own limits of the quality checks, else those of its quantity."""
        return self.quality or LIMITS[self.quantity.id]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything above, cross-checked: every name that a record mentions is there.

    `files` is the text it was loaded from (relative path → text): what goes into the journal, so that a journal can
    be run again without the folder it began with.
    """

    city: str
    title: Text
    zones: Mapping[str, Zone]
    areas: Mapping[str, Area]
    rivers: Mapping[str, River]
    sites: Mapping[str, Site]
    departments: Mapping[str, Department]
    devices: Mapping[str, Device]
    sensors: tuple[Sensor, ...]
    outline: tuple[Point, ...]
    listening: Listening = Listening()  # noqa: RUF009  it is frozen
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    index: Mapping[SeriesKey, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        keys = [sensor.key for sensor in self.sensors]
        if keys != sorted(set(keys)):
            msg = "sensors must be sorted by key and unique"
            raise ValueError(msg)
        object.__setattr__(self, "index", {key: i for i, key in enumerate(keys)})
