"""What was refused: by the broker, the ingester, the devices, the API."""

from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.moment import iso
from api.ports import View
from api.problem import BothLanguages, in_both, problems
from city.security_event import SecurityKind

EVENTS_AT_MOST: Final = 500


class SecurityEvent(BaseModel):
    """All of one kind, of one device, within one hour."""

    kind: SecurityKind
    text: BothLanguages
    device: Annotated[str | None, Field(description="Null where it is not known.")]
    count: int
    first: str
    last: str
    detail: Annotated[str, Field(description="Of the newest.")]


class SecurityEvents(BaseModel):
    """The newest first."""

    events: list[SecurityEvent]


def routes(view: View) -> APIRouter:
    """`/v1/security-events`."""
    router = APIRouter(prefix="/v1", tags=["devices"])

    @router.get("/security-events", summary="What was refused", responses=problems(400, 503))
    def security_events(
        kind: Annotated[SecurityKind | None, Query(description="Only this kind.")] = None,
        device: Annotated[str | None, Query(max_length=64, description="Only of this device.")] = None,
        limit: Annotated[int, Query(ge=1, le=EVENTS_AT_MOST)] = 100,
    ) -> SecurityEvents:
        """Kept for 90 days. What happened within the last second may not be there yet."""
        return SecurityEvents(
            events=[
                SecurityEvent(
                    kind=one.kind,
                    text=in_both(f"security.kind-{one.kind}", {}),
                    device=one.device or None,
                    count=one.count,
                    first=iso(one.first_ms),
                    last=iso(one.last_ms),
                    detail=one.detail,
                )
                for one in view.security.events(limit, kind, device)
            ]
        )

    return router
