"""The course of a run, decided and not carried out: `decide(state, happening)` gives the new state and what to do.

Pure. Steps are known by their place: `steps.0`, `steps.2.then.1`, `on_resolve.0`. What fails alarms, and what follows
goes on: a broken sign keeps nobody from being told. What follows an approval waits for a yes, and for nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from administration.happening import (
    Alarm,
    Answered,
    Ask,
    Begun,
    ByHand,
    Cancel,
    Carry,
    Choose,
    Due,
    Effect,
    Ended,
    Finish,
    Happening,
    Joined,
    Resolved,
    Undo,
    Wake,
)
from administration.playbook import Playbook
from administration.steps.approve import ON_EXPIRE, ON_REJECT, Approve
from administration.steps.branch import ELSE, THEN, Branch
from administration.steps.step import PlaybookStep, Step
from administration.steps.wait import Wait
from city.run import Answer, Hand, HandError

MAIN: Final = "steps"
ON_RESOLVE: Final = "on_resolve"


class Status(StrEnum):
    """Where a step is."""

    PLANNED = "planned"
    RUNNING = "running"  # its effect is on its way
    WAITING = "waiting"  # for time, or for an answer
    OPEN = "open"  # nobody answered to the end of the ladder: still to be answered, and never a yes
    DONE = "done"
    FAILED = "failed"
    REJECTED = "rejected"
    RETURNED = "returned"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


WAITING: Final = (Status.WAITING, Status.OPEN)
AT_WORK: Final = (Status.RUNNING, Status.UNDOING)
_TRIED: Final = (Status.DONE, Status.FAILED)
REPEATABLE: Final = (Status.DONE, Status.FAILED, Status.RETURNED, Status.REJECTED)


@dataclass(frozen=True, slots=True)
class StepState:
    """A step of a run. turn: how often it was begun.

    done: its number in the order in which steps were done, or tried, from 1; 0: there is nothing to undo of it
    """

    status: Status = Status.PLANNED
    turn: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class RunState:
    """All that decides about a run.

    held: places at which it goes on when it is resumed
    keeper: who took it over, None: whoever may resumes it
    settled: the incident is over and `on_resolve` has begun
    """

    steps: Mapping[str, StepState]
    severity: int
    paused: bool = False
    keeper: str | None = None
    held: tuple[str, ...] = ()
    resolved: bool = False
    settled: bool = False
    finished: bool = False

    @property
    def begun(self) -> bool:
        """Whether anything of it has begun, or is to as soon as it is resumed: not while its alerts are all late."""
        return bool(self.held) or any(step.turn for step in self.steps.values())


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a happening."""

    state: RunState
    effects: tuple[Effect, ...]


class Course:
    """A playbook as places, and what follows what."""

    def __init__(self, playbook: Playbook) -> None:
        self.kinds: Final[Mapping[str, str]] = MappingProxyType(
            {place: placed.kind for place, placed in placed_steps(playbook)}
        )
        self.steps: Final[Mapping[str, Step]] = MappingProxyType(
            {place: placed.step for place, placed in placed_steps(playbook)}
        )

    def opening(self, severity: int) -> RunState:
        """A run of which nothing has begun."""
        return RunState(MappingProxyType(dict.fromkeys(self.steps, StepState())), severity)

    def decide(self, state: RunState, happening: Happening) -> Decision:
        """What comes of it. A happening that comes late or twice changes nothing.

        Raises HandError for what a person cannot do now.
        """
        turn = _Turn(self.steps, state)
        turn.take(happening)
        return Decision(turn.state, tuple(turn.effects))


