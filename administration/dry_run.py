"""A dry run: any playbook from its first step to its last by a clock of its own, its effects told and none done.

Pure: it decides by the same `Course` as a real run, and looks at nothing but the catalog.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never

from administration.course import WAITING, Course, RunState, Status
from administration.dry_run_lines import Answered, Chosen, DeviceReply, DryRun, Finished, Line, Stopped, Trouble, Waits
from administration.dry_run_telling import Telling, moment
from administration.happening import (
    Alarm,
    Ask,
    Begun,
    Cancel,
    Carry,
    Choose,
    Due,
    Effect,
    Ended,
    Finish,
    Happening,
    Undo,
    Wake,
)
from administration.happening import Answered as AnswerGiven
from administration.happening import Resolved as IncidentOver
from administration.playbook import Playbook
from administration.steps.approve import Approve
from administration.steps.branch import Branch
from administration.steps.command import Command
from city.catalog import Catalog
from city.errors import UserError
from city.office_hours import after_office_hours_ms
from city.rule import Rule
from city.run import Answer

_TROUBLE: Final[Mapping[DeviceReply, Trouble]] = {
    DeviceReply.REFUSED: Trouble.REFUSED,
    DeviceReply.SILENT: Trouble.SILENT,
}


class DryRunError(UserError):
    """What is supposed cannot happen in this playbook."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The alert that opens the incident. rule: None: a person opens it; then it is called as the playbook is."""

    rule: Rule | None
    subject: str
    severity: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class SupposedAnswer:
    """What comes of a question so long after it was put. answer: None: nobody says anything."""

    answer: Answer | None
    after_ms: int = 0


@dataclass(frozen=True, slots=True)
class Supposed:
    """What people and devices do, by the place of the step; where nothing is said they say yes, and do it, at once.

    resolved_after_ms: when the incident is over; None: it goes on
    """

    answers: Mapping[str, SupposedAnswer] = field(default_factory=dict)
    devices: Mapping[str, DeviceReply] = field(default_factory=dict)
    resolved_after_ms: int | None = None


def dry_run(playbook: Playbook, catalog: Catalog, situation: Situation, supposed: Supposed) -> DryRun:
    """All that would happen, in its order: to the end, or to where nothing more happens.

    Every name in the playbook is in the catalog: `load_playbooks` has looked. Raises DryRunError where something is
    supposed of a step that is none such.
    """
    walk = _Walk(playbook, catalog, situation, supposed)
    walk.to_the_end()
    state = walk.state
    waiting = {place for place, step in state.steps.items() if step.status in {*WAITING, Status.RETURNED}}
    return DryRun(
        playbook=playbook.id,
        version=playbook.version,
        title=playbook.title,
        rule=None if situation.rule is None else situation.rule.id,
        incident_title=walk.telling.title,
        subject=situation.subject,
        subject_title=walk.telling.subject.title,
        section=walk.telling.section,
        severity=situation.severity,
        began=moment(situation.at_ms),
        lines=tuple(walk.lines),
        finished=state.finished,
        waiting=() if state.finished else tuple(sorted(waiting)),
        supposed=tuple(walk.taken_for_granted),
    )


