"""Approvals 決裁: a question to those who hold a role, bound to the exact text and evidence that they are shown."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import nsmallest
from typing import Final

import msgspec
import sqlalchemy as sa

from administration.incident import Incident
from administration.run_tables import approval
from administration.steps.approve import Approve
from city.messages.text import Text
from city.right import Role


class ApprovalState(StrEnum):
    """Where it is. Waiting and unanswered ones can be answered; silence is never a yes."""

    WAITING = "waiting"
    UNANSWERED = "unanswered"  # the ladder is at its end
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    VOID = "void"  # what was shown has changed, or the incident's end overtook it


# Alerts that are shown: nobody reads more before deciding. With each that joins or ends the question is put anew and
# kept, so that all of thousands, each time, would be gigabytes in a night.
SHOWN: Final = 100
STANDING: Final = (ApprovalState.WAITING, ApprovalState.UNANSWERED)


class ShownAlert(msgspec.Struct, frozen=True):
    """An alert that fires, as it is shown to whoever decides."""

    title: str
    title_en: str
    subject: str
    severity: int
    raised_ms: int


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """On what is decided: the incident as it is now, and those of its alerts that fire, the worst first.

    more: how many fire besides
    """

    incident: str
    title: str
    title_en: str
    severity: int
    drill: bool
    alerts: tuple[ShownAlert, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Approval:
    """One question. Times in ms of the city's clock.

    unit: the place of the tree that the role must reach; empty: the whole city
    roles: those asked so far, the first one first; people: the ids of those who were on duty for them then
    digest: of question and evidence; an answer names the one that it was given to
    due_ms: when the next rung is asked too; None: there is none
    """

    id: str
    run: str
    place: str
    incident: str
    unit: str
    roles: tuple[Role, ...]
    people: tuple[str, ...]
    question: str
    evidence: Evidence
    digest: str
    state: ApprovalState
    asked_ms: int
    due_ms: int | None
    answered_ms: int | None = None
    answered_by: str | None = None
    reason: str | None = None

    @property
    def title(self) -> Text:
        """What the incident is called."""
        return Text(self.evidence.title, self.evidence.title_en)


def evidence_of(incident: Incident) -> Evidence:
    """What is shown of an incident."""
    firing = [alert for alert in incident.alerts.values() if alert.resolved_ms is None]
    worst = nsmallest(SHOWN, firing, key=lambda one: (-one.severity, one.key.raised_ms, one.key.rule, one.key.subject))
    shown = tuple(
        ShownAlert(one.title.ja, one.title.en, one.key.subject, one.severity, one.key.raised_ms) for one in worst
    )
    title, more = incident.title, len(firing) - len(shown)
    return Evidence(incident.id, title.ja, title.en, incident.severity, incident.drill, shown, more)


def digest_of(question: str, evidence: Evidence) -> str:
    """SHA-256 over exactly what is shown, hexadecimal."""
    return hashlib.sha256(msgspec.json.encode((question, evidence))).hexdigest()


def shown_fields(asked: Approval) -> dict[str, str]:
    """On what was decided, for the chronology: the question, and where all that was shown is kept."""
    alerts = str(len(asked.evidence.alerts) + asked.evidence.more)
    return {"question": asked.question, "approval": asked.id, "digest": asked.digest, "alerts": alerts}


def asked_roles(step: Approve, rung: int) -> tuple[Role, ...]:
    """Who is asked on this rung of the ladder: its role, and all of those before."""
    return step.ladder[: rung + 1]


def insert_approval(connection: sa.Connection, new: Approval) -> None:
    """A new question; its run must stand."""
    connection.execute(approval.insert(), _row(new))


def standing(connection: sa.Connection, runs: Sequence[str]) -> Mapping[tuple[str, str], Approval]:
    """The questions of these runs that can be answered, by run and place; locked until the transaction ends."""
    wanted = sa.select(approval).where(approval.c.run.in_(runs), approval.c.state.in_(STANDING)).with_for_update()
    found = (approval_of(row) for row in connection.execute(wanted))
    return {(one.run, one.place): one for one in found}


def change_approval(connection: sa.Connection, changed: Approval) -> None:
    """The question as it is now."""
    connection.execute(approval.update().where(approval.c.id == changed.id).values(_row(changed)))


def approval_of(row: sa.Row[tuple[object, ...]]) -> Approval:
    """A row of `approval`."""
    return Approval(
        id=row.id,
        run=row.run,
        place=row.place,
        incident=row.incident,
        unit=row.unit,
        roles=tuple(Role(role) for role in row.roles.split()),
        people=tuple(row.people.split()),
        question=row.question,
        evidence=_EVIDENCE.decode(row.evidence),
        digest=row.digest,
        state=ApprovalState(row.state),
        asked_ms=row.asked_ms,
        due_ms=row.due_ms,
        answered_ms=row.answered_ms,
        answered_by=row.answered_by,
        reason=row.reason,
    )


def _row(one: Approval) -> dict[str, object]:
    named = {name: getattr(one, name) for name in Approval.__dataclass_fields__}
    written = {
        "roles": "\n".join(one.roles),
        "people": "\n".join(one.people),
        "evidence": msgspec.json.encode(one.evidence).decode(),
    }
    return named | written


_EVIDENCE = msgspec.json.Decoder(Evidence)
