"""Devices: what speaks MQTT for its sensors, and whether it is heard."""

import math
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api import ports
from api.moment import iso, iso_or_none
from api.ports import View
from api.problem import BothLanguages
from api.routes.sensors import both
from city.speech import topics_of

YEAR_10000_MS: Final = 253_402_300_800_000  # beyond it ISO 8601 has no years


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
    measured_skew_ms: Annotated[
        int | None,
        Field(
            description="As the city measures it, its clock against the city's: positive, ahead by that at least; "
            "negative, behind by that at most (a slow way looks the same). Null where it cannot be told."
        ),
    ]
    revision: Annotated[int | None, Field(description="Of the configuration that it runs.")]
    refused: Annotated[str | None, Field(description="Why it did not take another configuration.")]
    faults: Annotated[dict[str, str], Field(description="By sensor or output, why it cannot be read or switched.")]
    outputs: Annotated[
        dict[str, str],
        Field(description="By output, what it is switched to, as the device says.", examples=[{"siren": "off"}]),
    ]
    certificate_ends: Annotated[str | None, Field(description="Its certificate, as it says itself, UTC.")]
    renewal: Annotated[str | None, Field(description="Why it could not renew its certificate.")]
    heard: Annotated[str | None, Field(description="When anything last came from it, UTC.")]
    topics: Annotated[list[str], Field(description="Under which it sends, as filters of MQTT.")]


class Sample(BaseModel):
    """A value that a device sent."""

    at: Annotated[list[str], Field(description="The keys that lead to it; of Sparkplug the metric's name.")]
    value: Annotated[float | None, Field(description="Null where it was none.")]
    unit: Annotated[str | None, Field(description="Null where the message named none.")]


class Unregistered(BaseModel):
    """A device that is heard and that the catalog does not have."""

    name: Annotated[str, Field(examples=["a84041fc4188657a"], description="What it calls itself.")]
    form: Annotated[str, Field(examples=["chirpstack"], description="Of what it sends: `senml` as ours do.")]
    topics: Annotated[list[str], Field(description="Where it was heard, the newest first.")]
    first_heard: str
    last_heard: str
    pieces: Annotated[int, Field(description="How many pieces of it lie in the quarantine.")]
    samples: Annotated[list[Sample], Field(description="Some of what it sent last.")]
    draft: Annotated[str, Field(description="For the catalog, as YAML; each `?` is for people to fill in.")]


class UnregisteredDevices(BaseModel):
    """Those heard last come first."""

    devices: list[Unregistered]


class Devices(BaseModel):
    """The catalog's devices, ordered by id."""

    devices: list[Device]


def moment(time_ms: int | None) -> str | None:
    """A time that a device says; None for one that is none."""
    return iso_or_none(time_ms) if time_ms is not None and 0 <= time_ms < YEAR_10000_MS else None


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
                    measured_skew_ms=presence.measured_skew_ms if presence else None,
                    revision=presence.revision if presence else None,
                    refused=presence.refused if presence else None,
                    faults=dict(presence.faults) if presence else {},
                    outputs=dict(presence.outputs) if presence else {},
                    certificate_ends=moment(presence.certificate_ms) if presence else None,
                    renewal=presence.renewal if presence else None,
                    heard=iso_or_none(presence.heard_ms if presence else None),
                    topics=[*topics_of(device.speech)] if device.speech else [f"{view.root}/{device.zone}/{id_}/up"],
                )
            )
        return Devices(devices=found)

    @router.get("/devices/unregistered", summary="Devices heard but not registered")
    def unregistered() -> UnregisteredDevices:
        """Whose readings lie in the quarantine because the catalog does not have them."""
        return UnregisteredDevices(devices=[_unregistered(one) for one in view.unregistered()])

    return router


def _unregistered(one: ports.Unregistered) -> Unregistered:
    return Unregistered(
        name=one.name,
        form=one.form,
        topics=list(one.topics),
        first_heard=iso(one.first_ms),
        last_heard=iso(one.last_ms),
        pieces=one.pieces,
        samples=[Sample(at=list(sample.at), value=_finite(sample.value), unit=sample.unit) for sample in one.samples],
        draft=one.draft,
    )


def _finite(value: float | None) -> float | None:
    """JSON has no other numbers."""
    return value if value is not None and math.isfinite(value) else None