class _Walk:
    """One dry run under way."""

    def __init__(self, playbook: Playbook, catalog: Catalog, situation: Situation, supposed: Supposed) -> None:
        self._course = Course(playbook)
        self._check("administration.dry_run_answer", supposed.answers, Approve)
        self._check("administration.dry_run_device", supposed.devices, Command)
        self._supposed = supposed
        self._now_ms = situation.at_ms
        self._coming: list[tuple[int, int, Happening]] = []  # a heap: what comes at one moment comes in its order
        self._put = 0
        self.telling = Telling(playbook, catalog, situation.rule, situation.subject, situation.severity)
        self.state: RunState = self._course.opening(situation.severity)
        self.lines: list[Line] = []
        self.taken_for_granted: list[str] = []

    def _check(self, message: str, named: Mapping[str, object], kind: type[Approve | Command]) -> None:
        known = [place for place, step in self._course.steps.items() if isinstance(step, kind)]
        for place in named:
            if place not in known:
                raise DryRunError(message, place=place[:80], known=", ".join(known) or "-")

    def to_the_end(self) -> None:
        """Lets everything happen that comes."""
        self._comes(Begun())
        if self._supposed.resolved_after_ms is not None:
            self._comes(IncidentOver(), self._supposed.resolved_after_ms)
        while self._coming and not self.state.finished:
            self._now_ms, _, happening = heapq.heappop(self._coming)
            self._happens(happening)

    def _comes(self, happening: Happening, after_ms: int = 0) -> None:
        self._put += 1
        heapq.heappush(self._coming, (self._now_ms + after_ms, self._put, happening))

    def _happens(self, happening: Happening) -> None:
        match happening:
            case AnswerGiven(place=place, answer=answer):
                self.lines.append(Answered(at=moment(self._now_ms), place=place, answer=answer))
            case IncidentOver():
                self.lines.append(self.telling.resolved(self._now_ms))
            case Ended(place=place, well=well) if isinstance(step := self._course.steps[place], Command):
                reply = DeviceReply.DONE if well else self._supposed.devices[place]
                self.lines.append(self.telling.replied(place, step, reply, self._now_ms))
            case _:
                pass
        decision = self._course.decide(self.state, happening)
        self.state = decision.state
        for effect in decision.effects:
            self._wanted(effect)

    def _wanted(self, effect: Effect) -> None:
        match effect:
            case Carry(place=place):
                self._carry(place)
            case Undo(place=place):
                step = self._course.steps[place]
                assert isinstance(step, Command)  # nothing else is undone
                self.lines.append(self.telling.commanded(place, step, self._now_ms, undo=True))
                self._comes(Ended(place, well=True))
            case Wake(place=place, after_ms=after_ms):
                until = moment(self._now_ms + after_ms)
                self.lines.append(Waits(at=moment(self._now_ms), place=place, until=until))
                self._comes(Due(place), after_ms)
            case Ask(place=place, rung=rung):
                self._ask(place, rung)
            case Choose(place=place):
                self._choose(place)
            case Cancel(place=place):
                self._cancel(place)
            case Alarm(place=place):
                self.lines.append(self.telling.alarmed(place, self._trouble(place), self._now_ms))
            case Finish():
                self.lines.append(Finished(at=moment(self._now_ms)))
            case _:
                assert_never(effect)

    def _carry(self, place: str) -> None:
        step = self._course.steps[place]
        self.lines.append(self.telling.carried(place, step, self._now_ms))
        if not isinstance(step, Command):
            self._comes(Ended(place, well=True))
            return
        if place not in self._supposed.devices:
            self.taken_for_granted.append(place)
        reply = self._supposed.devices.get(place, DeviceReply.DONE)
        self._comes(Ended(place, reply is DeviceReply.DONE), step.deadline_ms if reply is DeviceReply.SILENT else 0)

    def _ask(self, place: str, rung: int) -> None:
        step = self._course.steps[place]
        assert isinstance(step, Approve)  # nothing else asks
        until_ms = self._now_ms + step.within_ms
        if step.business_hours:
            until_ms = after_office_hours_ms(self._now_ms, step.within_ms)
        self.lines.append(self.telling.asked(place, step, rung, until_ms, self._now_ms))
        if rung == 0:
            if place not in self._supposed.answers:
                self.taken_for_granted.append(place)
            supposed = self._supposed.answers.get(place, SupposedAnswer(Answer.APPROVED))
            if supposed.answer is not None:
                self._comes(AnswerGiven(place, supposed.answer), supposed.after_ms)
        self._comes(Due(place, rung), until_ms - self._now_ms)

    def _choose(self, place: str) -> None:
        step = self._course.steps[place]
        assert isinstance(step, Branch)  # nothing else chooses
        then = step.holds(self.state.severity, self.telling.subject, self._now_ms)
        self.lines.append(Chosen(at=moment(self._now_ms), place=place, then=then))
        self._comes(Ended(place, well=then))

    def _cancel(self, place: str) -> None:
        """Neither time nor an answer comes any more."""
        self._coming = [
            one for one in self._coming if not (isinstance(one[2], Due | AnswerGiven) and one[2].place == place)
        ]
        heapq.heapify(self._coming)
        if self.state.steps[place].status is Status.CANCELLED:
            self.lines.append(Stopped(at=moment(self._now_ms), place=place))

    def _trouble(self, place: str) -> Trouble:
        match self.state.steps[place].status:
            case Status.OPEN:
                return Trouble.UNANSWERED
            case Status.RETURNED:
                return Trouble.RETURNED
            case _:
                return _TROUBLE[self._supposed.devices[place]]  # nothing else fails in a dry run
