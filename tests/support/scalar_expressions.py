"""What expressions say, slow and obvious: functions of one series' past, and conditions in Kleene's three values.

Written from the design's text and not from the engine; nothing but the language's nodes is shared with it.
"""

import itertools
import math
import statistics
from dataclasses import dataclass

from alerts.expression import And, Arithmetic, Call, Compare, Condition, Expression, Lookup, Negative, Not, Number, Or
from alerts.expression import parts as parts_of
from city.catalog import Sensor

HOUR_MS = 3_600_000
NAN = math.nan


@dataclass(frozen=True)
class Sample:
    """A reading as a rule saw it."""

    time: int
    value: float
    quality: int
    arrived: int


def finite(number: float) -> float:
    """NaN for what is not finite."""
    return number if math.isfinite(number) else NAN


def call(function: Call, sensor: Sensor, past: list[Sample], now: int) -> float:  # noqa: PLR0911  one return for each
    """A function at `now`, over what was seen until then."""
    name, arguments = function.function.name, function.arguments
    if name == "last":
        return past[-1].value if past else NAN
    if name == "age":
        return (now - past[-1].time) / HOUR_MS if past else NAN
    if name == "baseline":
        return baseline(past, now, int(arguments[0]))
    d = int(arguments[0])
    window = [s for s in past if now - d < s.time <= now]
    if name in {"delta", "rate"}:
        earlier = [s for s in past if now - 2 * d <= s.time <= now - d]
        change = finite(past[-1].value - earlier[-1].value) if earlier else NAN
        return change if name == "delta" else finite(change / (d / HOUR_MS))
    if name == "ewma":
        return ewma([s for s in past if now - 5 * d < s.time <= now], d)
    if name == "flat":
        return flat([s for s in past if now - 2 * d < s.time <= now], d, sensor.resolution or 0.0) if window else NAN
    if name == "forecast":
        return finite(past[-1].value + slope(window) * d / HOUR_MS * (1 - math.exp(-arguments[1] / d))) if past else NAN
    if name == "slope":
        return slope(window)
    return of_values(name, [s.value for s in window], arguments)


def of_values(name: str, window: list[float], arguments: tuple[float, ...]) -> float:  # noqa: PLR0911  one for each
    """A function of a window's values alone."""
    if name == "count":
        return float(len(window))
    if not window:
        return NAN
    match name:
        case "mean":
            return finite(sum(window) / len(window))
        case "min":
            return min(window)
        case "max":
            return max(window)
        case "sum":
            return finite(sum(window))
        case "median":
            return quantile(window, 0.5)
        case "quantile":
            return quantile(window, arguments[1])
        case "std":
            return statistics.stdev(window) if len(window) > 1 else NAN
        case "zscore":
            *others, last = window
            middle = quantile(others, 0.5)
            scatter = 1.4826 * quantile([abs(v - middle) for v in others], 0.5)
            return (last - middle) / scatter if scatter else NAN
        case unknown:
            raise AssertionError(unknown)


def quantile(values: list[float], q: float) -> float:
    """Linear between neighbours; NaN of nothing."""
    if not values:
        return NAN
    ordered = sorted(values)
    position = (len(ordered) - 1) * q
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return finite(ordered[low] + (ordered[high] - ordered[low]) * (position - low))


def slope(window: list[Sample]) -> float:
    """Least squares, per hour."""
    if len(window) < 3:
        return NAN
    return statistics.linear_regression(
        [(s.time - window[-1].time) / HOUR_MS for s in window], [s.value for s in window]
    ).slope


def ewma(reach: list[Sample], d: int) -> float:
    """Step by step: the mean so far fades with the time that has passed, and the newer reading takes its place."""
    if not reach:
        return NAN
    mean = reach[0].value
    for before, sample in itertools.pairwise(reach):
        kept = math.exp(-(sample.time - before.time) / d)
        mean = kept * mean + (1 - kept) * sample.value
    return mean


