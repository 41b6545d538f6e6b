"""What a tuning says, as records that become JSON."""

from collections.abc import Sequence

import msgspec


class Lead(msgspec.Struct, frozen=True):
    """How long before an event it was told, seconds, over the events that were; negative: after it began."""

    median_s: float
    least_s: float
    greatest_s: float


class Point(msgspec.Struct, frozen=True):
    """One value tried. precision: right / (right + wrong); recall: told / events; null where nothing can be divided.

    present: it is the value that the rule has now
    """

    value: float
    text: str
    present: bool
    alerts: int
    right: int
    wrong: int
    unknown: int
    events: int
    told: int
    precision: float | None
    recall: float | None
    lead: Lead | None
    hours: float
    raised_at_night: int


class Tuned(msgspec.Struct, frozen=True):
    """The curve. Durations among the values are ms; `unit` is that of the readings where they are no durations."""

    rule: str
    title: str
    varied: str
    unit: str
    target: str
    start: str
    end: str
    readings: int
    events: int
    points: Sequence[Point]
