"""The part of Prometheus' HTTP API that Grafana asks, so that a city without InfluxDB has Grafana too."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from api.language import language_of
from api.moment import read_duration, read_moment
from api.ports import View
from api.promql.answer import failure, instant, matrix, success
from api.promql.city_source import FIRING, LEVEL, CitySource
from api.promql.evaluation import evaluate
from api.promql.parser import parse, parse_selector
from api.promql.refusal import ErrorType, RefusedQueryError
from api.promql.samples import Labels, Steps
from city.errors import UnavailableError, UserError
from city.messages import say
from city.messages.text import Lang

PREFIX: Final = "/prometheus"
# Prometheus' own limit: more points than a screen has columns help nobody.
POINTS_AT_MOST: Final = 11_000
DAY_MS: Final = 86_400_000
FORM: Final = "application/x-www-form-urlencoded"


class PrometheusRoute(APIRoute):
    """A route whose refusals are in Prometheus' form, not in ours: Grafana shows their `error`."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The route's own handler, its errors answered."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except UserError as e:
                kind = getattr(e, "kind", ErrorType.BAD_DATA)
                return failure(kind, e.text(language_of(request)))
            except UnavailableError:
                return failure(ErrorType.UNAVAILABLE, say("api.unavailable", language_of(request)))

        return handler


Parameters = Mapping[str, Sequence[str]]


async def parameters(request: Request) -> Parameters:
    """What stands in the URL and, of a POST, in its form."""
    given = parse_qs(request.url.query, keep_blank_values=True)
    if request.method == "POST" and request.headers.get("content-type", "").startswith(FORM):
        form = (await request.body()).decode("utf-8", "replace")
        for name, values in parse_qs(form, keep_blank_values=True).items():
            given[name] = [*given.get(name, []), *values]
    return given


Asked = Annotated[Parameters, Depends(parameters)]


def _described(**named: str) -> dict[str, Any]:
    """The parameters of a route for OpenAPI: name and what it is, `*` after those that must be there."""
    return {
        "parameters": [
            {
                "name": "match[]" if name.startswith("match") else name.rstrip("_"),
                "in": "query",
                "required": text.endswith("*"),
                "description": text.rstrip(" *"),
                "schema": {"type": "string"},
            }
            for name, text in named.items()
        ]
    }


_MATCH = 'A selector, like `water_level{area="kawada"}`; may be given several times.'
_START, _END = "First moment, epoch seconds or ISO 8601.", "Last moment, the same. Default: now."


