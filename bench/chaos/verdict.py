"""Whether the city has what the spools took, each once, and was alarmed whenever a quiet run would have been.

The quiet run is the appended readings themselves, in the order of their times: what a city to which nothing happened
would have seen. It is reckoned here, by itself, from the one shape that chaos's rules have (`last() >= threshold`).
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bench.chaos.truth import Reading

Interval = tuple[int, int]  # ms: from, until
Watched = tuple[str, str]  # rule, subject


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault that was done. device: empty where it hit all of them. Times are the machine's, epoch ms."""

    fault: str
    device: str
    from_ms: int
    until_ms: int


class Verdict(msgspec.Struct, frozen=True):
    """The last line.

    surplus: alarms beyond those of the quiet run, ms, by the last fault before them
    balanced: whether the city's counters add up
    unkept: messages that full disks refused; unkept_unexplained: that others did
    quarantined: readings that a lost clock had put into an impossible time, each once; misjudged: pieces of the
        quarantine for any other reason
    queued: how many messages the broker held each time it was killed
    """

    seed: int
    appended: int
    stored: int
    lost: int
    doubled: int
    foreign: int
    alerts: int
    alerts_missing: int
    alerts_unexplained: int
    surplus: dict[str, int]
    balanced: bool
    quarantined: int
    misjudged: int
    unkept: int
    unkept_unexplained: int
    queued: list[int]
    faults: dict[str, int]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        alerts = self.alerts_missing, self.alerts_unexplained
        readings = self.lost, self.doubled, self.foreign, self.misjudged, self.unkept_unexplained
        return not any([*readings, *alerts]) and self.balanced and all(self.queued)


def compare(appended: Iterable[Reading], stored: Iterable[Reading]) -> tuple[int, int, int]:
    """How many readings are lost, doubled, and stored without having been appended."""
    truth, found = Counter(appended), Counter(stored)
    lost = sum(1 for one in truth if one not in found)
    doubled = sum(count - 1 for count in found.values())
    foreign = sum(1 for one in found if one not in truth)
    return lost, doubled, foreign


def quiet_intervals(appended: Iterable[Reading], rules: Mapping[str, float]) -> dict[Watched, list[Interval]]:
    """From the first reading at or above a rule's threshold until the first below it; the last reading ends all."""
    series: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for one in appended:
        series[f"{one.device}:{one.sensor}"].append((one.time_ms, one.value))
    found: dict[Watched, list[Interval]] = {}
    for subject, readings in series.items():
        readings.sort()
        for rule, threshold in rules.items():
            found[rule, subject] = _above(readings, threshold)
    return found


def _above(readings: Sequence[tuple[int, float]], threshold: float) -> list[Interval]:
    intervals: list[Interval] = []
    since: int | None = None
    for at, value in readings:
        if value >= threshold and since is None:
            since = at
        elif value < threshold and since is not None:
            intervals.append((since, at))
            since = None
    if since is not None:
        intervals.append((since, readings[-1][0]))
    return intervals


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same moments, in order, each in one interval."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def beyond(these: Iterable[Interval], those: Iterable[Interval]) -> list[Interval]:
    """What of `these` lies outside of `those`; an interval of no length lies outside where no other touches it."""
    left: list[Interval] = []
    covers = merged(those)
    for first, end in merged(these):
        start = first
        if start == end:
            left += [] if any(a <= start <= b for a, b in covers) else [(start, end)]
            continue
        for a, b in covers:
            if b <= start or a >= end:
                continue
            if a > start:
                left.append((start, a))
            start = max(start, b)
        if start < end:
            left.append((start, end))
    return left


def missing(quiet: Mapping[Watched, Sequence[Interval]], alarmed: Mapping[Watched, Sequence[Interval]]) -> list[str]:
    """Alarms of the quiet run that the city's, live and retroactive together, do not cover."""
    return [
        f"{rule} {subject}: {interval} lacks {gaps}"
        for (rule, subject), intervals in quiet.items()
        for interval in intervals
        if (gaps := beyond([interval], alarmed.get((rule, subject), [])))
    ]


def surplus(
    quiet: Mapping[Watched, Sequence[Interval]],
    alarmed: Mapping[Watched, Sequence[Interval]],
    late: Mapping[str, Sequence[int]],
    troubles: Sequence[Trouble],
) -> tuple[dict[str, int], list[str]]:
    """Alarms beyond the quiet run's: how long by fault, and those that nothing explains.

    The one thing that explains them is a reading of that very series that came behind a newer one and lies in them:
    what comes late never clears what is live (rules.md). The last fault before it gives it its name, no more.
    """
    explained: Counter[str] = Counter()
    unexplained: list[str] = []
    for (rule, subject), intervals in alarmed.items():
        times = late.get(subject, [])
        for start, end in beyond(intervals, quiet.get((rule, subject), [])):
            if bisect_right(times, end) > bisect_left(times, start):
                explained[_last_fault(subject.partition(":")[0], end, troubles)] += end - start
            else:
                unexplained.append(f"{rule} {subject}: {start} to {end}")
    return dict(explained), unexplained


def _last_fault(device: str, at_ms: int, troubles: Sequence[Trouble]) -> str:
    """Of the device itself or of the city, the last that began by then."""
    before = [one for one in troubles if one.device in ("", device) and one.from_ms <= at_ms]
    return max(before, key=lambda one: one.from_ms).fault if before else "none"
