"""Runs the tests that stand in rule files, through the same engine as everything else."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from alerts.engine import Engine
from alerts.expression import is_group
from alerts.grouping import subjects
from alerts.plan import conditions_of, selected
from city.alert import AlertEvent
from city.catalog import Catalog
from city.entry import BatchEntry, TickEntry
from city.errors import Mistake, MistakesError, Place
from city.reading import ReadingBatch
from city.rule import Expectation, Rule, RuleTest
from city.value import MS_OF

START_MS: Final = 1_704_034_800_000  # 2024-01-01T00:00+09:00: the `0m` of a test that does not say
_READING: Final = re.compile(
    r"(?:(0)|(\d{1,9})(ms|s|m|h|d))\s+([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)", re.ASCII
)
_INACTIVE: Final = "inactive"


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that was not met."""

    expected: Expectation
    subject: str
    found: str


@dataclass(frozen=True, slots=True)
class RuleTestResult:
    """What became of one test of one rule.

    changes: every change of the rule's alerts, as `(subject, ms since the start, state)`
    """

    rule: str
    place: Place
    failures: tuple[Failure, ...]
    changes: tuple[tuple[str, int, str], ...]

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.failures

    def diff(self) -> str:
        """What was expected and what came, as lines with - and +, then all changes; empty where the test passed."""
        if self.passed:
            return ""
        lines = [f"{self.place} {self.rule}"]
        for failure in self.failures:
            at = span(failure.expected.at_ms)
            lines += [
                f"- {at:>6} {failure.subject} {failure.expected.text}",
                f"+ {at:>6} {failure.subject} {failure.found}",
            ]
        lines += [f"  {span(at):>6} {subject} → {state}" for subject, at, state in self.changes]
        return "\n".join(lines)


def run_rule_tests(rules: Sequence[Rule], catalog: Catalog) -> list[RuleTestResult]:
    """Every test of every rule, each on an engine of its own with that rule alone.

    A reading arrives at its own time; an expectation is about the state as of its event time. Raises MistakesError for
    tests that cannot be read.
    """
    mistakes: list[Mistake] = []
    results: list[RuleTestResult] = []
    for rule in rules:
        for test in rule.tests:
            before = len(mistakes)
            rows = _rows(test, catalog, mistakes)
            if len(_subjects(rule, test, catalog)) != 1 and any(expected.subject is None for expected in test.expect):
                mistakes.append(Mistake.at(test.place, "alerts.test_subject"))
            if len(mistakes) == before:
                results.append(_run(rule, test, rows, catalog))
    if mistakes:
        raise MistakesError(mistakes)
    return results


def span(ms: int) -> str:
    """A duration as rule files write it, in the largest unit that is exact."""
    unit = next((unit for unit in ("d", "h", "m", "s") if ms % MS_OF[unit] == 0 and ms >= 2 * MS_OF[unit]), "ms")
    return f"{ms // MS_OF[unit]}{unit}" if ms else "0m"


def read_readings(text: str) -> list[tuple[int, float]] | None:
    """`"0m 5.0, 10m 5.7"` as (ms, value), ascending; None for anything else."""
    found: list[tuple[int, float]] = []
    for piece in text.split(","):
        match = _READING.fullmatch(piece.strip())
        if match is None:
            return None
        ms = 0 if match[1] else int(match[2]) * MS_OF[match[3]]
        if found and ms <= found[-1][0]:
            return None
        found.append((ms, float(match[4])))
    return found


def _rows(test: RuleTest, catalog: Catalog, mistakes: list[Mistake]) -> list[tuple[int, int, float]]:
    """(time, series, value) of all readings of a test, in order of time."""
    index: Mapping[str, int] = {str(key): place for key, place in catalog.index.items()}
    rows: list[tuple[int, int, float]] = []
    for name, text in test.readings.items():
        readings = read_readings(text)
        if readings is None:
            mistakes.append(Mistake.at(test.place, "alerts.test_readings", found=text[:80]))
        elif name not in index:
            mistakes.append(Mistake.at(test.place, "alerts.test_series", found=name[:80], near="—"))
        else:
            rows += [(_start_ms(test) + ms, index[name], value) for ms, value in readings]
    return sorted(rows)


def _run(rule: Rule, test: RuleTest, rows: Sequence[tuple[int, int, float]], catalog: Catalog) -> RuleTestResult:
    start_ms = _start_ms(test)
    engine = Engine(catalog.city, catalog, [_alone(rule, test)], replay_from_ms=start_ms)
    times = np.array([time for time, _, _ in rows], np.int64)
    batch = ReadingBatch(
        np.array([series for _, series, _ in rows], np.int32),
        times,
        np.array([value for _, _, value in rows], np.float64),
        np.zeros(len(rows), np.uint8),
    )
    end_ms = start_ms + max((expected.at_ms for expected in test.expect), default=0)
    end_ms = max([end_ms, *times.tolist()]) + max((sensor.delay_ms for sensor in catalog.sensors), default=0)
    events = engine.step(BatchEntry(1, int(times.max(initial=start_ms)), batch, arrived=times.copy()))
    events += engine.step(TickEntry(2, end_ms))
    failures = []
    usual = next(iter(_subjects(rule, test, catalog)), "")  # where there is none, every expectation names its own
    for expected in test.expect:
        subject = expected.subject or usual
        found, severity = _state_at(events, rule.id, subject, start_ms + expected.at_ms)
        met = found == expected.state or (found == "resolved" and expected.state == _INACTIVE)
        if expected.severity is not None:
            met, found = met and severity == expected.severity, f"{found} {severity}"
        if not met:
            failures.append(Failure(expected, subject, found))
    changes = tuple((e.subject, e.at_ms - start_ms, e.to_state.value) for e in events if e.rule == rule.id)
    return RuleTestResult(rule.id, test.place, tuple(failures), changes)


def _start_ms(test: RuleTest) -> int:
    return START_MS if test.start_ms is None else test.start_ms


def _alone(rule: Rule, test: RuleTest) -> Rule:
    """The rule on the test's series alone."""
    named = frozenset(test.readings)
    series = named if rule.select.series is None else named & rule.select.series
    return replace(rule, select=replace(rule.select, series=series))


def _subjects(rule: Rule, test: RuleTest, catalog: Catalog) -> Collection[str]:
    """What an expectation may be about: the groups, or what is read of the series that the rule selects.

    Where it is none of these, all that is read: what a rule does not look at is expected to be inactive.
    """
    conditions = conditions_of(rule)
    if any(is_group(condition) for condition in conditions):
        return [subject.name for subject in subjects(_alone(rule, test), conditions, catalog)]
    chosen = {str(catalog.sensors[k].key) for k in selected(rule.select, catalog).tolist()}
    return [name for name in test.readings if name in chosen] or test.readings


def _state_at(events: Sequence[AlertEvent], rule: str, subject: str, at_ms: int) -> tuple[str, int]:
    """The state that the newest change up to then led to, and its severity, 0 before the first."""
    state, severity = _INACTIVE, 0
    for event in events:
        if event.rule == rule and event.subject == subject and event.at_ms <= at_ms:
            state, severity = event.to_state.value, event.severity
    return state, severity
