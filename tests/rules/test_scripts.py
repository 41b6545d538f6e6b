"""Rule scripts: every case comes out as it says, says something that can be wrong, and is one truth."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from alerts.engine import Engine
from alerts.rule_file import RuleSet, read_rules
from alerts.script.case import Expect, ExpectNothing, ExpectWarning, MakeSilence
from alerts.script.course import begin_engine, run_case
from alerts.script.expect_line import STATES
from alerts.script.file import read_script
from alerts.script.ready import NewRules, Ready, ReadyStep, make_ready
from city.alert import AlertEvent
from city.decision import ClosingReason
from city.entry import BatchEntry, Entry, TickEntry
from city.errors import Mistake
from city.reading import Quality, ReadingBatch
from tests.support.rule_city import rule_text

HERE = Path(__file__).parent
SENTENCE = re.compile(r"^# \[([a-z-]+\.[a-z-]+)\] \S", re.MULTILINE)
DAY_MS = 86_400_000
Prepared = tuple[Ready, tuple[str, ...]]


def texts() -> dict[str, str]:
    return {str(file.relative_to(HERE)): file.read_text("utf-8") for file in sorted(HERE.rglob("*.rules-test"))}


@cache
def prepared() -> dict[str, Prepared]:
    """Every case by file and title."""
    mistakes: list[Mistake] = []
    found: dict[str, Prepared] = {}
    for file, text in texts().items():
        script = read_script(text, file, mistakes)
        for case in script.cases:
            ready = make_ready(case, file, None, {}, mistakes)
            if ready is not None:
                name = f"{file.removesuffix('.rules-test')}: {case.title}"
                assert name not in found, name
                found[name] = (ready, script.lines)
    assert mistakes == []
    return found


def is_prompt(ready: Ready, entries: Sequence[Entry]) -> bool:
    """Whether there is nothing but readings in time order, each arrived within its delay, and time that passes."""
    delay_ms = np.array([sensor.delay_ms for sensor in ready.catalog.sensors])
    batches = [entry for entry in entries if isinstance(entry, BatchEntry)]
    return (
        all(isinstance(entry, BatchEntry | TickEntry) for entry in entries)
        and all(((b.at_ms - b.batch.time) <= delay_ms[b.batch.series]).all() for b in batches)
        and not any((b.batch.quality & Quality.LATE).any() for b in batches)
        and not any(sensor.registered_ms for sensor in ready.catalog.sensors)
    )


every_case = pytest.mark.parametrize("name", list(prepared()))


@every_case
def test_case(name: str) -> None:
    assert run_case(*prepared()[name]).diff() == ""


@every_case
def test_each_expectation_of_a_case_can_fail(name: str) -> None:
    ready, lines = prepared()[name]
    tried = 0
    for place, step in enumerate(ready.steps):
        for wrong in perturbed(ready, place):
            missed = {each.place for each in run_case(wrong, lines).missed}
            assert step.place in missed, step
            tried += 1
    assert tried


def perturbed(ready: Ready, place: int) -> Iterator[Ready]:
    """The case with one expectation turned into what does not come, or with what comes turned against it."""
    step = ready.steps[place]
    match step:
        case Expect():
            for other in others(step):
                yield replace(ready, steps=(*ready.steps[:place], other, *ready.steps[place + 1 :]))
        case ExpectNothing():
            yield noisy(ready, "noise", step)
        case ExpectWarning():
            yield noisy(ready, step.rule or "", step)
        case _:
            return


def others(expected: Expect) -> Iterator[Expect]:
    """Everything that an expectation says, each turned into another."""
    for state in STATES:
        if state != expected.state and {state, expected.state} != {"inactive", "resolved"}:
            yield replace(expected, state=state)
    for name in ("since_ms", "raised_ms", "severity", "value", "peak", "decided_ms"):
        number = getattr(expected, name)
        if number is not None:
            yield replace(expected, **{name: number + 1})
    if expected.told is not None:
        yield replace(expected, told=not expected.told)
    if expected.reason is not None:
        yield from (replace(expected, reason=reason) for reason in ClosingReason if reason != expected.reason)
    if expected.retroactive is not None:
        yield replace(expected, retroactive=not expected.retroactive)
    if expected.flapping is not None:
        yield replace(expected, flapping=not expected.flapping)
    if expected.late is not None:
        yield replace(expected, late=not expected.late)


def noisy(ready: Ready, name: str, step: ReadyStep) -> Ready:
    """The case up to that step with a rule of this name that every reading raises, and every minute's silence."""
    quantity = f"{{quantity: {ready.catalog.sensors[0].quantity.id}}}"
    noise = read_rules({"noise": rule_text(id=name, select=quantity, raise_="last() > -1e6", no_data="1m")})
    kept = tuple(rule for rule in ready.rules.rules if rule.id != name)
    before = ready.steps[: ready.steps.index(step) + 1]
    steps = tuple(each for each in before if not isinstance(each, NewRules | MakeSilence))  # neither ends nor hides it
    return replace(ready, rules=RuleSet((*noise.rules, *kept), noise.warnings), steps=steps)


@every_case
def test_a_case_is_one_truth(name: str) -> None:
    ready, lines = prepared()[name]
    result = run_case(ready, lines)
    assert again(ready, result.entries, restored=False) == list(result.events)
    assert again(ready, result.entries, restored=True) == list(result.events)


PROMPT = [name for name, (ready, lines) in prepared().items() if is_prompt(ready, run_case(ready, lines).entries)]


@pytest.mark.parametrize("name", PROMPT)
def test_over_prompt_readings_history_gives_the_same_as_live(name: str) -> None:
    ready, lines = prepared()[name]
    entries = run_case(ready, lines).entries
    end = TickEntry(len(entries) + 1, entries[-1].at_ms + DAY_MS)
    live = again(ready, [*entries, end], restored=False)
    batch = ReadingBatch.concat([entry.batch for entry in entries if isinstance(entry, BatchEntry)])
    order = np.argsort(batch.time, kind="stable")
    history = BatchEntry(1, entries[-1].at_ms, batch.take(order), arrived=batch.time[order])
    past = Engine(ready.catalog.city, ready.catalog, ready.rules.rules, replay_from_ms=ready.case.start_ms)
    replayed = [event for entry in (history, end) for event in past.step(entry)]
    assert {event.id for event in replayed if event.told} == {event.id for event in live if event.told}


def test_many_cases_are_of_prompt_readings() -> None:
    assert 3 * len(PROMPT) > len(prepared())


def again(ready: Ready, entries: Sequence[Entry], *, restored: bool) -> list[AlertEvent]:
    """The events of the case's journal, run again; `restored`: by an engine that is restored before each entry."""
    engine = begin_engine(ready)
    events: list[AlertEvent] = []
    for entry in entries:
        if restored:
            engine = Engine.restore(engine.snapshot())
        events += engine.step(entry)
    return events


def test_every_sentence_of_the_semantics_has_a_case() -> None:
    listed = (HERE / "sentences.txt").read_text("utf-8").splitlines()
    names = [line.strip() for line in listed if line.strip() and not line.startswith("#")]
    shown = {name for text in texts().values() for name in SENTENCE.findall(text)}
    assert len(set(names)) == len(names)
    assert sorted(shown) == sorted(names)


def test_every_case_says_what_it_shows() -> None:
    unsaid = []
    for file, text in texts().items():
        lines = text.splitlines()
        for number, line in enumerate(lines):
            if line.startswith("case ") and not lines[number - 1].startswith("# "):
                unsaid.append(f"{file}:{number + 1} {line}")
    assert unsaid == []
