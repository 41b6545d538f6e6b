"""Alerts: what fires, what fired, where, and who has it."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.moment import iso, iso_or_none, read_moment
from api.ports import Alert as AlertRecord
from api.ports import View
from api.problem import BothLanguages, ProblemError, problems
from api.routes.sensors import both
from api.situation import tell
from city.alert import AlertState
from city.catalog import Catalog
from city.decision import ClosingReason
from city.rule import Rule

ALERTS_BY_DEFAULT: Final = 200
ALERTS_AT_MOST: Final = 5_000  # a month of a bad season; who wants more asks span by span


class Acknowledged(BaseModel):
    """Somebody has seen it and takes care."""

    at: str
    by: str


class Closed(BaseModel):
    """Somebody closed it."""

    at: str
    by: str
    reason: ClosingReason


class Alert(BaseModel):
    """One alert: raised once, firing or resolved. Times are ISO 8601 UTC."""

    rule: Annotated[str, Field(examples=["river-danger"])]
    version: str
    title: BothLanguages
    subject: Annotated[str, Field(description="`device:sensor`, or a group.", examples=["rpi-toba:water_level"])]
    site_title: BothLanguages
    severity: Annotated[int, Field(description="1..5, ours.", ge=0, le=5)]
    alert_level: Annotated[int | None, Field(description="警戒レベル相当, for floods, landslides and surges only.")]
    owner: Annotated[str | None, Field(description="Department that has it.")]
    state: Annotated[str, Field(examples=["firing"])]
    raised: str
    resolved: str | None
    value: Annotated[float | None, Field(description="The reading that its last change rests on.")]
    peak: Annotated[float | None, Field(description="Greatest reading while it fired.")]
    unit: str | None
    shadow: Annotated[bool, Field(description="Its rule is on trial: nobody is told.")]
    retroactive: Annotated[bool, Field(description="Found afterwards, when late readings were looked at.")]
    flapping: Annotated[bool, Field(description="It came and went so often that it is held firing until it is calm.")]
    suppressed_by: Annotated[
        str | None,
        Field(description="What keeps it from being told: a rule's id, or `silence:` and its id."),
    ]
    acknowledged: Acknowledged | None
    assignee: Annotated[str | None, Field(description="Who takes care of it.")]
    closed: Closed | None


class Alerts(BaseModel):
    """The newest raised first. `more`: there are more than were asked for."""

    now: str
    alerts: list[Alert]
    more: bool


def routes(view: View) -> APIRouter:
    """`/v1/alerts`."""
    router = APIRouter(prefix="/v1", tags=["alerts"])

    @router.get("/alerts", summary="Alerts", responses=problems(400, 503))
    def alerts(
        state: Annotated[Literal["firing", "resolved"] | None, Query(description="Default: both.")] = None,
        from_: Annotated[
            str | None,
            Query(
                alias="from",
                description="Those that fired at or after this. ISO 8601 with an offset, or epoch seconds.",
            ),
        ] = None,
        to: Annotated[str | None, Query(description="Those that fired before this.")] = None,
        limit: Annotated[int, Query(ge=1, le=ALERTS_AT_MOST)] = ALERTS_BY_DEFAULT,
        *,
        shadow: Annotated[bool, Query(description="Those of rules on trial, instead of those that act.")] = False,
    ) -> Alerts:
        """Alerts that fired at some moment of `from` ≤ t < `to`. Without parameters: the newest ones."""
        from_ms = None if from_ is None else read_moment("from", from_)
        to_ms = None if to is None else read_moment("to", to)
        if from_ms is not None and to_ms is not None and from_ms >= to_ms:
            raise ProblemError(400, "api.span-empty", start=iso(from_ms), end=iso(to_ms))
        wanted = None if state is None else AlertState(state)
        found = view.alerts.alerts(wanted, from_ms, to_ms, limit + 1, shadow=shadow)
        catalog, rules = view.catalog(), view.rules()
        return Alerts(
            now=iso(view.clock.now_ms()),
            alerts=[describe(alert, catalog, rules) for alert in found[:limit]],
            more=len(found) > limit,
        )

    return router


def describe(alert: AlertRecord, catalog: Catalog, rules: Mapping[str, Rule]) -> Alert:
    """An alert with its rule's words and its place."""
    told = tell(alert, catalog, rules)
    return Alert(
        rule=alert.rule,
        version=alert.version,
        title=both(told.title),
        subject=alert.subject,
        site_title=both(told.place),
        severity=alert.severity,
        alert_level=told.mark.level or None,
        owner=told.department.id if told.department else None,
        state=alert.state,
        raised=iso(alert.raised_ms),
        resolved=iso_or_none(alert.resolved_ms),
        value=alert.value,
        peak=alert.peak,
        unit=told.quantity.unit if told.quantity else None,
        shadow=alert.shadow,
        retroactive=alert.retroactive,
        flapping=alert.flapping,
        suppressed_by=alert.suppressed_by,
        acknowledged=_acknowledged(alert),
        assignee=alert.assignee,
        closed=_closed(alert),
    )


def _acknowledged(alert: AlertRecord) -> Acknowledged | None:
    if alert.acknowledged_ms is None or alert.acknowledged_by is None:
        return None
    return Acknowledged(at=iso(alert.acknowledged_ms), by=alert.acknowledged_by)


def _closed(alert: AlertRecord) -> Closed | None:
    if alert.closed_ms is None or alert.closed_by is None or alert.reason is None:
        return None
    return Closed(at=iso(alert.closed_ms), by=alert.closed_by, reason=alert.reason)
