"""The catalog: what the city measures, where, in which unit, and who answers for it."""

from enum import StrEnum
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from api.ports import View
from api.problem import BothLanguages, ProblemError, problems
from city.catalog import Catalog
from city.catalog import Sensor as SensorRecord
from city.messages.text import Text
from city.reading import SeriesKey
from city.sensor_health import measured

GEOJSON = "application/geo+json"


class Format(StrEnum):
    """How the catalog is written."""

    JSON = "json"
    GEOJSON = "geojson"


class Sensor(BaseModel):
    """One series."""

    device: Annotated[str, Field(examples=["rpi-toba"])]
    sensor: Annotated[str, Field(examples=["water_level"])]
    title: BothLanguages
    quantity: Annotated[str, Field(examples=["water_level"])]
    quantity_title: BothLanguages
    unit: Annotated[str, Field(description="Canonical unit, a symbol of the IANA SenML registry.", examples=["m"])]
    site: str
    site_title: BothLanguages
    latitude: float
    longitude: float
    area: str
    zone: str
    river: str | None
    owner: Annotated[str, Field(description="Department that answers for it.", examples=["bosai"])]
    levels: Annotated[dict[str, float], Field(description="Named thresholds in `unit`.", examples=[{"danger": 7.3}])]
    public: Annotated[bool, Field(description="Whether its readings are open data.")]


class Sensors(BaseModel):
    """The catalog's sensors, ordered by device and sensor."""

    city: str
    title: BothLanguages
    sensors: list[Sensor]


def routes(view: View) -> APIRouter:
    """`/v1/sensors`."""
    router = APIRouter(prefix="/v1", tags=["catalog"])

    @router.get(
        "/sensors",
        summary="All sensors",
        response_model=Sensors,
        responses=problems(400) | {200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}},
    )
    def sensors(
        request: Request,
        format: Annotated[Format | None, Query(description="Default: by `Accept`, else `json`.")] = None,  # noqa: A002  the name callers see
    ) -> Sensors | Response:
        """Every sensor of the catalog in force, as JSON or as a GeoJSON FeatureCollection of points (WGS 84).

        Beside each measuring sensor `NAME` the city keeps its health, percent, as the series `NAME-health`.
        """
        catalog = view.catalog()
        described = [describe(sensor, catalog) for sensor in measured(catalog.sensors)]
        wants_geojson = GEOJSON in request.headers.get("accept", "") if format is None else format is Format.GEOJSON
        if wants_geojson:
            return Response(msgspec.json.encode(feature_collection(described)), media_type=GEOJSON)
        return Sensors(city=catalog.city, title=both(catalog.title), sensors=described)

    return router


def describe(sensor: SensorRecord, catalog: Catalog) -> Sensor:
    """A sensor with what its site and quantity say."""
    site = catalog.sites[sensor.site]
    return Sensor(
        device=sensor.key.device,
        sensor=sensor.key.sensor,
        title=both(sensor.title),
        quantity=sensor.quantity.id,
        quantity_title=both(sensor.quantity.title),
        unit=sensor.quantity.unit,
        site=site.id,
        site_title=both(site.title),
        latitude=site.point.latitude,
        longitude=site.point.longitude,
        area=sensor.area,
        zone=sensor.zone,
        river=sensor.river,
        owner=sensor.owner,
        levels=dict(sensor.levels),
        public=sensor.public,
    )


def feature_collection(sensors: list[Sensor]) -> dict[str, object]:
    """RFC 7946: longitude stands before latitude."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": f"{sensor.device}:{sensor.sensor}",
                "geometry": {"type": "Point", "coordinates": [sensor.longitude, sensor.latitude]},
                "properties": sensor.model_dump(exclude={"latitude", "longitude"}),
            }
            for sensor in sensors
        ],
    }


def index_of(device: str, sensor: str, catalog: Catalog) -> int:
    """The series of a path. Raises ProblemError (404) naming what the device has instead."""
    index = catalog.index.get(SeriesKey(device, sensor))
    if index is not None:
        return index
    if device not in catalog.devices:
        raise ProblemError(404, "api.unknown-device", device=device[:64])
    known = ", ".join(s.key.sensor for s in catalog.sensors if s.key.device == device)
    raise ProblemError(404, "api.unknown-sensor", device=device, sensor=sensor[:64], known=known or "-")


def both(text: Text) -> BothLanguages:
    """A text of the city as the API writes it."""
    return BothLanguages(ja=text.ja, en=text.en)
