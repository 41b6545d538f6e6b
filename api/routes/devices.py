"""Devices: what speaks MQTT for its sensors, and whether it is heard."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.moment import iso_or_none
from api.ports import View
from api.problem import BothLanguages
from api.routes.sensors import both


class Device(BaseModel):
    """A device of the catalog, and what it last said of itself (null where it never did)."""

    device: Annotated[str, Field(examples=["rpi-toba"])]
    title: BothLanguages
    zone: str
    site: str
    online: Annotated[bool | None, Field(description="From its own `state` message or its last will.")]
    version: Annotated[str | None, Field(description="Firmware version.")]
    spool_depth: Annotated[int | None, Field(description="Messages waiting on the device.")]
    clock: Annotated[str | None, Field(description="`ok` or `unsynced`.")]
    spool_hours: Annotated[float | None, Field(description="Until it is full, at the rate at which it fills.")]
    skew_ms: Annotated[int | None, Field(description="How far its wall clock went from its steady one.")]
    revision: Annotated[int | None, Field(description="Of the configuration that it runs.")]
    refused: Annotated[str | None, Field(description="Why it did not take another configuration.")]
    faults: Annotated[dict[str, str], Field(description="By sensor, why it has no reading of it.")]
    heard: Annotated[str | None, Field(description="When anything last came from it, UTC.")]


class Devices(BaseModel):
    """The catalog's devices, ordered by id."""

    devices: list[Device]


def routes(view: View) -> APIRouter:
    """`/v1/devices`."""
    router = APIRouter(prefix="/v1", tags=["catalog"])

    @router.get("/devices", summary="All devices and whether they are heard")
    def devices() -> Devices:
        """Every device of the catalog in force."""
        heard = {presence.device: presence for presence in view.presence()}
        found = []
        for id_, device in sorted(view.catalog().devices.items()):
            presence = heard.get(id_)
            found.append(
                Device(
                    device=id_,
                    title=both(device.title),
                    zone=device.zone,
                    site=device.site,
                    online=presence.online if presence else None,
                    version=presence.version if presence else None,
                    spool_depth=presence.spool_depth if presence else None,
                    clock=presence.clock if presence else None,
                    spool_hours=presence.spool_hours if presence else None,
                    skew_ms=presence.skew_ms if presence else None,
                    revision=presence.revision if presence else None,
                    refused=presence.refused if presence else None,
                    faults=dict(presence.faults) if presence else {},
                    heard=iso_or_none(presence.heard_ms if presence else None),
                )
            )
        return Devices(devices=found)

    return router
