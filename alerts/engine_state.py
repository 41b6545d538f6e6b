"""Where every row of a plan stands. A plan says what to do, this says how far it has come: never one object."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from alerts.flapping import FlapStates
from alerts.plan import NEVER
from alerts.window import Rows
from city.alert import AlertState
from city.reading import Bools, Float64s, Int64s, UInt8s
from city.rule import Flaps

INACTIVE: Final = 0
PENDING: Final = 1
FIRING: Final = 2
RESOLVED: Final = 3  # only in changes: a resolved row stands as inactive
STATES: Final = (AlertState.INACTIVE, AlertState.PENDING, AlertState.FIRING, AlertState.RESOLVED)


@dataclass(slots=True, eq=False)
class RowStates:
    """Columns over a plan's rows; their contents change, step by step.

    state: uint8, one of INACTIVE, PENDING, FIRING
    since: int64, when pending or firing began, ms; `NEVER` when inactive
    last: int64, date of the newest change, ms; `NEVER` before the first
    peak: float64, greatest reading since firing began; −inf while there is none
    cursor: int64, event time of the newest timer that was seen to, ms; of no account once a newer reading came
    newest_timer: none of these is newer
    muted: bool, rows that a person closed and whose raise has not been false since; None while there is none
    flaps: of rows that are held while they come and go; None where the plan's are not
    """

    state: UInt8s
    since: Int64s
    last: Int64s
    peak: Float64s
    cursor: Int64s
    newest_timer: int = NEVER
    muted: Bools | None = None
    flaps: FlapStates | None = None

    @classmethod
    def fresh(cls, rows: int, flaps: Flaps | None = None) -> "RowStates":
        """All inactive, nothing behind them."""
        return cls(
            np.zeros(rows, np.uint8),
            np.full(rows, NEVER, np.int64),
            np.full(rows, NEVER, np.int64),
            np.full(rows, -np.inf),
            np.full(rows, NEVER, np.int64),
            flaps=None if flaps is None else FlapStates.fresh(flaps, rows),
        )

    def see_timers(self, rows: Int64s | Bools, time: Int64s) -> None:
        """Notes the event times, in ms, up to which those rows' timers were seen to."""
        self.cursor[rows] = time
        self.newest_timer = max(self.newest_timer, int(time.max(initial=NEVER)))

    def see_readings(self, rows: slice | Int64s, oldest_ms: int) -> None:
        """After readings of those rows, all at or after `oldest_ms`: timers before them are of no account any more.

        As a rule none was newer than the readings are, and then there is nothing to do.
        """
        if self.newest_timer > oldest_ms:
            self.cursor[rows] = NEVER

    def flapping(self, rows: Int64s) -> Bools:
        """bool[rows]: those that fire and are flapping."""
        if self.flaps is None:
            return np.zeros(len(rows), np.bool_)
        found: Bools = self.flaps.flapping[rows] & (self.state[rows] == FIRING)
        return found

    def mute(self, rows: Int64s) -> None:
        """They are not raised before `unmute`."""
        if rows.size:
            muted = np.zeros(len(self.state), np.bool_) if self.muted is None else self.muted
            muted[rows] = True
            self.muted = muted

    def unmute(self, rows: Int64s) -> None:
        """Their raise was false: from then on it counts again."""
        if self.muted is not None and rows.size:
            self.muted[rows] = False
            if not self.muted.any():
                self.muted = None

    def at_rest(self, rows: Rows) -> Bools:
        """bool[len(rows)]: rows that only a raise can move."""
        rest: Bools = self.state[rows] == INACTIVE
        return rest if self.muted is None else rest & ~self.muted[rows]

    def told(self) -> Bools:
        """bool[rows]: rows that differ from a fresh one in what counts; the muted have a change behind them."""
        different: Bools = (self.state != INACTIVE) | (self.last != NEVER) | (self.cursor != NEVER)
        return different


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Changes of state, ordered by row, then time.

    row: int64[n]; before, after: uint8[n] (after may be RESOLVED); at: int64[n], their dates, ms
    raised: int64[n], when firing began, or the date of a change that does not reach firing
    newest: int64[n], place of the newest sample then; −1 where there was none or silence itself was the reason
    peak: float64[n], −inf where there is none
    severity: int64[n], None: that of the plan
    flapping: bool[n], whether what fires or has fired is flapping; None: nothing is
    """

    row: Int64s
    before: UInt8s
    after: UInt8s
    at: Int64s
    raised: Int64s
    newest: Int64s
    peak: Float64s
    severity: Int64s | None = None
    flapping: Bools | None = None

    def __len__(self) -> int:
        return len(self.row)
