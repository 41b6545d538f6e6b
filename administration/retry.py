"""When a failed effect is tried again, and for how long."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retry:
    """Exponential backoff with full jitter (M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).

    for_ms: formats.md: 72 h, so that a long weekend without anybody at the receiver loses nothing
    first_ms: most failures are a restart of the receiver, which takes a second or two
    longest_ms: a receiver that was away for days hears within ten minutes of its return
    asked_ms: most that Retry-After can ask for; a wrong clock over there must not silence alarms longer
    """

    for_ms: int = 72 * 3_600_000
    first_ms: int = 1_000
    longest_ms: int = 600_000
    asked_ms: int = 3_600_000

    def wait_ms(self, attempts: int, asked_s: float | None, rng: random.Random) -> int:
        """How long to wait after the `attempts`-th attempt (from 1) failed: not less than was asked for, within bounds.

        rng: random.Random drawn from once a call
        """
        # 2**32 × first_ms is past any bound: the exponent stays small however many attempts there were.
        highest = min(self.longest_ms, self.first_ms * 2 ** min(attempts - 1, 32))
        jittered = round(rng.uniform(0, highest))
        return max(jittered, self.rest_ms(asked_s))

    def rest_ms(self, asked_s: float | None) -> int:
        """How long the whole endpoint is left alone, because it asked for it."""
        return 0 if asked_s is None else min(self.asked_ms, round(asked_s * 1000))