@dataclass(slots=True)
class _Turn:
    """One decision in the making."""

    course: Mapping[str, Step]
    state: RunState
    effects: list[Effect] = field(default_factory=list)

    def take(self, happening: Happening) -> None:
        if self.state.finished:
            if isinstance(happening, ByHand):
                raise HandError("administration.run_not_now", action=happening.hand)
            return
        match happening:
            case Begun():
                if not self.state.begun:
                    self._enter(f"{MAIN}.0")
            case Joined(severity=severity):
                self.state = replace(self.state, severity=severity)
            case Ended(place=place, well=well):
                self._ended(place, well=well)
            case Due(place=place, rung=rung):
                self._due(place, rung)
            case Answered(place=place, answer=answer):
                self._answered(place, answer)
            case Resolved():
                self._resolve()
            case ByHand():
                self._by_hand(happening)
            case _:
                assert_never(happening)
        self._settle()

    def _enter(self, place: str) -> None:
        """Begins the step at `place`; behind the end of a list, what follows the list."""
        if place not in self.course:
            self._leave(place)
            return
        if self._over(place):
            return
        if self.state.paused:
            self.state = replace(self.state, held=(*self.state.held, place))
            return
        now = self.state.steps[place]
        if now.status is Status.SKIPPED:
            self._enter(_next(place))
        elif now.status is Status.PLANNED:
            self._begin(place)

    def _leave(self, place: str) -> None:
        """A list ended: after a branch it goes on behind it. What was done instead of an approval leads nowhere."""
        above, block = _above(place)
        if block in {THEN, ELSE}:
            self._enter(_next(above))

    def _begin(self, place: str) -> None:
        step = self.course[place]
        turn = self.state.steps[place].turn + 1
        waits = isinstance(step, Wait | Approve)
        self._put(place, Status.WAITING if waits else Status.RUNNING, turn=turn)
        match step:
            case Wait(for_ms=for_ms):
                self.effects.append(Wake(place, for_ms))
            case Approve():
                self.effects.append(Ask(place, 0))
            case Branch():
                self.effects.append(Choose(place))
            case _:
                self.effects.append(Carry(place, turn))

    def _ended(self, place: str, *, well: bool) -> None:
        status = self.state.steps[place].status
        if status is Status.UNDOING:
            self._put(place, Status.UNDONE if well else Status.FAILED, tried=0)
        elif status is not Status.RUNNING:
            return
        elif isinstance(self.course[place], Branch):
            self._put(place, Status.DONE)
            self._enter(f"{place}.{THEN if well else ELSE}.0")
            return
        else:
            self._put(place, Status.DONE if well else Status.FAILED, tried=self._number())
            self._enter(_next(place))
        if not well:
            self.effects.append(Alarm(place))

    def _due(self, place: str, rung: int) -> None:
        step = self.course[place]
        if self.state.steps[place].status is not Status.WAITING:
            return
        if not isinstance(step, Approve):
            self._put(place, Status.DONE)
            self._enter(_next(place))
        elif rung + 1 < len(step.ladder):
            self.effects.append(Ask(place, rung + 1))
        else:
            self._put(place, Status.OPEN)
            self.effects.append(Alarm(place))
            self._enter(f"{place}.{ON_EXPIRE}.0")

    def _answered(self, place: str, answer: Answer) -> None:
        if self.state.steps[place].status not in WAITING or not isinstance(self.course[place], Approve):
            return
        self.effects.append(Cancel(place))
        match answer:
            case Answer.APPROVED:
                self._put(place, Status.DONE)
                self._enter(_next(place))
            case Answer.REJECTED:
                self._put(place, Status.REJECTED)
                self._enter(f"{place}.{ON_REJECT}.0")
            case Answer.RETURNED:
                self._put(place, Status.RETURNED)
                self.effects.append(Alarm(place))
            case _:
                assert_never(answer)

    def _resolve(self) -> None:
        if self.state.resolved:
            return
        begun = self.state.begun
        self.state = replace(self.state, resolved=True, held=())
        self._cancel_waiting()
        if not begun:  # what never began has no end to be told of
            self._finish()

    def _settle(self) -> None:
        """After the end: what was done is undone, the last first, and then `on_resolve` is done."""
        state = self.state
        if not state.resolved or state.paused or state.finished:
            return
        if any(step.status in AT_WORK for step in state.steps.values()):
            return  # each has a deadline: it ends
        if not state.settled:
            # What failed too: a device that was silent may have done it, or done it the first time and not the second.
            done = {
                p: s.done for p, s in state.steps.items() if s.done and s.status in _TRIED and self.course[p].undone
            }
            if done:
                last = max(done, key=done.__getitem__)
                self._put(last, Status.UNDOING)
                self.effects.append(Undo(last))
                return
            self.state = replace(state, settled=True)
            self._enter(f"{ON_RESOLVE}.0")
        unfinished = (*AT_WORK, *WAITING, Status.RETURNED)
        if not any(step.status in unfinished for place, step in self.state.steps.items() if not self._over(place)):
            self._finish()

    def _by_hand(self, wanted: ByHand) -> None:
        match wanted.hand:
            case Hand.PAUSE | Hand.TAKE_OVER:
                taking = wanted.hand is Hand.TAKE_OVER
                if self.state.paused and not taking:
                    raise HandError("administration.run_not_now", action=wanted.hand)
                self.state = replace(self.state, paused=True, keeper=wanted.by if taking else None)
            case Hand.RESUME:
                if not self.state.paused or self.state.keeper not in {None, wanted.by}:
                    raise HandError("administration.run_not_now", action=wanted.hand)
                held = self.state.held
                self.state = replace(self.state, paused=False, keeper=None, held=())
                for place in held:
                    self._enter(place)
            case Hand.STOP:
                self._cancel_waiting()
                self._finish()
            case Hand.SKIP | Hand.REDO:
                self._step_by_hand(wanted)
            case _:
                assert_never(wanted.hand)

    def _step_by_hand(self, wanted: ByHand) -> None:
        place = wanted.place
        now = self.state.steps.get(place) if place is not None else None
        if place is None or now is None:
            raise HandError("administration.run_not_now", action=wanted.hand)
        not_now = HandError("administration.step_not_now", action=wanted.hand, state=now.status)
        if wanted.hand is Hand.REDO:
            given = isinstance(self.course[place], Approve) and now.status is Status.DONE  # a yes is not taken back
            again = now.status in REPEATABLE and not isinstance(self.course[place], Branch) and not given
            if not again or self._over(place):
                raise not_now
            self._begin(place)
        elif isinstance(self.course[place], Approve):
            raise HandError("administration.step_answered_only")
        elif now.status is Status.WAITING:
            self.effects.append(Cancel(place))
            self._put(place, Status.SKIPPED)
            self._enter(_next(place))
        elif now.status is Status.PLANNED:
            self._put(place, Status.SKIPPED)
        else:
            raise not_now

    def _over(self, place: str) -> bool:
        """Whether the incident's end has overtaken the step."""
        return self.state.resolved and not place.startswith(ON_RESOLVE)

    def _cancel_waiting(self) -> None:
        for place, step in self.state.steps.items():
            if step.status in WAITING:
                self._put(place, Status.CANCELLED)
                self.effects.append(Cancel(place))

    def _finish(self) -> None:
        self.state = replace(self.state, finished=True, held=())
        self.effects.append(Finish())

    def _number(self) -> int:
        return 1 + max(step.done for step in self.state.steps.values())

    def _put(self, place: str, status: Status, turn: int | None = None, tried: int | None = None) -> None:
        now = self.state.steps[place]
        done = now.done if tried is None else tried
        if status is Status.DONE:
            done = self._number()
        changed = StepState(status, now.turn if turn is None else turn, done)
        self.state = replace(self.state, steps=MappingProxyType({**self.state.steps, place: changed}))


def placed_steps(playbook: Playbook) -> Iterator[tuple[str, PlaybookStep]]:
    """Every step with its place, as written, each before those within it."""
    for key, steps in ((MAIN, playbook.steps), (ON_RESOLVE, playbook.on_resolve)):
        yield from _within(key, steps)


def _within(key: str, steps: Sequence[PlaybookStep]) -> Iterator[tuple[str, PlaybookStep]]:
    for number, placed in enumerate(steps):
        place = f"{key}.{number}"
        yield place, placed
        for name, block in placed.step.blocks.items():
            yield from _within(f"{place}.{name}", block)


def _next(place: str) -> str:
    block, _, number = place.rpartition(".")
    return f"{block}.{int(number) + 1}"


def _above(place: str) -> tuple[str, str]:
    """The step that the list of `place` stands in, and the key of that list there."""
    above, _, block = place.rpartition(".")[0].rpartition(".")
    return above, block
