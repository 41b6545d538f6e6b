"""The newest reading of every sensor, as columns."""

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.moment import iso, iso_column
from api.ports import View
from api.problem import ProblemError, problems
from city.catalog import Catalog
from city.quantity import QUANTITIES
from city.reading import ReadingBatch
from city.sensor_health import is_health


class Latest(BaseModel):
    """Columns of equal length, ordered by series; sensors never heard are left out."""

    now: Annotated[str, Field(description="The city's clock, UTC.")]
    series: Annotated[list[str], Field(description="`device:sensor`", examples=[["rpi-toba:water_level"]])]
    time: Annotated[list[str], Field(description="When it was measured, ISO 8601 UTC.")]
    value: Annotated[list[float], Field(description="In the unit of `/v1/sensors`.")]
    quality: Annotated[list[int], Field(description="Bits: 1 bad, 2 suspect, 4 late, 8 clock. 0: no doubt.")]


def routes(view: View) -> APIRouter:
    """`/v1/latest`."""
    router = APIRouter(prefix="/v1", tags=["readings"])

    @router.get("/latest", summary="Newest reading of every sensor", responses=problems(400, 503))
    def latest(
        quantity: Annotated[str | None, Query(description="Only sensors of this quantity.")] = None,
        area: Annotated[str | None, Query(description="Only sensors of this area.")] = None,
    ) -> Latest:
        """The newest reading of every sensor that was ever heard; their health with `quantity=health` alone."""
        catalog = view.catalog()
        if quantity is not None and quantity not in QUANTITIES:
            raise ProblemError(400, "api.unknown-quantity", given=quantity[:64], known=", ".join(QUANTITIES))
        if area is not None and area not in catalog.areas:
            raise ProblemError(400, "api.unknown-area", given=area[:64], known=", ".join(catalog.areas))
        batch = within(view.store.latest(), catalog)
        wanted = [
            (quantity == s.quantity.id if quantity else not is_health(s)) and area in {None, s.area}
            for s in catalog.sensors
        ]
        batch = batch.take(np.array(wanted, dtype=np.bool_)[batch.series])
        return Latest(
            now=iso(view.clock.now_ms()),
            series=keys_of(batch, catalog),
            time=iso_column(batch.time),
            value=batch.value.tolist(),
            quality=batch.quality.tolist(),
        )

    return router


def within(batch: ReadingBatch, catalog: Catalog) -> ReadingBatch:
    """The rows whose series `catalog` has: a store may be a moment ahead while a new catalog comes into force."""
    return batch.take(batch.series < len(catalog.sensors))


def keys_of(batch: ReadingBatch, catalog: Catalog) -> list[str]:
    """The series column as people write it."""
    sensors = catalog.sensors
    return [str(sensors[i].key) for i in batch.series.tolist()]
