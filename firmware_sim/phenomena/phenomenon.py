"""What every phenomenon is: something in the city that takes its course, and that sensors see."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from city.catalog import Sensor
from city.errors import Mistake
from city.messages.text import Text
from city.section import Section
from firmware_sim.horizon import Horizon

Course = Callable[[int], float]
"""The true value at a sensor, canonical unit, at a time in ms since the epoch. The same time gives the same value."""


class Phenomenon(Protocol):
    """Something that takes its course, wherever it is looked at."""

    def course(self, sensor: Sensor, rng: np.random.Generator) -> Course:
        """Its course at `sensor`. `rng` is for what differs from place to place: it is the same for every sensor of a
        device, so that two of them see one and the same place.
        """
        ...


P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class World:
    """What a phenomenon is built in: the span, chance, the city's devices, and the phenomena named before it.

    built: None stands for one that could not be read; its mistakes are noted already
    """

    horizon: Horizon
    rng: np.random.Generator
    devices: Collection[str]
    built: Mapping[str, Phenomenon | None]

    def earlier(self, section: Section, key: str, kind: type[P]) -> P | None:
        """The phenomenon that `section` names under `key`, which must be a `kind` and stand before it in the file.

        None where it is not, or could not be read.
        """
        known = {name for name, one in self.built.items() if one is None or isinstance(one, kind)}
        found = self.built.get(section.reference(key, known))
        return found if isinstance(found, kind) else None

    def known_device(self, section: Section, key: str) -> None:
        """Notes a mistake where `key`, which stands in `section` as a name, is no device of the city."""
        if key not in self.devices:
            section.mistakes.append(Mistake.at(section.key_place(key), "city.unknown_name", key=key, found=key))


@dataclass(frozen=True, slots=True)
class PhenomenonKind:
    """A line of the table `PHENOMENA`.

    doc: what it reckons and where that stands
    read: builds it from its part of a scenario; None where there are mistakes, all of them noted
    examples: as written in a scenario, without what stands in every phenomenon (name, kind, sensors, noise)
    """

    name: str
    title: Text
    doc: str
    read: Callable[[Section, World], Phenomenon | None]
    examples: tuple[str, ...]
