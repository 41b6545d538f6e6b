"""Whether the city's machine is well: for supervisors, load balancers and Prometheus."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from api.ports import Check, View


class Checked(BaseModel):
    """One thing that must be well."""

    name: Annotated[str, Field(examples=["journal"])]
    ok: bool
    detail: str


class Wellbeing(BaseModel):
    """All checks, and whether every one holds."""

    ok: bool
    checks: list[Checked]


def routes(view: View) -> APIRouter:
    """`/readyz`, `/healthz`, `/metrics`."""
    router = APIRouter(tags=["probes"])
    unwell: dict[int | str, dict[str, Any]] = {
        503: {"description": "Something is not well: `checks` says what.", "model": Wellbeing}
    }

    @router.get("/readyz", summary="Ready to work?", responses=unwell)
    def readyz(response: Response) -> Wellbeing:
        """200 once messages are taken, stored and judged; 503 with what is missing until then."""
        return _judge(view.readiness(), response)

    @router.get("/healthz", summary="Should the process be left running?", responses=unwell)
    def healthz(response: Response) -> Wellbeing:
        """200 while journal and engine move; 503 when a restart would help."""
        return _judge(view.health(), response)

    @router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
    def metrics() -> Response:
        """Prometheus text format. `megane_readings_total` accounts for every reading received."""
        return Response(generate_latest(view.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _judge(checks: Sequence[Check], response: Response) -> Wellbeing:
    ok = all(check.ok for check in checks)
    response.status_code = 200 if ok else 503
    response.headers["Cache-Control"] = "no-store"
    return Wellbeing(ok=ok, checks=[Checked(name=c.name, ok=c.ok, detail=c.detail) for c in checks])
