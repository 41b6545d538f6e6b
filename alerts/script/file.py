"""Scripts from text, every mistake at once.

A line is one statement; lines that are indented belong to the `rule` or `reload` above them; `#` begins a comment. What
stands before the first `case` holds for every case. docs/rule-scripts.md shows the whole form.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from alerts.script.case import (
    START_MS,
    Case,
    Expectation,
    NewSensor,
    Outage,
    Reload,
    RuleBlock,
    RulePath,
    RuleSource,
    Script,
    SensorLine,
    Step,
    Wait,
)
from alerts.script.decision_line import VERBS, read_decision
from alerts.script.expect_line import read_expectation
from alerts.script.load_line import read_load
from alerts.script.sensor_line import read_sensor
from alerts.script.silence_line import read_lift, read_silence
from alerts.script.words import Words, WrongLineError
from city.errors import Mistake, Place

HEADER: Final = ("city", "rules", "rule", "sensor", "start", "replay")
STEPS: Final = ("load", "wait", "restart", "outage", "reload", *VERBS, "silence", "lift", "expect")


@dataclass(frozen=True, slots=True)
class _Statement:
    """A line, and the indented ones below it."""

    words: Words
    place: Place
    text: str
    block: tuple[tuple[int, str], ...]


@dataclass(slots=True)
class _Open:
    """A case, or the header, that is being read."""

    title: str
    place: Place
    start_ms: int = START_MS
    replay: bool = False
    sensors: list[SensorLine] = field(default_factory=list)
    rules: list[RuleSource] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def begin(self, title: str, place: Place) -> "_Open":
        """A case below this header."""
        return replace(self, title=title, place=place, sensors=[*self.sensors], rules=[*self.rules], steps=[])

    def closed(self) -> Case:
        """As it was read."""
        return Case(
            self.title,
            self.place,
            self.start_ms,
            self.replay,
            tuple(self.sensors),
            tuple(self.rules),
            tuple(self.steps),
        )


def read_script(text: str, file: str, mistakes: list[Mistake]) -> Script:
    """The script of a text. What is wrong is added to `mistakes`; a script with mistakes is not to be run."""
    lines = tuple(text.splitlines())
    header = _Open("", Place(file, 1, 1))
    cases: list[_Open] = []
    city: str | None = None
    for statement in _statements(lines, file, mistakes):
        try:
            words = statement.words
            if words.skip("case"):
                cases.append(header.begin(_title(statement), statement.place))
            elif not cases and words.skip("city"):
                city = _path(words)
            else:
                _take(cases[-1] if cases else header, statement, in_case=bool(cases))
            words.end()
        except WrongLineError as wrong:
            mistakes.append(wrong.mistake)
    for case in cases:
        if city is not None and case.sensors:
            mistakes.append(Mistake.at(case.sensors[0].place, "script.city_sensor"))
        if not any(isinstance(step, Expectation) for step in case.steps):
            mistakes.append(Mistake.at(case.place, "script.no_expect"))
    if not cases:
        mistakes.append(Mistake.at(header.place, "script.no_case"))
    return Script(file, city, tuple(case.closed() for case in cases), lines)


def _statements(lines: Sequence[str], file: str, mistakes: list[Mistake]) -> Iterator[_Statement]:
    """Each line that is not indented, with those that are and follow it."""
    number = 0
    while number < len(lines):
        text = lines[number]
        number += 1
        words = Words(text, file, number)
        if not words.next:
            continue
        if text[:1].isspace():
            mistakes.append(words.wrong("script.indented").mistake)
            continue
        block: list[tuple[int, str]] = []
        if words.next in {"rule", "reload"}:
            while number < len(lines) and (lines[number][:1].isspace() or not lines[number].strip()):
                number += 1
                block.append((number, lines[number - 1]))
        written = tuple(line for line in block if Words(line[1], file, line[0]).next)
        yield _Statement(words, words.place, text, written)


def _title(statement: _Statement) -> str:
    title = statement.text.partition("case")[2].strip()
    if not title:
        raise statement.words.wrong("script.no_title")
    while statement.words.next:
        statement.words.take()
    return title


def _take(case: _Open, statement: _Statement, *, in_case: bool) -> None:
    """Adds what a statement says to the case or the header."""
    words = statement.words
    known = (*HEADER[1:], *STEPS) if in_case else (*HEADER, "case")
    if not in_case and words.next in STEPS:
        raise words.wrong("script.no_case_yet", word=words.next)
    word = words.one_of(known)
    if word == "sensor" and case.steps:
        case.steps.append(NewSensor(statement.place, read_sensor(words)))
    elif word in HEADER and case.steps:
        raise WrongLineError(Mistake.at(statement.place, "script.too_late", word=word))
    elif word == "sensor":
        case.sensors.append(read_sensor(words))
    elif word in {"rule", "rules"}:
        case.rules += _rules(word, statement)
    elif word == "start":
        case.start_ms = _moment_ms(words)
    elif word == "replay":
        case.replay = True
    else:
        case.steps.append(_step(word, statement))


def _step(word: str, statement: _Statement) -> Step:
    words, place = statement.words, statement.place
    step: Step
    match word:
        case "load":
            step = read_load(words, place)
        case "wait":
            until = words.skip("until")
            step = Wait(place, words.time_ms(), until)
        case "restart":
            step = Outage(place, 0)
        case "outage":
            step = Outage(place, words.time_ms())
        case "reload":
            step = Reload(place, _rules("rules" if words.next else "rule", statement))
        case "silence":
            step = read_silence(words, place)
        case "lift":
            step = read_lift(words, place)
        case "expect":
            step = read_expectation(words, place)
        case _:
            step = read_decision(word, words, place)
    return step


def _rules(word: str, statement: _Statement) -> tuple[RuleSource, ...]:
    """A rule that is written below, or the paths of rule files."""
    words, place = statement.words, statement.place
    if word == "rule":
        if not statement.block:
            raise words.wrong("script.no_rule")
        return (RuleBlock(place, statement.block),)
    found: list[RuleSource] = [RulePath(words.place, _path(words))]
    while words.next:
        found.append(RulePath(words.place, _path(words)))
    return tuple(found)


def _path(words: Words) -> str:
    if not words.next:
        raise words.wrong("script.no_path")
    return words.take()


def _moment_ms(words: Words) -> int:
    try:
        moment = datetime.fromisoformat(words.next)
    except ValueError:
        raise words.wrong("script.need_moment", found=words.next[:40]) from None
    if moment.tzinfo is None:
        raise words.wrong("script.need_moment", found=words.next[:40])
    words.take()
    return round(moment.timestamp() * 1000)
