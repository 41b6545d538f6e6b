"""What people do with runs: start one, end what they started, pause, skip, redo, take over, stop; and decide.

Blocking; each call is one transaction, durable on return.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

import sqlalchemy as sa

from administration.approvals import STANDING, Approval, ApprovalState, approval_of, shown_fields
from administration.chronicle import LineKind
from administration.clerk import Clerk
from administration.happening import Answered, Begun, ByHand
from administration.incident import Incident
from administration.incident_words import REPORT_RULE, report_event
from administration.office import Office
from administration.open_run import OpenRun
from administration.playbook import Playbook
from administration.run_tables import approval
from administration.tables import incident
from administration.transaction import transaction
from city.clock import Clock
from city.digest import digest
from city.messages.text import Text
from city.principal import Principal
from city.right import Role
from city.run import (
    Answer,
    AnsweredError,
    Hand,
    NotYoursError,
    Report,
    StartError,
    UnknownApprovalError,
    UnknownIncidentError,
)

_STATES: Final = {
    Answer.APPROVED: (ApprovalState.APPROVED, LineKind.APPROVED),
    Answer.REJECTED: (ApprovalState.REJECTED, LineKind.REJECTED),
    Answer.RETURNED: (ApprovalState.RETURNED, LineKind.RETURNED),
}


class Holds(Protocol):
    """Who holds which role where, or acts for somebody who does."""

    def __call__(self, person: Principal, role: Role, unit: str) -> bool:
        """Now."""
        ...


class Question(Protocol):
    """What counts of an approval when somebody wants to answer it."""

    @property
    def unit(self) -> str:
        """The place that their role must reach."""
        ...

    @property
    def roles(self) -> tuple[Role, ...]:
        """Those asked so far."""
        ...


class RunDesk:
    """on_change: called when something is to go out, or to be waited for."""

    def __init__(
        self, database: sa.Engine, office: Office, clock: Clock, holds: Holds, on_change: Callable[[], None]
    ) -> None:
        self._database = database
        self._office = office
        self._clock = clock
        self._holds = holds
        self._on_change = on_change

    def start(self, report: Report, by: str, key: str) -> str:
        """Starts a playbook and gives its incident; under a key that started one before, it is that one.

        Raises StartError.
        """
        playbook = self._office.playbooks.get(report.playbook)
        if playbook is None:
            raise StartError("runs.start_unknown", playbook=report.playbook[:80])
        if report.section not in self._office.catalog.departments:
            raise StartError("runs.start_section", section=report.section[:80])
        ident, now_ms = digest("start", key), self._clock.now_ms()
        new = Incident(
            id=ident,
            playbook=playbook.id,
            grouped=ident,
            rule=REPORT_RULE,
            subject=ident,
            raised_ms=now_ms,
            title=Text(report.title, report.title),
            section=report.section,
            severity=report.severity,
            opened_ms=now_ms,
            last_ms=now_ms,
            opened_by=by,
            drill=report.drill,
        )
        try:
            self._open(new, playbook, report.text)
        except sa.exc.IntegrityError:  # two came at once with one key, and the other was quicker: it stands now
            self._open(new, playbook, report.text)
        self._on_change()
        return ident

    def resolve(self, ident: str, by: str, reason: str) -> None:
        """What a person started is over. Raises UnknownIncidentError, AnsweredError for what its alerts end."""
        with transaction(self._database) as connection:
            clerk, run = self._taken(connection, ident)
            if run.incident.opened_by is None or run.incident.resolved_ms is not None:
                raise AnsweredError("runs.resolve_not_yours")
            now_ms = clerk.papers.now_ms
            event = report_event(run.incident, "resolved", reason, now_ms, self._office.catalog)
            clerk.papers.events.append(event)
            clerk.papers.tell_all(run, event.id, event.subject)
            clerk.resolve(run, now_ms, by)
            clerk.file()
        self._on_change()

    def by_hand(self, ident: str, hand: Hand, by: str, reason: str, place: str | None = None) -> None:
        """Something is done to the run of an incident. Raises UnknownIncidentError, HandError where it cannot be."""
        with transaction(self._database) as connection:
            clerk, run = self._taken(connection, ident)
            clerk.happens(run, ByHand(hand, by, reason, place))
            clerk.file()
        self._on_change()

    def answer(self, ident: str, shown: str, answer: Answer, by: Principal, reason: str) -> Approval:
        """Answers an approval. shown: the digest of what the person was looking at. The first answer decides.

        Raises UnknownApprovalError; NotYoursError for who holds none of the roles asked, and who started the run;
        AnsweredError where it was answered, or what was shown has changed.
        """
        with transaction(self._database) as connection:
            found = connection.execute(sa.select(approval).where(approval.c.id == ident)).one_or_none()
            if found is None:
                raise UnknownApprovalError("runs.approval_unknown", id=ident[:80])
            clerk, run = self._taken(connection, found.incident)
            asked = approval_of(connection.execute(sa.select(approval).where(approval.c.id == ident)).one())
            refusal = self.refusal(asked, run.incident.opened_by, by)
            if refusal is not None:
                raise refusal
            known = asked.place in run.course.steps  # not where the playbook is not understood any more
            if asked.state not in STANDING or asked.digest != shown or not known:
                raise AnsweredError("runs.approval_changed")
            state, kind = _STATES[answer]
            now_ms = clerk.papers.now_ms
            answered = replace(asked, state=state, answered_ms=now_ms, answered_by=by.id, reason=reason)
            clerk.answer(answered)
            clerk.papers.note(run, kind, by.id, asked.place, {"reason": reason} | shown_fields(asked))
            clerk.happens(run, Answered(asked.place, answer))
            clerk.file()
        self._on_change()
        return answered

    def refusal(self, asked: Question, opened_by: str | None, by: Principal) -> NotYoursError | None:
        """Why they cannot answer it; None: they can. opened_by: who started the incident, None where an alert did."""
        if not by.is_person or not any(self._holds(by, role, asked.unit) for role in asked.roles):
            return NotYoursError("runs.approval_role")
        if opened_by == by.id:
            return NotYoursError("runs.approval_own")
        return None

    def _open(self, new: Incident, playbook: Playbook, text: str) -> None:
        """The reported incident with its run; nothing where it stands already."""
        with transaction(self._database) as connection:
            if connection.scalar(sa.select(incident.c.id).where(incident.c.id == new.id)) is not None:
                return
            clerk = Clerk(connection, self._office, new.opened_ms)
            run = clerk.open(new, playbook)
            said = {"title": new.title.ja, "text": text}
            clerk.papers.note(run, LineKind.REPORTED, str(new.opened_by), None, said)
            told = report_event(new, "started", text, new.opened_ms, self._office.catalog)
            clerk.papers.events.append(told)
            clerk.happens(run, Begun())
            clerk.file()

    def _taken(self, connection: sa.Connection, ident: str) -> tuple[Clerk, OpenRun]:
        clerk = Clerk(connection, self._office, self._clock.now_ms())
        clerk.take([ident])
        if ident not in clerk.runs:
            raise UnknownIncidentError("runs.incident_unknown", id=ident[:80])
        return clerk, clerk.runs[ident]
