"""The questions of the runs that a clerk has taken: asked, climbing, void where what was shown has changed."""

from collections.abc import Iterable
from dataclasses import replace

from administration.approvals import (
    STANDING,
    Approval,
    ApprovalState,
    asked_roles,
    change_approval,
    digest_of,
    evidence_of,
    insert_approval,
    standing,
)
from administration.case_book import by_run
from administration.chronicle import LineKind
from administration.incident_words import drilled, filled
from administration.open_run import OpenRun
from administration.papers import Papers
from administration.people.duty_desk import read_roster
from administration.steps.approve import Approve
from city.digest import digest
from city.messages import say
from city.messages.text import Lang
from city.office_hours import after_office_hours_ms
from city.right import Role
from city.written_time import moment


class Questions:
    """Within the clerk's transaction; written with `file`."""

    def __init__(self, papers: Papers) -> None:
        self._papers = papers
        self._standing: dict[tuple[str, str], Approval] = {}  # by run and place
        self._new: dict[str, Approval] = {}
        self._changed: dict[str, Approval] = {}

    def take(self, runs: Iterable[OpenRun]) -> None:
        """Those of runs that wait for an answer."""
        asking = [
            run.id
            for run in runs
            if any(isinstance(run.course.steps[p], Approve) and step.turn for p, step in run.state.steps.items())
        ]
        if asking:
            self._standing.update(standing(self._papers.connection, asking))

    def of(self, run: OpenRun) -> tuple[Approval, ...]:
        """What can be answered of a run."""
        return tuple(one for (name, _), one in self._standing.items() if name == run.id)

    def ask(self, run: OpenRun, place: str, rung: int) -> None:
        """Asks the role on this rung, beside those before."""
        step = run.course.steps[place]
        assert isinstance(step, Approve)  # nothing else asks
        now_ms = self._papers.now_ms
        due_ms = after_office_hours_ms(now_ms, step.within_ms) if step.business_hours else now_ms + step.within_ms
        run.marks[place] = replace(run.marks[place], rung=rung, due_ms=due_ms)
        role = step.ladder[rung]
        people = self._on_duty(role, run.incident.section)
        known = self._standing.get((run.id, place))
        if known is None:
            asked = replace(self._question(run, place, step, rung, due_ms), people=people)
            self._put_new(asked)
        else:
            everybody = tuple(dict.fromkeys((*known.people, *people)))
            asked = replace(known, roles=asked_roles(step, rung), people=everybody, due_ms=due_ms)
            self._put(asked)
        fields = {"role": role.value, "question": asked.question, "until_ms": str(due_ms)}
        self._papers.note(run, LineKind.ASKED, by_run(run.id), place, fields)
        self._tell(run, place, role, rung, asked)

    def unanswered(self, run: OpenRun, place: str) -> None:
        """The ladder is at its end: it stays open, and is no yes."""
        run.marks[place] = replace(run.marks[place], due_ms=None)
        known = self._standing.get((run.id, place))
        if known is not None:
            self._put(replace(known, state=ApprovalState.UNANSWERED, due_ms=None))
        self._papers.note(run, LineKind.UNANSWERED, by_run(run.id), place)

    def renew(self, run: OpenRun) -> None:
        """Where what was shown is not what is so any more, the question is void, and put anew to the same people."""
        for known in self.of(run):
            step = run.course.steps[known.place]
            assert isinstance(step, Approve)
            question = drilled(filled(step.question, run, self._papers.office.catalog), run)
            if digest_of(question, evidence_of(run.incident)) == known.digest:
                continue
            self._put(replace(known, state=ApprovalState.VOID, answered_ms=self._papers.now_ms))
            rung = run.marks[known.place].rung
            again = self._question(run, known.place, step, rung, known.due_ms)
            self._put_new(replace(again, state=known.state, people=known.people))
            self._papers.note(run, LineKind.VOID, by_run(run.id), known.place, {"question": again.question})

    def cancel(self, run: OpenRun, place: str) -> None:
        """Nobody is asked any more. One that was answered stays as it is."""
        known = self._standing.get((run.id, place))
        if known is not None:
            self._put(replace(known, state=ApprovalState.VOID, answered_ms=self._papers.now_ms))
            self._papers.note(run, LineKind.CANCELLED, by_run(run.id), place)

    def answered(self, approval: Approval) -> None:
        """Somebody answered."""
        self._put(approval)

    def file(self) -> None:
        """Writes them; their runs must stand."""
        for one in self._new.values():
            insert_approval(self._papers.connection, one)
        for one in self._changed.values():
            change_approval(self._papers.connection, one)
        self._new.clear()
        self._changed.clear()

    def _on_duty(self, role: Role, unit: str) -> tuple[str, ...]:
        papers = self._papers
        roster = read_roster(papers.connection, papers.now_ms, papers.now_ms + 1, papers.office.catalog.departments)
        return tuple(roster.on_duty(role, unit, papers.now_ms))

    def _tell(self, run: OpenRun, place: str, role: Role, rung: int, asked: Approval) -> None:
        """Where the settings have a channel of the role's name, those who hold it hear that they are asked."""
        papers = self._papers
        if not papers.office.reaches(role.value):
            return
        until = moment(asked.due_ms, Lang.JA) if asked.due_ms is not None else "-"
        text = say("runs.asked_message", Lang.JA, question=asked.question, title=asked.title.ja, until=until)
        turn = run.state.steps[place].turn
        papers.message(run, place, digest(run.id, place, str(turn), str(rung), "asked"), text, [role.value])

    def _question(self, run: OpenRun, place: str, step: Approve, rung: int, due_ms: int | None) -> Approval:
        question = drilled(filled(step.question, run, self._papers.office.catalog), run)
        evidence = evidence_of(run.incident)
        shown = digest_of(question, evidence)
        turn, now_ms = run.state.steps[place].turn, self._papers.now_ms
        return Approval(
            # What was shown before may come back: then other events have led to it.
            id=digest(run.id, place, str(turn), shown, *sorted(one.event for one in run.incident.alerts.values())),
            run=run.id,
            place=place,
            incident=run.incident.id,
            unit=run.incident.section,
            roles=asked_roles(step, rung),
            people=(),
            question=question,
            evidence=evidence,
            digest=shown,
            state=ApprovalState.WAITING,
            asked_ms=now_ms,
            due_ms=due_ms,
        )

    def _put_new(self, one: Approval) -> None:
        # In one transaction it may change, change back, and change again: the same words at the same moment.
        self._new[one.id] = one
        self._standing[one.run, one.place] = one

    def _put(self, one: Approval) -> None:
        if one.id in self._new:
            self._new[one.id] = one
        else:
            self._changed[one.id] = one
        if one.state in STANDING:
            self._standing[one.run, one.place] = one
        else:
            self._standing.pop((one.run, one.place), None)