def routes(view: View) -> APIRouter:
    """`/prometheus/api/v1/...`."""
    router = APIRouter(prefix=f"{PREFIX}/api/v1", tags=["prometheus"], route_class=PrometheusRoute)
    source = CitySource(view)
    both = ["GET", "POST"]

    def found(asked: Parameters) -> Sequence[Labels]:
        """The series that any of the `match[]` finds in the span asked for, else all."""
        now_ms = view.clock.now_ms()
        start_ms = _moment(asked, "start", now_ms - DAY_MS)
        end_ms = _moment(asked, "end", now_ms)
        selectors = [parse_selector(text).matchers for text in asked.get("match[]", [])] or [()]
        unique = {
            tuple(labels.items()): labels
            for matchers in selectors
            for labels in source.labels(matchers, start_ms, end_ms)
        }
        return list(unique.values())

    @router.get(
        "/query",
        summary="PromQL, at one moment",
        response_class=Response,
        openapi_extra=_described(query="An expression of the subset. *", time="The moment. Default: now."),
    )
    async def query(asked: Asked) -> Response:
        """A vector or a scalar, as Prometheus answers. The subset of PromQL is described in docs/grafana.md."""
        expression = parse(_one(asked, "query"))
        steps = Steps(_moment(asked, "time", view.clock.now_ms()), 1, 1)
        value = await run_in_threadpool(evaluate, expression, steps, source)
        return success(instant(value, steps.first_ms))

    @router.get(
        "/query_range",
        summary="PromQL, over a span",
        response_class=Response,
        openapi_extra=_described(
            query="An expression of the subset. *",
            start=f"{_START} *",
            end="Last moment, the same. *",
            step="Seconds, or `30s`, `10m`, `1h`. *",
        ),
    )
    async def query_range(asked: Asked) -> Response:
        """A matrix, as Prometheus answers; at most 11,000 steps."""
        expression = parse(_one(asked, "query"))
        steps = _steps(asked)
        value = await run_in_threadpool(evaluate, expression, steps, source)
        return success(await run_in_threadpool(matrix, value, steps))

    @router.get(
        "/series",
        summary="Which series there are",
        response_class=Response,
        openapi_extra=_described(match=f"{_MATCH} *", start=_START, end=_END),
    )
    async def series(asked: Asked) -> Response:
        """The labels of every series that fits and has said something since `start`."""
        if not asked.get("match[]"):
            raise RefusedQueryError("promql.missing", name="match[]")
        return success(await run_in_threadpool(found, asked))

    @router.get(
        "/labels",
        summary="Which labels there are",
        response_class=Response,
        openapi_extra=_described(match=_MATCH, start=_START, end=_END),
    )
    async def labels(asked: Asked) -> Response:
        """Names of labels, in order."""
        return success(sorted({name for of in await run_in_threadpool(found, asked) for name in of}))

    @router.get(
        "/label/{name}/values",
        summary="Which values a label has",
        response_class=Response,
        openapi_extra=_described(match=_MATCH, start=_START, end=_END),
    )
    async def label_values(name: str, asked: Asked) -> Response:
        """Values of one label, in order."""
        return success(sorted({of[name] for of in await run_in_threadpool(found, asked) if name in of}))

    @router.get(
        "/metadata",
        summary="What the metrics are",
        response_class=Response,
        openapi_extra=_described(metric="One metric's name. Default: all."),
    )
    async def metadata(asked: Asked) -> Response:
        """Unit and name of every quantity that the city measures."""
        quantities = {sensor.quantity.id: sensor.quantity for sensor in view.catalog().sensors}
        known = {q.id: _about(f"{q.title.ja} / {q.title.en}", q.unit) for q in quantities.values()} | {
            key: _about(" / ".join(say(f"promql.help-{key}", lang) for lang in Lang)) for key in (LEVEL, FIRING)
        }
        only = asked.get("metric")
        return success({name: about for name, about in sorted(known.items()) if not only or name in only})

    for path, endpoint in (("/query", query), ("/query_range", query_range), ("/series", series), ("/labels", labels)):
        # Described once: the same by POST.
        router.add_api_route(path, endpoint, methods=["POST"], response_class=Response, include_in_schema=False)

    @router.api_route("/{path:path}", methods=both, include_in_schema=False)
    async def elsewhere(path: str) -> Response:
        raise UnknownPathError("promql.no-such-path", path=path[:100])

    return router


class UnknownPathError(UserError):
    """A part of Prometheus' API that is not here."""

    kind = ErrorType.NOT_FOUND


def _about(text: str, unit: str = "") -> list[dict[str, str]]:
    return [{"type": "gauge", "help": text, "unit": unit}]


def _one(asked: Parameters, name: str) -> str:
    values = asked.get(name)
    if not values or not values[0].strip():
        raise RefusedQueryError("promql.missing", name=name)
    return values[0]


def _moment(asked: Parameters, name: str, default_ms: int) -> int:
    values = asked.get(name)
    return read_moment(name, values[0]) if values and values[0] else default_ms


def _steps(asked: Parameters) -> Steps:
    first_ms = read_moment("start", _one(asked, "start"))
    last_ms = read_moment("end", _one(asked, "end"))
    step_ms = _step_ms(_one(asked, "step"))
    if last_ms < first_ms:
        raise RefusedQueryError("promql.span", start=asked["start"][0][:40], end=asked["end"][0][:40])
    count = (last_ms - first_ms) // step_ms + 1
    if count > POINTS_AT_MOST:
        raise RefusedQueryError("promql.points", points=count, limit=POINTS_AT_MOST)
    return Steps(first_ms, step_ms, count)


def _step_ms(text: str) -> int:
    """Milliseconds of seconds or of a duration."""
    try:
        step_ms = round(float(text) * 1000)
    except (ValueError, OverflowError):
        step_ms = read_duration("step", text)
    if step_ms <= 0:
        raise RefusedQueryError("promql.step", step=text[:40])
    return step_ms
