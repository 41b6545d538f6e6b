"""The clerk: lets things happen to runs and carries out what comes of it, all of it within one transaction.

What a playbook decides is `course.py`'s; what its steps do is in `deeds.py`. Here the two meet, and nowhere else.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, assert_never

import sqlalchemy as sa

from administration import deeds
from administration.approvals import Approval
from administration.case_book import by_run
from administration.chronicle import LineKind
from administration.course import Status, StepState
from administration.happening import (
    Alarm,
    Ask,
    Begun,
    ByHand,
    Cancel,
    Carry,
    Choose,
    Effect,
    Ended,
    Finish,
    Happening,
    Joined,
    Resolved,
    Undo,
    Wake,
)
from administration.incident import Incident, IncidentAlert
from administration.incident_words import attention_event
from administration.office import Office
from administration.open_run import LATE, OpenRun, begin, take
from administration.papers import IncidentEvent, Papers
from administration.playbook import Playbook
from administration.questions import Questions
from administration.run_rows import insert_new, write
from administration.settlement import close_runs
from administration.steps.branch import Branch
from administration.steps.case import CloseCase, OpenCase
from administration.steps.command import Command
from administration.steps.notify import Notify
from administration.steps.webhook import Webhook
from city.messages import say
from city.messages.text import Lang
from city.run import Hand

_BY_HAND: Final = {
    Hand.PAUSE: LineKind.PAUSED,
    Hand.RESUME: LineKind.RESUMED,
    Hand.TAKE_OVER: LineKind.TAKEN_OVER,
    Hand.STOP: LineKind.STOPPED,
    Hand.SKIP: LineKind.SKIPPED,
    Hand.REDO: LineKind.REDONE,
}


class Clerk:
    """Nothing stands before `file`. Blocking; within the caller's transaction."""

    def __init__(self, connection: sa.Connection, office: Office, now_ms: int) -> None:
        self._connection = connection
        self._office = office
        self.papers: Final = Papers(connection, office, now_ms)
        self.runs: Final[dict[str, OpenRun]] = {}  # by incident
        self._questions = Questions(self.papers)
        self._joined: dict[str, OpenRun] = {}  # those that events joined

    def take(self, incidents: Iterable[str]) -> None:
        """Takes up the runs of these incidents; nobody else changes them until the transaction ends."""
        taken = take(self._connection, set(incidents) - self.runs.keys(), self._office)
        self.runs.update(taken)
        self._questions.take(taken.values())

    def open(self, incident: Incident, playbook: Playbook) -> OpenRun:
        """A new incident with its run, of which nothing has begun."""
        self._office.remember(playbook)
        run = begin(incident, *self._office.course(playbook.version, playbook.text))
        self.runs[incident.id] = run
        return run

    def joins(self, run: OpenRun, event: IncidentEvent, alert: IncidentAlert, *, fires: bool, begins: bool) -> None:
        """An event of one of the incident's alerts: those who subscribed hear it.

        fires: the alert is new, or of another severity: whose subscription fits it joins, and hears all that follows
        begins: it is not late: a run that has not begun does
        """
        was = run.incident.severity
        run.put_alert(alert)
        self.papers.events.append(event)
        if fires:
            self._subscribe_more(run, alert)
        self.papers.tell_all(run, event.id, event.subject)
        if run.incident.severity != was:
            self.happens(run, Joined(run.incident.severity))
        if begins:
            self.begins(run)
        elif not run.state.begun and LATE not in run.told:
            deeds.tell_late(self.papers, run)
        self._joined[run.id] = run
        if run.incident.over and run.incident.resolved_ms is None:
            self.resolve(run, alert.event_ms, f"rule:{alert.key.rule}")

    def begins(self, run: OpenRun) -> None:
        """The run begins, if it has not yet; where all of its alerts were late, one of them has caught up."""
        if run.state.begun or run.state.finished:
            return
        if LATE in run.told:
            self.papers.note(run, LineKind.CAUGHT_UP, by_run(run.id))
        self.happens(run, Begun())

    def resolve(self, run: OpenRun, at_ms: int, by: str) -> None:
        """The incident is over."""
        run.incident = replace(run.incident, resolved_ms=at_ms)
        self.papers.note(run, LineKind.RESOLVED, by)
        self.happens(run, Resolved())

    def answer(self, approval: Approval) -> None:
        """An approval of a run that was taken, as it was answered."""
        self._questions.answered(approval)

    def happens(self, run: OpenRun, happening: Happening) -> None:
        """Lets it happen, and whatever comes of it at once. Raises HandError for what a person cannot do now."""
        waiting = deque([happening])
        while waiting:
            now = waiting.popleft()
            before = run.state
            decision = run.course.decide(before, now)
            run.state = decision.state
            if isinstance(now, ByHand):
                self.papers.note(run, _BY_HAND[now.hand], now.by, now.place, {"reason": now.reason})
            self._date(run, before.steps)
            for effect in decision.effects:
                ended = self._carry_out(run, effect)
                if ended is not None:
                    waiting.append(ended)

    def file(self) -> int:
        """Writes everything. Gives how many deliveries are new. The clerk can go on afterwards."""
        # Once for all events of the transaction: in a storm hundreds join, and nobody was shown what stood in between.
        for run in self._joined.values():
            self._questions.renew(run)
        self._joined.clear()
        over = sorted(run.id for run in self.runs.values() if run.state.finished and not run.was_over)
        insert_new(self._connection, list(self.runs.values()))
        made = self.papers.file()
        self._questions.file()
        write(self._connection, list(self.runs.values()))
        if over:
            close_runs(self._connection, over, self.papers.now_ms)
        return made

    def _subscribe_more(self, run: OpenRun, alert: IncidentAlert) -> None:
        """Those whose subscription fits the alert as it is now join whoever hears of the incident."""
        for place, told in run.told.items():
            step = Webhook() if place == LATE else run.course.steps.get(place)
            if not isinstance(step, Webhook):
                continue
            fits = self._office.receivers(step, alert.severity, self._office.section_of(alert.key.rule))
            if joining := sorted(set(fits) - set(told)):
                told.extend(joining)
                where = None if place == LATE else place
                self.papers.note(run, LineKind.TOLD, by_run(run.id), where, {"to": ", ".join(joining)})

    def _date(self, run: OpenRun, before: Mapping[str, StepState]) -> None:
        """When each step began and ended."""
        now_ms = self.papers.now_ms
        for place, step in run.state.steps.items():
            was = before[place]
            if step == was:
                continue
            if step.turn != was.turn:
                run.marks[place] = replace(run.marks[place], began_ms=now_ms)
            run.marks[place] = replace(run.marks[place], ended_ms=None if step.status in _GOING else now_ms)

    def _carry_out(self, run: OpenRun, effect: Effect) -> Happening | None:
        papers = self.papers
        match effect:
            case Carry(place=place, turn=turn):
                return self._carry(run, place, turn)
            case Undo(place=place):
                step = run.course.steps[place]
                assert isinstance(step, Command)  # nothing else is undone
                return deeds.command(papers, run, place, run.state.steps[place].turn, step, undo=True)
            case Wake(place=place, after_ms=after_ms):
                run.marks[place] = replace(run.marks[place], due_ms=papers.now_ms + after_ms)
                papers.note(run, LineKind.WAITS, by_run(run.id), place, {"until_ms": str(papers.now_ms + after_ms)})
            case Ask(place=place, rung=rung):
                self._questions.ask(run, place, rung)
            case Choose(place=place):
                step = run.course.steps[place]
                return Ended(place, well=isinstance(step, Branch) and deeds.choose(papers, run, place, step))
            case Cancel(place=place):
                run.marks[place] = replace(run.marks[place], due_ms=None)
                self._questions.cancel(run, place)
            case Alarm(place=place):
                self._alarm(run, place)
            case Finish():
                papers.note(run, LineKind.FINISHED, by_run(run.id))
            case _:
                assert_never(effect)
        return None

    def _carry(self, run: OpenRun, place: str, turn: int) -> Ended | None:
        """Does the step. Ended at once, but for what waits for the answer of a device."""
        papers = self.papers
        match run.course.steps[place]:
            case Webhook() as step:
                deeds.subscribe(papers, run, place, step)
            case Notify() as step:
                deeds.notify(papers, run, place, turn, step)
            case OpenCase() as step:
                deeds.open_case(papers, run, place, turn, step)
            case CloseCase() as step:
                deeds.close_cases(papers, run, place, step)
            case Command() as step:
                return deeds.command(papers, run, place, turn, step)
            case _:
                pass
        return Ended(place, well=True)

    def _alarm(self, run: OpenRun, place: str) -> None:
        """A person has to look: those who hear of the incident hear this too."""
        step = run.state.steps[place]
        if step.status is Status.OPEN:
            self._questions.unanswered(run, place)
        text = say(f"runs.attention_{step.status}", Lang.JA, step=run.course.kinds[place])
        event = attention_event(run.incident, place, step, text, self.papers.now_ms, self._office.catalog)
        self.papers.events.append(event)
        self.papers.tell_all(run, event.id, event.subject)


_GOING: Final = (Status.PLANNED, Status.RUNNING, Status.WAITING, Status.OPEN, Status.UNDOING)
