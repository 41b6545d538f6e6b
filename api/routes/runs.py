"""Playbooks 手順書, and starting one by hand."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from api import run_acts
from api.deciding import Key
from api.ports import View
from api.problem import ProblemError, problems
from api.routes.cases import ONE_LINE, Title, Words
from api.run_shown import PlaybookShown, WholePlaybook, playbook_shown, whole_playbook
from city.run import Report


class StartedByHand(BaseModel):
    """What a person starts a playbook for, from a telephone report say, or as an exercise."""

    playbook: Annotated[str, Field(max_length=80, pattern=ONE_LINE, examples=["river-3"])]
    title: Title
    section: Annotated[str, Field(max_length=64, description="Whose business it is.", examples=["bosai"])]
    severity: Annotated[int, Field(ge=1, le=5)]
    text: Words = ""
    drill: Annotated[
        bool, Field(description="An exercise 訓練: said on all that goes out, and nothing is switched.")
    ] = False


class Started(BaseModel):
    """Its incident: `/v1/incidents/{id}`."""

    incident: str


class PlaybooksInForce(BaseModel):
    """All of them, by id."""

    playbooks: list[PlaybookShown]


def routes(view: View) -> APIRouter:
    """`/v1/runs`, `/v1/playbooks`."""
    router = APIRouter(tags=["runs"])

    @router.post("/v1/runs", summary="Start a playbook", responses=problems(400, 403, 422, 503))
    def start(request: Request, started: StartedByHand, key: Key = None) -> Started:
        """Once under its key."""
        report = Report(started.playbook, started.title, started.section, started.severity, started.text, started.drill)
        return Started(incident=run_acts.start(request, view, report, key))

    @router.get("/v1/playbooks", summary="Playbooks in force", responses=problems(503))
    def playbooks() -> PlaybooksInForce:
        """What alerts and people can start."""
        return PlaybooksInForce(playbooks=[playbook_shown(one) for one in view.playbooks.playbooks()])

    @router.get("/v1/playbooks/{ident}", summary="One playbook", responses=problems(404, 503))
    def playbook(ident: Annotated[str, Path(max_length=80)]) -> WholePlaybook:
        """Its text, and its steps in words."""
        found = view.playbooks.playbook(ident)
        if found is None:
            raise ProblemError(404, "runs.playbook_unknown", playbook=ident[:80])
        return whole_playbook(found)

    return router
