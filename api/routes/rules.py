"""Rules: what is in force, and bringing new ones into force."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.ports import View
from api.problem import BothLanguages, MistakeInFile, in_file, problems
from api.routes.sensors import both
from city.rule import Rule


class RuleInForce(BaseModel):
    """A rule as it is in force."""

    rule: Annotated[str, Field(examples=["river-danger"])]
    version: Annotated[str, Field(description="Changes with everything that decides about alerts.")]
    title: BothLanguages
    owner: Annotated[str, Field(description="Department that has it.")]
    quantity: str
    raises: Annotated[str, Field(description="The expression.", examples=['last() >= level("danger")'])]
    clears: Annotated[str | None, Field(description="The expression; null: where it no longer raises.")]
    shadow: Annotated[bool, Field(description="On trial: it runs, and nobody is told.")]
    file: Annotated[str, Field(description="Where it stands.", examples=["rules/river.yaml:12"])]


class Rules(BaseModel):
    """All rules in force, in the order of their ids."""

    rules: list[RuleInForce]


class Reloaded(BaseModel):
    """Ids of the rules that are new, changed, gone; all others kept what they know. Warnings are no mistakes."""

    position: Annotated[int | None, Field(description="Journal entry that holds them; null: in force already.")]
    new: list[str]
    changed: list[str]
    gone: list[str]
    warnings: list[MistakeInFile]


def routes(view: View) -> APIRouter:
    """`/v1/rules`."""
    router = APIRouter(prefix="/v1", tags=["rules"])

    @router.get("/rules", summary="Rules in force", responses=problems(400))
    def rules() -> Rules:
        """What the city's readings are judged by."""
        found = view.rules()
        return Rules(rules=[_told(found[rule]) for rule in sorted(found)])

    @router.post("/rules/reload", summary="Bring new rules into force", responses=problems(400, 403, 503))
    def reload() -> Reloaded:
        """Reads the rules of the city's folder anew: all of them come into force, or, where one is wrong, none.

        Rules that did not change keep what they know: what is pending stays pending.
        """
        change = view.reload_rules()
        return Reloaded(
            position=change.position,
            new=list(change.new),
            changed=list(change.changed),
            gone=list(change.gone),
            warnings=[in_file(warning) for warning in change.warnings],
        )

    return router


def _told(rule: Rule) -> RuleInForce:
    return RuleInForce(
        rule=rule.id,
        version=rule.version,
        title=both(rule.title),
        owner=rule.owner,
        quantity=rule.select.quantity,
        raises=rule.raise_.text,
        clears=rule.clear.text if rule.clear else None,
        shadow=rule.shadow,
        file=str(rule.place),
    )
