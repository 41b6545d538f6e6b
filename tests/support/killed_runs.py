"""Runs whose city is killed again and again, beside the same runs undisturbed."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from tests.support.receiver import Receiver
from tests.support.whole_playbook import BOUNDARIES, Left, Outside

SUBJECTS: Final = tuple(f"rpi-{number}:water_level" for number in range(3))
SHORTLY_S: Final = 0.03  # after a boundary: within the transactions that follow
SOMETIME_S: Final = 0.6  # a start takes a third of it: some kills hit a city that has not begun yet


@dataclass(frozen=True, slots=True)
class Killed:
    """left: in the rows; taken: the keys of all that the receivers answered well, each as often as it came."""

    left: Left
    taken: Sequence[str]
    kills: int


async def undisturbed(where: Path | sa.URL, over: Path) -> Left:
    """What such runs leave behind that nobody disturbs."""
    return (await killed(where, over, None)).left


async def killed(where: Path | sa.URL, over: Path, rng: random.Random | None) -> Killed:
    """Kills the city right after each boundary, and before the next at a moment of its own. None: never."""
    async with Receiver() as department, Receiver() as channel:
        outside = Outside(where, SUBJECTS, department.url, channel.url, over)
        try:
            await asyncio.to_thread(_run, outside, rng)
            left = outside.left()
        finally:
            await asyncio.to_thread(outside.close)
        return Killed(left, [one.id for one in (*department.taken, *channel.taken)], outside.kills)


def _run(outside: Outside, rng: random.Random | None) -> None:
    outside.start()
    for place, status in BOUNDARIES if rng is not None else ():
        assert rng is not None
        outside.pass_for(rng.uniform(0, SOMETIME_S))
        outside.kill()
        outside.start()
        outside.until(place, status)
        outside.pass_for(rng.uniform(0, SHORTLY_S))
        outside.kill()
        outside.start()
    outside.end()


def differences(found: Killed, calm: Left) -> list[str]:
    """What is not as it would have been without a kill; nothing where all is well."""
    left = found.left
    wrong = [
        f"{name}: {getattr(left, name)} instead of {getattr(calm, name)}"
        for name in ("steps", "lines", "deliveries", "commands", "cases", "keys")
        if getattr(left, name) != getattr(calm, name)
    ]
    if set(found.taken) != left.keys:
        wrong.append(f"sent under other keys: {set(found.taken) ^ left.keys}")
    return wrong
