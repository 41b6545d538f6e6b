"""The course of a run, whatever happens to it: nothing twice, nothing for ever, no yes but a yes, and all undone."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from administration.course import AT_WORK, MAIN, ON_RESOLVE, WAITING, Course, RunState, Status
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
from administration.steps.approve import Approve
from city.run import Answer, Hand, HandError
from tests.support.playbooks import LISTS, SIGN, WAIT, WEBHOOK, Steps, asks, playbook_of


class Played:
    """A run that is played: what it wants done stands ready to be answered."""

    def __init__(self, playbook: Playbook) -> None:
        self.course = Course(playbook)
        self.state: RunState = self.course.opening(3)
        self.ready: list[Happening] = []
        self.carried: Counter[str] = Counter()
        self.redone: Counter[str] = Counter()
        self.approved: set[str] = set()
        self.undoing: list[str] = []
        self.undone: list[int] = []
        self.alarmed: set[str] = set()
        self.finished = 0

    def happens(self, happening: Happening) -> None:
        before = self.state
        try:
            decision = self.course.decide(before, happening)
        except HandError:
            return
        self.state = decision.state
        match happening:
            case Answered(place=place, answer=Answer.APPROVED) if before.steps[place].status in WAITING:
                self.approved.add(place)
            case ByHand(hand=Hand.REDO, place=str() as place):
                self.redone[place] += 1
            case _:
                pass
        for effect in decision.effects:
            self.wants(effect, before)

    def wants(self, effect: Effect, before: RunState) -> None:
        match effect:
            case Carry(place=place):
                self.carried[place] += 1
                assert self.carried[place] <= 1 + self.redone[place], "twice, and nobody had it done again"
                assert self.state.steps[place].turn == self.carried[place], "each turn has a key of its own"
                assert self.agreed(place), "before somebody said yes"
                self.ready.append(Ended(place, well=True))
            case Undo(place=place):
                earlier = before.steps[place].done or self.state.steps[place].done
                assert all(earlier < number for number in self.undone), "the last is undone first"
                self.undoing.append(place)
                self.undone.append(earlier)
                self.ready.append(Ended(place, well=True))
            case Choose(place=place):
                self.ready.append(Ended(place, well=True))
            case Wake(place=place):
                self.ready.append(Due(place))
            case Ask(place=place, rung=rung):
                self.ready.append(Due(place, rung))
            case Cancel(place=place):
                self.ready = [h for h in self.ready if not (isinstance(h, Due) and h.place == place)]
            case Alarm(place=place):
                self.alarmed.add(place)
            case Finish():
                self.finished += 1

    def agreed(self, place: str) -> bool:
        """Whether every approval that stands before the place, in its list and those around it, was given."""
        parts = place.split(".")
        for depth in range(1, len(parts), 2):
            block = ".".join(parts[:depth])
            for number in range(int(parts[depth])):
                before = f"{block}.{number}"
                if isinstance(self.course.steps[before], Approve) and before not in self.approved:
                    return False
        return True

    def drain(self) -> None:
        while self.ready:
            self.happens(self.ready.pop(0))

    def check_that_something_comes(self) -> None:
        """Whatever is at work or waiting has something ready that goes on with it, or an alarm that was raised."""
        coming = {h.place for h in self.ready if isinstance(h, Ended | Due)}
        for place, step in self.state.steps.items():
            if self.state.finished:
                continue
            if step.status in AT_WORK or step.status is Status.WAITING:
                assert place in coming
            if step.status in {Status.OPEN, Status.RETURNED, Status.FAILED}:
                assert place in self.alarmed


def happenings(played: Played) -> st.SearchStrategy[Happening]:
    places = sorted(played.course.steps)
    some = st.sampled_from(places) if places else st.nothing()
    hands = st.builds(ByHand, st.sampled_from(Hand), st.sampled_from(["a", "b"]), st.just("why"), some | st.none())
    answers = st.builds(Answered, some, st.sampled_from(Answer))
    stray = st.builds(Ended, some, st.booleans()) | st.builds(Joined, st.integers(1, 5)) | st.just(Resolved())
    return answers | hands | stray | st.builds(Due, some, st.integers(0, 2)) | st.just(Begun())


@settings(max_examples=300, deadline=None)
@given(st.data(), LISTS, LISTS)
def test_whatever_happens(data: st.DataObject, steps: Steps, on_resolve: Steps) -> None:
    played = Played(playbook_of(steps, on_resolve))
    played.happens(Begun())
    for _ in range(data.draw(st.integers(0, 25))):
        if bool(played.ready) and data.draw(st.booleans()):
            next_one = played.ready.pop(data.draw(st.integers(0, len(played.ready) - 1)))
            if isinstance(next_one, Ended) and data.draw(st.booleans()):
                next_one = Ended(next_one.place, well=False)
            played.happens(next_one)
        else:
            stray = data.draw(happenings(played))
            if isinstance(stray, Ended | Due):
                if stray not in played.ready:
                    continue
                played.ready.remove(stray)
            played.happens(stray)
        played.check_that_something_comes()
    played.happens(Resolved())
    played.happens(ByHand(Hand.RESUME, played.state.keeper or "a", "why"))
    played.drain()
    for place, step in played.state.steps.items():
        if place.startswith(MAIN) and not (played.state.finished and not played.state.resolved):
            assert step.status not in WAITING
            if played.state.settled:
                assert not (step.status is Status.DONE and played.course.steps[place].undone)
    if not played.state.finished:
        still = [place for place, step in played.state.steps.items() if step.status in {Status.OPEN, Status.RETURNED}]
        assert any(place.startswith(ON_RESOLVE) for place in still)
        assert played.alarmed.issuperset(place for place in still if place.startswith(ON_RESOLVE))
    assert played.finished == played.state.finished


@pytest.mark.parametrize("rungs", [1, 2, 3])
def test_an_exhausted_ladder_never_means_yes_and_can_still_be_answered(rungs: int) -> None:
    played = Played(playbook_of((asks((), (WEBHOOK,), rungs), SIGN)))
    played.happens(Begun())
    played.drain()
    assert played.state.steps["steps.0"].status is Status.OPEN
    assert played.carried == {"steps.0.on_expire.0": 1}
    assert played.alarmed == {"steps.0"}
    played.happens(Answered("steps.0", Answer.APPROVED))
    assert played.carried["steps.1"] == 1


def test_a_no_does_what_stands_for_it_and_nothing_behind_the_question() -> None:
    played = Played(playbook_of((asks((WEBHOOK,), (), 1), SIGN)))
    played.happens(Begun())
    played.happens(Answered("steps.0", Answer.REJECTED))
    played.drain()
    assert set(played.carried) == {"steps.0.on_reject.0"}


def test_the_end_undoes_the_last_first_and_only_then_goes_on() -> None:
    played = Played(playbook_of((SIGN, SIGN, WAIT, WEBHOOK), (WEBHOOK,)))
    played.happens(Begun())
    played.happens(played.ready.pop())
    played.happens(played.ready.pop())
    played.happens(Resolved())
    assert played.undoing == ["steps.1"]
    played.drain()
    assert played.undoing == ["steps.1", "steps.0"]
    assert dict(played.carried) == {"steps.0": 1, "steps.1": 1, "on_resolve.0": 1}
    assert played.state.finished


def test_what_was_on_its_way_at_the_end_is_undone_when_it_is_through() -> None:
    played = Played(playbook_of((SIGN,)))
    played.happens(Begun())
    played.happens(Resolved())
    assert played.undoing == []
    played.drain()
    assert played.undoing == ["steps.0"]


def test_what_failed_alarms_and_what_follows_goes_on() -> None:
    played = Played(playbook_of((SIGN, WEBHOOK)))
    played.happens(Begun())
    played.ready.clear()
    played.happens(Ended("steps.0", well=False))
    assert (played.alarmed, played.carried["steps.1"]) == ({"steps.0"}, 1)


def test_a_paused_run_begins_nothing_and_goes_on_where_it_was() -> None:
    played = Played(playbook_of((WAIT, WEBHOOK)))
    played.happens(Begun())
    played.happens(ByHand(Hand.TAKE_OVER, "a", "why"))
    played.drain()
    assert not played.carried
    with pytest.raises(HandError):
        played.course.decide(played.state, ByHand(Hand.RESUME, "b", "why"))
    played.happens(ByHand(Hand.RESUME, "a", "why"))
    assert played.carried == {"steps.1": 1}


def test_a_question_is_answered_and_never_skipped() -> None:
    played = Played(playbook_of((WAIT, asks((), (), 1), SIGN)))
    played.happens(Begun())
    for place in ("steps.0", "steps.1"):
        hand = ByHand(Hand.SKIP, "a", "why", place)
        if place == "steps.1":
            with pytest.raises(HandError):
                played.course.decide(played.state, hand)
        else:
            played.happens(hand)
    assert not played.carried
