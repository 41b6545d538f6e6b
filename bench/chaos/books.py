"""The city's own counters over its lives, beside what lies in its store and its quarantine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Book:
    """Readings of one life of the city, as its counters have them at a moment."""

    received: int
    stored: int
    duplicate: int
    quarantined: int

    @classmethod
    def of(cls, metrics: Mapping[str, float]) -> Self:
        """From what `/metrics` says."""

        def total(outcome: str) -> int:
            prefix = f'megane_readings_total{{outcome="{outcome}"'
            return int(sum(value for name, value in metrics.items() if name.startswith(prefix)))

        received = int(metrics["megane_readings_received_total"])
        return cls(received, total("stored"), total("duplicate"), total("quarantined"))

    @property
    def settled(self) -> int:
        """Those of which it is known what became of them."""
        return self.stored + self.duplicate + self.quarantined


def unbalanced(lives: Sequence[Book], rows: int, kept: int) -> list[str]:
    """What does not add up.

    lives: in order, each just before its end; nothing was under way when the last one was read. What a life counted
        between that moment and its death nobody saw, so of several lives the sum is a least number
    rows: in the store; kept: readings for which pieces of the quarantine stand
    """
    found: list[str] = []
    for number, life in enumerate(lives):
        last = number == len(lives) - 1
        if life.settled > life.received or (last and life.settled != life.received):
            found.append(f"life {number}: received {life.received}, accounted for {life.settled}: {life}")
    for what, counted, there in (
        ("stored", sum(life.stored for life in lives), rows),
        ("quarantined", sum(life.quarantined for life in lives), kept),
    ):
        if counted > there or (len(lives) == 1 and counted != there):
            found.append(f"{what}: counted {counted} in {len(lives)} lives, {there} are there")
    return found
