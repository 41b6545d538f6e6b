"""What people want of devices: the configuration that each is to run, and commands."""

import secrets
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from api.admission import name_of
from api.deciding import By, Key
from api.device_ports import Commanded, Configured
from api.moment import iso, iso_or_none
from api.ports import View
from api.problem import ProblemError, problems

LATEST_S: Final = 7 * 86_400  # what should be done in more than a week is no command
SOON_S: Final = 60  # a person who gives one waits for it
Name = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,64}$", examples=["ping"])]
Argument = bool | int | float | str


class WantedConfiguration(BaseModel):
    """All of a device's configuration but its revision, as `megane schema device-config` describes it."""

    by: By = None
    config: Annotated[
        dict[str, Any],
        Field(examples=[{"sensors": [{"name": "water_level", "driver": "serial_level", "every_s": 60}]}]),
    ]


class ConfigurationOf(BaseModel):
    """What a device is to run."""

    device: str
    revision: int
    at: str
    by: str
    config: dict[str, Any]


class WantedCommand(BaseModel):
    """Something that a device is to do at once. What it does not get in time it refuses."""

    by: By = None
    name: Name
    arguments: Annotated[dict[Name, Argument], Field(max_length=16)] = {}
    within_s: Annotated[float, Field(gt=0, le=LATEST_S, description="It is late after so many seconds.")] = SOON_S


class CommandOf(BaseModel):
    """A command, and what became of it."""

    id: str
    device: str
    name: str
    arguments: dict[str, Argument]
    deadline: str
    at: str
    by: str
    outcome: Annotated[str | None, Field(description="`accepted`, `done`, `refused`, `expired`; null: no answer yet.")]
    reason: Annotated[str | None, Field(description="Why it was refused.", examples=["late"])]
    detail: str
    answered: str | None


class CommandsOf(BaseModel):
    """The newest first."""

    commands: list[CommandOf]


def routes(view: View) -> APIRouter:
    """`/v1/devices/{device}/config` and `/v1/devices/{device}/commands`."""
    router = APIRouter(prefix="/v1/devices", tags=["devices"])

    def zone_of(device: str) -> str:
        found = view.catalog().devices.get(device)
        if found is None:
            raise ProblemError(404, "api.unknown-device", device=device)
        return found.zone

    def zone_of_ours(device: str) -> str:
        """Where a device is that understands configurations and commands."""
        zone = zone_of(device)
        if view.catalog().devices[device].speech is not None:
            raise ProblemError(400, "api.device-of-others", device=device)
        return zone

    @router.put("/{device}/config", summary="Say what a device is to be", responses=problems(400, 403, 404, 503))
    def configure(request: Request, device: str, wanted: WantedConfiguration) -> ConfigurationOf:
        """It gets the next revision, and goes to the device, which checks it and says in its state what it runs."""
        by = name_of(request, wanted.by)
        return _configuration(view.devices.configure(device, zone_of_ours(device), wanted.config, by))

    @router.get("/{device}/config", summary="What a device is to be", responses=problems(400, 404, 503))
    def configuration(device: str) -> ConfigurationOf:
        """The newest revision. 404 where the city never said."""
        zone_of(device)
        found = view.devices.configured(device)
        if not found:
            raise ProblemError(404, "api.no-configuration", device=device)
        return _configuration(found[0])

    @router.post("/{device}/commands", summary="Give a device a command", responses=problems(400, 403, 404, 503))
    def command(request: Request, device: str, wanted: WantedCommand, key: Key = None) -> CommandOf:
        """It goes to the device until that answers, or it is late."""
        zone = zone_of_ours(device)
        deadline_ms = view.clock.now_ms() + round(wanted.within_s * 1000)
        by, ident = name_of(request, wanted.by), _ident(key)
        made = view.devices.command(device, zone, wanted.name, wanted.arguments, deadline_ms, by, ident)
        return _command(made)

    @router.get("/{device}/commands", summary="Commands to a device", responses=problems(400, 404, 503))
    def commands(device: str, limit: Annotated[int, Query(ge=1, le=1_000)] = 100) -> CommandsOf:
        """And what became of each."""
        zone_of(device)
        return CommandsOf(commands=[_command(one) for one in view.devices.commands(device, limit)])

    return router


def _ident(key: str | None) -> str:
    """A command's id: the caller's key, or one of chance. Raises ProblemError where it cannot be an id."""
    if key is None:
        return secrets.token_hex(8)
    if not all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in key):
        raise ProblemError(400, "api.command-key")
    return key


def _configuration(found: Configured) -> ConfigurationOf:
    return ConfigurationOf(
        device=found.device,
        revision=found.revision,
        at=iso(found.made_ms),
        by=found.made_by,
        config=found.written,
    )


def _command(found: Commanded) -> CommandOf:
    return CommandOf(
        id=found.command.id,
        device=found.device,
        name=found.command.name,
        arguments=dict(found.command.arguments),
        deadline=iso(found.command.deadline_ms),
        at=iso(found.made_ms),
        by=found.made_by,
        outcome=found.outcome,
        reason=found.reason,
        detail=found.detail,
        answered=iso_or_none(found.answered_ms),
    )
