"""Answers as Prometheus' HTTP API writes them (https://prometheus.io/docs/prometheus/latest/querying/api/)."""

from typing import Any, Final

import msgspec
import numpy as np
from starlette.responses import Response

from api.promql.evaluation import Value
from api.promql.refusal import ErrorType, QueryTooLargeError
from api.promql.samples import Labels, Steps
from api.promql.vector import Scalar, Vector

_STATUS = {
    ErrorType.BAD_DATA: 400,
    ErrorType.NOT_FOUND: 404,
    ErrorType.EXECUTION: 422,
    ErrorType.UNAVAILABLE: 503,
}
# Six hundred lines as wide as a screen; some 200 MB while they are written.
VALUES_AT_MOST: Final = 1_000_000
_SPECIAL = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}

Json = Any  # what msgspec writes: an edge
Point = tuple[float, str]


def success(data: Json) -> Response:
    """An answer with `data`."""
    return Response(msgspec.json.encode({"status": "success", "data": data}), media_type="application/json")


def failure(kind: ErrorType, text: str) -> Response:
    """A refusal: the HTTP status is the one that Prometheus has for that kind."""
    body = {"status": "error", "errorType": kind.value, "error": text}
    return Response(msgspec.json.encode(body), _STATUS[kind], media_type="application/json")


def instant(value: Value, time_ms: int) -> Json:
    """The one step of `value` as a vector or scalar."""
    match value:
        case Scalar(values):
            return {"resultType": "scalar", "result": _point(time_ms, float(values[0]))}
        case Vector(labels, values, there):
            rows = [
                {"metric": of, "value": _point(time_ms, float(v[0]))}
                for of, v, here in zip(labels, values, there, strict=True)
                if here[0]
            ]
            return {"resultType": "vector", "result": rows}


def matrix(value: Value, steps: Steps) -> Json:
    """Every step of `value`; a scalar is one series without labels. Raises QueryTooLargeError."""
    vector = value if isinstance(value, Vector) else _as_vector(value)
    if (values := int(vector.there.sum())) > VALUES_AT_MOST:
        raise QueryTooLargeError("promql.values", values=values, limit=VALUES_AT_MOST)
    rows = []
    for labels, values, there in zip(vector.labels, vector.value, vector.there, strict=True):
        at = np.flatnonzero(there)
        times = (steps.first_ms + at * steps.step_ms).tolist()
        points = [_point(time, v) for time, v in zip(times, values[at].tolist(), strict=True)]
        if points:
            rows.append({"metric": labels, "values": points})
    return {"resultType": "matrix", "result": rows}


def _as_vector(scalar: Scalar) -> Vector:
    labels: tuple[Labels, ...] = ({},)
    return Vector(labels, scalar.value[None, :], np.ones((1, len(scalar.value)), np.bool_))


def _point(time_ms: int, value: float) -> Point:
    return time_ms / 1000, write_value(value)


def write_value(value: float) -> str:
    """The shortest decimal that reads back the same, as Go writes it."""
    text = repr(value)
    if text in _SPECIAL:
        return _SPECIAL[text]
    if "e" in text:
        return np.format_float_positional(value, trim="-")
    return text.removesuffix(".0")
