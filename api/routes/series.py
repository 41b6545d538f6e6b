"""One series over a span: its readings as they came, or equal steps of them."""

from enum import StrEnum
from typing import Annotated, Final

import numpy as np
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from api.moment import iso, iso_column, read_duration, read_moment, write_duration
from api.ports import View
from api.problem import ProblemError, problems
from api.routes.sensors import index_of
from city.ports import Aggregate, Store

# Of one sensor a day of readings each second, or a year at five minutes: some 5 MB of JSON. More is asked span by span.
POINTS_AT_MOST: Final = 100_000
DAY_MS: Final = 86_400_000
SPAN_BY_DEFAULT_MS: Final = 86_400_000
CSV: Final = "text/csv"


class Format(StrEnum):
    """How the columns are written."""

    JSON = "json"
    CSV = "csv"


class Series(BaseModel):
    """Columns of equal length, in time order."""

    series: Annotated[str, Field(examples=["rpi-toba:water_level"])]
    unit: Annotated[str, Field(examples=["m"])]
    start: Annotated[str, Field(description="First moment asked for, UTC.")]
    end: Annotated[str, Field(description="First moment no longer asked for, UTC.")]
    every: Annotated[str | None, Field(description="Length of a step; null for the readings themselves.")]
    agg: Aggregate | None
    time: Annotated[list[str], Field(description="ISO 8601 UTC; of a step, its start. Empty steps are left out.")]
    value: list[float]
    quality: Annotated[
        list[int | None],
        Field(
            description="Bits: 1 bad, 2 suspect, 4 late, 8 clock. Null for steps: bad readings are left out of them."
        ),
    ]


def routes(view: View) -> APIRouter:
    """`/v1/series/{device}/{sensor}`."""
    router = APIRouter(prefix="/v1", tags=["readings"])

    @router.get(
        "/series/{device}/{sensor}",
        summary="Readings of one sensor",
        response_model=Series,
        responses=problems(400, 404, 503) | {200: {"content": {CSV: {"schema": {"type": "string"}}}}},
    )
    def series(
        request: Request,
        device: Annotated[str, Path(examples=["rpi-toba"])],
        sensor: Annotated[str, Path(examples=["water_level"])],
        from_: Annotated[
            str | None,
            Query(
                alias="from",
                description="ISO 8601 with an offset, or epoch seconds. Default: a day before `to`.",
                examples=["2024-06-23T00:00:00+09:00"],
            ),
        ] = None,
        to: Annotated[str | None, Query(description="The same, exclusive. Default: now.")] = None,
        every: Annotated[str | None, Query(description="Step: `90s`, `10m`, `1h`, `7d`.", examples=["1h"])] = None,
        agg: Annotated[Aggregate | None, Query(description="How a step's readings become one. Default: mean.")] = None,
        format: Annotated[Format | None, Query(description="Default: by `Accept`, else `json`.")] = None,  # noqa: A002  the name callers see
    ) -> Series | Response:
        """The readings with `from` ≤ time < `to`; with `every`, one value a step, aligned to the epoch.

        At most 100,000 points an answer. Steps of whole hours reach back for ever, readings 400 days.
        """
        catalog = view.catalog()
        index = index_of(device, sensor, catalog)
        end_ms = view.clock.now_ms() + 1 if to is None else read_moment("to", to)
        start_ms = end_ms - SPAN_BY_DEFAULT_MS if from_ is None else read_moment("from", from_)
        if start_ms >= end_ms:
            raise ProblemError(400, "api.span-empty", start=iso(start_ms), end=iso(end_ms))
        if every is None and agg is not None:
            raise ProblemError(400, "api.agg-without-every", agg=agg)
        found = Series(
            series=f"{device}:{sensor}",
            unit=catalog.sensors[index].quantity.unit,
            start=iso(start_ms),
            end=iso(end_ms),
            every=every,
            agg=None if every is None else agg or Aggregate.MEAN,
            time=[],
            value=[],
            quality=[],
        )
        if every is None:
            _fill_with_readings(found, view.store, index, start_ms, end_ms)
        else:
            every_ms = read_duration("every", every)
            _fill_with_steps(found, view.store, index, start_ms, end_ms, every_ms)
        wants_csv = CSV in request.headers.get("accept", "") if format is None else format is Format.CSV
        return _csv(found) if wants_csv else found

    return router


def _fill_with_readings(found: Series, store: Store, index: int, start_ms: int, end_ms: int) -> None:
    check_points(store, index, start_ms, end_ms, end_ms - start_ms)
    batch = store.readings(np.array([index], np.int64), start_ms, end_ms)
    found.time, found.value, found.quality = iso_column(batch.time), batch.value.tolist(), batch.quality.tolist()


def _fill_with_steps(found: Series, store: Store, index: int, start_ms: int, end_ms: int, every_ms: int) -> None:
    check_points(store, index, start_ms, end_ms, -(-(end_ms - start_ms) // every_ms))
    assert found.agg is not None
    buckets = store.buckets(index, start_ms, end_ms, every_ms, found.agg)
    found.time, found.value = iso_column(buckets.time), buckets.value.tolist()
    found.quality = [None] * len(found.time)


def check_points(store: Store, index: int, start_ms: int, end_ms: int, steps: int) -> None:
    """Refuses what would be too long an answer: more than so many steps, that many readings having been there.

    The readings are counted by the day, which is cheap at any span.
    """
    if steps <= POINTS_AT_MOST:
        return
    points = int(store.buckets(index, start_ms, end_ms, DAY_MS, Aggregate.COUNT).value.sum())
    if points > POINTS_AT_MOST:
        fits = write_duration(-(-(end_ms - start_ms) // (POINTS_AT_MOST - 1)))
        raise ProblemError(400, "api.too-many-points", points=points, limit=POINTS_AT_MOST, every=fits)


def _csv(found: Series) -> Response:
    """RFC 4180 with a header line; nothing in it can be taken for a formula."""
    rows = zip(found.time, found.value, found.quality, strict=True)
    lines = [f"{time},{value!r},{'' if quality is None else quality}" for time, value, quality in rows]
    return Response("\r\n".join(["time,value,quality", *lines, ""]), media_type=f"{CSV}; charset=utf-8; header=present")
