"""The course of a run as a picture: steps as boxes in their order, and what stands within a step below it.

Drawn as lists within lists, so that it reads on a phone, on paper and to a screen reader as it does on a desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.run_ports import StepFile
from city.messages import CATALOGUE, say
from city.messages.text import Lang

MAIN: Final = "steps"
ON_RESOLVE: Final = "on_resolve"
# How a status looks; its word stands beside it.
LOOKS: Final = {
    "planned": "planned",
    "running": "going",
    "waiting": "waiting",
    "open": "needy",
    "done": "done",
    "failed": "needy",
    "rejected": "stopped",
    "returned": "needy",
    "skipped": "skipped",
    "cancelled": "skipped",
    "undoing": "going",
    "undone": "undone",
}
_DECIDED: Final = frozenset({"done", "rejected", "cancelled"})  # which way it went is known
NEEDY: Final = frozenset({"failed", "open", "returned"})  # a person has to look


@dataclass(frozen=True, slots=True)
class Block:
    """The steps that stand within another: on one way of a branch, or after a no. key: `then`, `on_reject`."""

    key: str
    boxes: tuple["Box", ...]
    dropped: bool  # it went another way: nothing of this is done


@dataclass(frozen=True, slots=True)
class Box:
    """One step. number: within its list, from 1."""

    step: StepFile
    number: int
    blocks: tuple[Block, ...]

    @property
    def look(self) -> str:
        """By which it is drawn."""
        return LOOKS.get(self.step.status, "planned")

    @property
    def needy(self) -> bool:
        """Whether a person has to look at it."""
        return self.step.status in NEEDY


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole course: what is done, and what is done when the incident is over."""

    main: tuple[Box, ...]
    afterwards: tuple[Box, ...]


def picture_of(steps: Sequence[StepFile]) -> Picture:
    """Puts the steps, which come flat, into their lists."""
    within: dict[str, list[StepFile]] = {}
    by_place = {step.place: step for step in steps}
    for step in steps:
        within.setdefault(step.place.rpartition(".")[0], []).append(step)

    def boxes(under: str) -> tuple[Box, ...]:
        return tuple(Box(step, n, blocks(step.place)) for n, step in enumerate(within.get(under, ()), 1))

    def blocks(place: str) -> tuple[Block, ...]:
        keys = [under.removeprefix(f"{place}.") for under in within if under.startswith(f"{place}.")]
        ways = {key: boxes(f"{place}.{key}") for key in keys if "." not in key}
        begun = {key for key, way in ways.items() if any(box.step.turn for box in way)}
        decided = bool(begun) or by_place[place].status in _DECIDED
        return tuple(Block(key, way, decided and key not in begun) for key, way in ways.items())

    return Picture(boxes(MAIN), boxes(ON_RESOLVE))


def place_words(place: str, lang: Lang) -> str:
    """`手順 3`, `手順 3 当てはまるとき 1`, `終了後 1`."""
    block, *rest = place.split(".")
    words = []
    for part in rest:
        if part.isdigit():
            words.append(str(int(part) + 1))
        else:
            key = f"business.block-{part}"
            words.append(say(key, lang) if key in CATALOGUE else part)
    return say("business.place-after" if block == ON_RESOLVE else "business.place", lang, number=" ".join(words))


def kind_words(kind: str, lang: Lang) -> str:
    """What such a step does; of one that has no words here, its name in playbooks."""
    key = f"business.kind-{kind}"
    return say(key, lang) if key in CATALOGUE else kind
