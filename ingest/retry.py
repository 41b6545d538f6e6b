"""Trying again what another system could not do just now."""

import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from city.clock import Clock
from city.errors import UnavailableError

T = TypeVar("T")

FIRST_S = 0.1  # most of what passes has passed by then
LONGEST_S = 10.0  # a system that comes back should not wait longer for its backlog to begin
ASKED_S = 3_600.0  # most that the other side can ask for: a wrong clock over there must not stop us longer


async def until_available(
    attempt: Callable[[], Awaitable[T]], clock: Clock, rng: random.Random, failed: Callable[[UnavailableError], None]
) -> T:
    """The result of the first `attempt` that does not raise UnavailableError.

    Between attempts it waits twice as long each time, up to `LONGEST_S`, of which a random part (full jitter, so that
    several who wait for one system do not come back at once), and no less than the other side asked for, up to
    `ASKED_S`. `failed` is told of every failure.
    """
    wait_s = FIRST_S
    while True:
        try:
            return await attempt()
        except UnavailableError as error:
            failed(error)
            await clock.sleep(max(rng.uniform(wait_s / 2, wait_s), min(error.retry_after_s or 0.0, ASKED_S)))
            wait_s = min(2 * wait_s, LONGEST_S)
