"""What stores that keep history agree on: how long raw readings stay, and what an hour of them leaves."""

from dataclasses import dataclass
from typing import Final, assert_never

from city.ports import Aggregate

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
# A year and five weeks: whoever looks into a season can lay last year's readings of the same weeks beside it.
RAW_DAYS: Final = 400


@dataclass(frozen=True, slots=True)
class Hour:
    """What stays for ever of the readings of one series in one hour (or any other step); bad ones are left out."""

    count: int
    total: float
    low: float
    high: float

    @classmethod
    def of(cls, value: float) -> "Hour":
        """One reading."""
        return cls(1, value, value, value)

    def plus(self, other: "Hour") -> "Hour":
        """Both together."""
        return Hour(
            self.count + other.count, self.total + other.total, min(self.low, other.low), max(self.high, other.high)
        )

    def value(self, how: Aggregate) -> float:
        """The one figure that was asked for."""
        match how:
            case Aggregate.MEAN:
                return self.total / self.count
            case Aggregate.MIN:
                return self.low
            case Aggregate.MAX:
                return self.high
            case Aggregate.SUM:
                return self.total
            case Aggregate.COUNT:
                return float(self.count)
            case _:
                assert_never(how)


def hour_of(time_ms: int) -> int:
    """The start of the hour that `time_ms` lies in."""
    return time_ms - time_ms % HOUR_MS


def raw_from_ms(now_ms: int, newest_ms: int, raw_days: int) -> int:
    """Where the raw readings that are kept begin, on a whole hour.

    It is reckoned from the newest reading where that is older than now: a machine whose clock jumps ahead by years
    must not lose the city's record to it.
    """
    return hour_of(min(now_ms, newest_ms) - raw_days * DAY_MS)
