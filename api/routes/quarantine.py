"""The quarantine: what could not be used, why, and the way back."""

import base64
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.moment import iso
from api.ports import View
from api.problem import problems
from city.quarantine import Reason

PIECES_AT_MOST: Final = 500
SHOWN_BYTES: Final = 2_048  # enough to see what it is; `length` and `sha256` are of the whole


class Piece(BaseModel):
    """A message, or the part of one, that could not be used, for one reason."""

    id: int
    topic: str
    arrived: str
    reason: Reason
    count: Annotated[int, Field(description="Readings that it stands for.")]
    detail: str
    length: int
    sha256: str
    payload: Annotated[str, Field(description="Its first 2 KiB, base64.")]


class Pieces(BaseModel):
    """Oldest first. `next`: pass it as `after` for more; null at the end."""

    counts: dict[Reason, int]
    pieces: list[Piece]
    next: int | None


class Again(BaseModel):
    """Which pieces go through the ingester once more."""

    ids: Annotated[list[int], Field(min_length=1, max_length=PIECES_AT_MOST)]


class Resent(BaseModel):
    """How many there were."""

    resent: int


def routes(view: View) -> APIRouter:
    """`/v1/quarantine`."""
    router = APIRouter(prefix="/v1", tags=["quarantine"])

    @router.get("/quarantine", summary="What could not be used", responses=problems(400, 503))
    def quarantine(
        reason: Annotated[Reason | None, Query(description="Only this reason.")] = None,
        after: Annotated[int, Query(ge=0, description="Only ids past this.")] = 0,
        limit: Annotated[int, Query(ge=1, le=PIECES_AT_MOST)] = 100,
    ) -> Pieces:
        """What lies in the quarantine, page by page, and how much of it by reason."""
        found = view.quarantine.pieces(reason, after, limit)
        return Pieces(
            counts=dict(view.quarantine.counts()),
            pieces=[
                Piece(
                    id=piece.id,
                    topic=piece.topic,
                    arrived=iso(piece.arrived_ms),
                    reason=piece.reason,
                    count=piece.count,
                    detail=piece.detail,
                    length=piece.length,
                    sha256=piece.sha256,
                    payload=base64.b64encode(piece.payload[:SHOWN_BYTES]).decode(),
                )
                for piece in found
            ],
            next=found[-1].id if len(found) == limit else None,
        )

    @router.post("/quarantine/resend", summary="Send again", responses=problems(400, 403, 503))
    def resend(again: Again) -> Resent:
        """Puts pieces through the ingester once more, after what was wrong (a missing sensor, a unit) is mended.

        What still cannot be used comes back under a new id.
        """
        return Resent(resent=view.quarantine.resend(again.ids))

    return router
