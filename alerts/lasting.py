"""How long rows last: what a plan says of it, and until when a row fires at least."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from alerts.engine_state import RowStates
from alerts.plan import NEVER
from alerts.verdict import Verdict
from alerts.window import Rows
from city.reading import Int64s
from city.rule import Flaps

# What conditions say of rows, each at a time (ms) between its moments; the third: place of the newest sample then.
Judging = Callable[[Int64s, Int64s, Int64s], Verdict]


class Lasting(Protocol):
    """A plan's `for`, `hold` and `flaps`."""

    @property
    def timed(self) -> bool:
        """Whether it has any of them."""
        ...

    @property
    def for_ms(self) -> Int64s:
        """int64[rows]: how long a condition must hold before its row fires."""
        ...

    @property
    def hold_ms(self) -> Int64s:
        """int64[rows]: how long a row fires at least."""
        ...

    @property
    def flaps(self) -> Flaps | None:
        """Of all its rules; None: they hold nothing that comes and goes."""
        ...


def lasting_ms(plan: Lasting) -> Int64s:
    """int64[rows]: for how long what a row said before counts for where it stands."""
    lull_ms = 0 if plan.flaps is None else plan.flaps.within_ms
    return plan.for_ms + plan.hold_ms + lull_ms


def held_until(plan: Lasting, states: RowStates, rows: Rows) -> Int64s:
    """int64[rows]: the moment (ms) before which rows that fire do not resolve: of `hold`, or of calm.

    `NEVER` where nothing holds them: the date of a change may be later than its moment, and is no moment itself.
    """
    hold = plan.hold_ms[rows]
    held: Int64s = np.where(hold > 0, states.since[rows] + hold, NEVER)
    flaps = states.flaps
    return held if flaps is None else np.where(flaps.flapping[rows], np.maximum(held, flaps.calm_ms(rows)), held)