def flat(reach: list[Sample], d: int, resolution: float) -> float:
    """From the newest back, as long as nothing has moved."""
    since = reach[-1]
    for sample in reversed(reach):
        if abs(sample.value - reach[-1].value) > resolution:
            break
        since = sample
    return min(reach[-1].time - since.time, d) / HOUR_MS


def baseline(past: list[Sample], now: int, days: int) -> float:
    """The median around the same time of the days before."""
    day, around = 24 * HOUR_MS, HOUR_MS // 2
    moments = [now - k * day for k in range(1, days + 1)]
    return quantile([s.value for s in past for t in moments if t - around < s.time <= t + around], 0.5)


def number(node: Expression, sensor: Sensor, past: list[Sample], now: int) -> float:
    """A numeric node."""
    match node:
        case Number(value=value):
            return value
        case Lookup(kind="number", name=name):
            raise AssertionError(name)  # `on` has put its value there
        case Lookup(kind="level", name=name):
            return sensor.levels.get(name, NAN)
        case Lookup(name=name):
            return sensor.attributes.get(name, NAN)
        case Call():
            return call(node, sensor, past, now)
        case Negative(operand=operand):
            return -number(operand, sensor, past, now)
        case Arithmetic(operator=operator, left=left, right=right):
            a, b = number(left, sensor, past, now), number(right, sensor, past, now)
            return arithmetic(operator, a, b)
        case _:
            raise AssertionError(node)


def arithmetic(operator: str, a: float, b: float) -> float:
    """One of the four, NaN where the result is not finite."""
    if operator == "/":
        return finite(a / b) if b != 0 else NAN
    return finite({"+": a + b, "-": a - b, "*": a * b}[operator])


def kleene(node: Condition, sensor: Sensor, past: list[Sample], now: int) -> bool | None:
    """A condition: true, false or None for unknown."""
    match node:
        case Compare(operator=operator, left=left, right=right):
            a, b = number(left, sensor, past, now), number(right, sensor, past, now)
            if math.isnan(a) or math.isnan(b):
                return None
            return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[operator]
        case And(parts=parts):
            found = [kleene(part, sensor, past, now) for part in parts]
            return False if False in found else None if None in found else True
        case Or(parts=parts):
            found = [kleene(part, sensor, past, now) for part in parts]
            return True if True in found else None if None in found else False
        case Not(part=part):
            inner = kleene(part, sensor, past, now)
            return None if inner is None else not inner
        case _:
            raise AssertionError(node)


def empties(node: Call) -> int:
    """How long after its newest reading the last sample that a call looks at is gone."""
    d = int(node.arguments[0])
    match node.function.name:
        case "delta" | "rate":
            return 2 * d + 1
        case "ewma":
            return 5 * d
        case "baseline":
            return d * 24 * HOUR_MS + HOUR_MS // 2
        case _:
            return d


def timers_after_reading(conditions: list[Condition]) -> list[tuple[int, float, bool]]:
    """What depends on the clock alone: (window, nan, False) that empties, (0, hours, strict) of age()."""
    found: list[tuple[int, float, bool]] = []
    for condition in conditions:
        calls = (node for node in parts_of(condition) if isinstance(node, Call) and node.arguments)
        found += [(empties(node), NAN, False) for node in calls]
    return found


def age_edges(conditions: list[Condition], sensor: Sensor) -> list[int]:
    """At how many ms after a reading a comparison of age() changes its truth, found by looking."""
    edges: list[int] = []
    for condition in conditions:
        for node in parts_of(condition):
            if not isinstance(node, Compare):
                continue
            sides = [node.left, node.right]
            if not any(isinstance(side, Call) and side.function.name == "age" for side in sides):
                continue
            limit = next(number(s, sensor, [], 0) for s in sides if not (isinstance(s, Call)))
            if math.isnan(limit) or limit < 0:
                continue
            for age in range(max(1, int(limit * HOUR_MS) - 3), int(limit * HOUR_MS) + 4):
                past = [Sample(0, 0.0, 0, 0)]
                if kleene(node, sensor, past, age) != kleene(node, sensor, past, age - 1):
                    edges.append(age)
    return edges
