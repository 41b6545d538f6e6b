"""Approvals as the API writes them. Times are ISO 8601 UTC."""

from typing import Annotated

from pydantic import BaseModel, Field

from api import approval_ports
from api.moment import iso, iso_or_none
from api.problem import BothLanguages
from api.routes.sensors import both
from city.right import Role


class AlertAsShown(BaseModel):
    """An alert as it was shown to whoever decides."""

    title: BothLanguages
    subject: str
    severity: int
    raised: str


class ApprovalShown(BaseModel):
    """A question, with the evidence that it rests on. An answer names its digest."""

    id: str
    incident: str
    place: str
    title: BothLanguages
    section: str
    roles: Annotated[list[Role], Field(description="Who was asked so far.")]
    question: str
    severity: int
    drill: bool
    alerts: list[AlertAsShown]
    more: Annotated[int, Field(description="How many alerts fire besides those shown.")]
    digest: Annotated[str, Field(description="Of exactly this question and evidence.")]
    state: Annotated[str, Field(description="waiting, unanswered, approved, rejected, returned, void")]
    asked: str
    due: Annotated[str | None, Field(description="When others are asked too; null: nobody is left.")]
    answered: str | None
    answered_by: str | None
    reason: str | None
    yours: Annotated[bool, Field(description="Whether whoever asks can answer it now.")]


def approval_shown(asked: approval_ports.Approval, *, yours: bool) -> ApprovalShown:
    """A question as it stands."""
    return ApprovalShown(
        id=asked.id,
        incident=asked.incident,
        place=asked.place,
        title=both(asked.title),
        section=asked.unit,
        roles=list(asked.roles),
        question=asked.question,
        severity=asked.evidence.severity,
        drill=asked.evidence.drill,
        alerts=[
            AlertAsShown(
                title=BothLanguages(ja=one.title, en=one.title_en),
                subject=one.subject,
                severity=one.severity,
                raised=iso(one.raised_ms),
            )
            for one in asked.evidence.alerts
        ],
        more=asked.evidence.more,
        digest=asked.digest,
        state=asked.state,
        asked=iso(asked.asked_ms),
        due=iso_or_none(asked.due_ms),
        answered=iso_or_none(asked.answered_ms),
        answered_by=asked.answered_by,
        reason=asked.reason,
        yours=yours,
    )
