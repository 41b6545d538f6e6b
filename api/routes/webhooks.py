"""The way to the departments: how each endpoint does, and dead letters to be sent again."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from api.delivery_ports import Attempt as AttemptRecord
from api.delivery_ports import DeadLetter as DeadLetterRecord
from api.delivery_ports import EndpointHealth
from api.moment import iso, iso_or_none
from api.ports import View
from api.problem import ProblemError, problems
from city.errors import UserError

LETTERS_AT_MOST: Final = 500
ID_AT_MOST: Final = 128


class Endpoint(BaseModel):
    """How deliveries to one endpoint go."""

    endpoint: Annotated[str, Field(examples=["bosai"])]
    delivered: int
    waiting: Annotated[int, Field(description="Not tried yet.")]
    retrying: Annotated[int, Field(description="Tried at least once, and tried again.")]
    dead: Annotated[int, Field(description="Given up until a person sends them again.")]
    disabled: Annotated[str | None, Field(description="Since it answered 410; nothing is sent until it is enabled.")]
    last_success: str | None
    last_error_at: str | None
    last_error: str | None
    oldest_waiting: str | None


class Endpoints(BaseModel):
    """Every endpoint to which something was ever to be sent."""

    endpoints: list[Endpoint]


class DeadLetter(BaseModel):
    """A delivery that is given up until a person sends it again."""

    id: Annotated[str, Field(description="Its `webhook-id`.")]
    endpoint: str
    rule: str
    subject: str
    to_state: Annotated[str, Field(examples=["firing"])]
    at: str
    died: str
    attempts: int
    reason: str
    status: Annotated[int | None, Field(description="HTTP status of the last answer; null where there was none.")]
    answer: Annotated[str, Field(description="The beginning of the last answer.")]


class DeadLetters(BaseModel):
    """The one that died last is first."""

    dead_letters: list[DeadLetter]


class Attempt(BaseModel):
    """One try."""

    number: int
    began: str
    reason: str
    status: int | None
    answer: str


class Opened(BaseModel):
    """A dead letter with all that is known of it."""

    letter: DeadLetter
    attempts: Annotated[list[Attempt], Field(description="The last twenty.")]
    body: Annotated[str, Field(description="As it was sent.")]


class Resent(BaseModel):
    """How many were put in line again."""

    count: int


class Done(BaseModel):
    """What was put in line again."""

    id: str


def routes(view: View) -> APIRouter:
    """`/v1/webhooks`."""
    router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

    @router.get("", summary="How each endpoint does", responses=problems(503))
    def endpoints() -> Endpoints:
        """Delivered, waiting and dead by endpoint; since when the oldest waits, and why."""
        return Endpoints(endpoints=[_endpoint(health) for health in view.endpoints.health()])

    @router.post("/{endpoint}/enable", summary="Enable an endpoint again", responses=problems(400, 403, 404, 503))
    def enable(endpoint: Annotated[str, Path(max_length=ID_AT_MOST)]) -> Done:
        """Sends what was parked since the endpoint said that it is gone."""
        try:
            view.endpoints.enable(endpoint)
        except UserError as e:
            raise ProblemError(404, e.key, **e.fields) from e
        return Done(id=endpoint)

    @router.get("/dead-letters", summary="Deliveries given up", responses=problems(400, 503))
    def dead_letters(limit: Annotated[int, Query(ge=1, le=LETTERS_AT_MOST)] = 100) -> DeadLetters:
        """What no endpoint took: the endpoint refused it, or 72 h of retries were over."""
        return DeadLetters(dead_letters=[_letter(letter) for letter in view.dead_letters.list(limit)])

    @router.get("/dead-letters/{id}", summary="One of them", responses=problems(400, 403, 404, 503))
    def dead_letter(id_: Annotated[str, Path(alias="id", max_length=ID_AT_MOST)]) -> Opened:
        """With its body and its last attempts."""
        try:
            letter, attempts, body = view.dead_letters.show(id_)
        except UserError as e:
            raise ProblemError(404, e.key, **e.fields) from e
        return Opened(letter=_letter(letter), attempts=[_attempt(one) for one in attempts], body=body)

    @router.post("/{endpoint}/resend", summary="Send all of an endpoint's again", responses=problems(400, 403, 503))
    def resend_all(endpoint: Annotated[str, Path(max_length=ID_AT_MOST)]) -> Resent:
        """Puts every dead letter of it back in line, each under its `webhook-id`."""
        return Resent(count=view.dead_letters.resend_all(endpoint))

    @router.post(
        "/dead-letters/{id}/resend", summary="Send a dead letter again", responses=problems(400, 403, 404, 503)
    )
    def resend(id_: Annotated[str, Path(alias="id", max_length=ID_AT_MOST)]) -> Done:
        """Puts it back in line under the same `webhook-id`."""
        try:
            view.dead_letters.resend(id_)
        except UserError as e:
            raise ProblemError(404, e.key, **e.fields) from e
        return Done(id=id_)

    return router


def _endpoint(health: EndpointHealth) -> Endpoint:
    return Endpoint(
        endpoint=health.id,
        delivered=health.delivered,
        waiting=health.waiting,
        retrying=health.retrying,
        dead=health.dead,
        disabled=iso_or_none(health.disabled_ms),
        last_success=iso_or_none(health.last_success_ms),
        last_error_at=iso_or_none(health.last_error_ms),
        last_error=health.last_error,
        oldest_waiting=iso_or_none(health.oldest_waiting_ms),
    )


def _letter(letter: DeadLetterRecord) -> DeadLetter:
    return DeadLetter(
        id=letter.id,
        endpoint=letter.endpoint,
        rule=letter.rule,
        subject=letter.subject,
        to_state=letter.to_state,
        at=iso(letter.at_ms),
        died=iso(letter.died_ms),
        attempts=letter.attempts,
        reason=letter.reason,
        status=letter.status,
        answer=letter.answer,
    )


def _attempt(one: AttemptRecord) -> Attempt:
    return Attempt(number=one.number, began=iso(one.began_ms), reason=one.reason, status=one.status, answer=one.answer)
