"""What every step of a playbook is: its configuration, what it holds within, and what may go wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from city.errors import Place
from city.messages.text import Text
from city.section import Section

NO_BLOCKS: Final[Mapping[str, "tuple[PlaybookStep, ...]"]] = MappingProxyType({})


class Step:
    """A step as configured. Kinds override what is otherwise with them."""

    __slots__ = ()

    @property
    def blocks(self) -> Mapping[str, "tuple[PlaybookStep, ...]"]:
        """The lists of steps that stand within this one, by the key that they stand under."""
        return NO_BLOCKS

    @property
    def hurts(self) -> bool:
        """Whether carried out wrongly it can hurt somebody: then a person says yes before it."""
        return False

    @property
    def undone(self) -> bool:
        """Whether it is undone when the incident is over."""
        return False


@dataclass(frozen=True, slots=True)
class PlaybookStep:
    """One step: its kind's name in STEPS, the step itself, and where it is written."""

    kind: str
    step: Step
    place: Place = field(default=Place(""), compare=False)


# Reads the list of steps that stands under a key of a section.
ReadSteps = Callable[[Section, str], tuple[PlaybookStep, ...]]


@dataclass(frozen=True, slots=True)
class StepKind:
    """One row of STEPS.

    examples: each as it stands in a playbook, the name included
    read: the constructor, from what stands under the name in a playbook; notes mistakes in the section
    """

    name: str
    documentation: Text
    examples: tuple[str, ...]
    read: Callable[[Section, ReadSteps], Step]
