"""Query by query, what the city answers is what VictoriaMetrics answers that holds the same readings."""

import math
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from api.promql.city_source import labels_of
from bench.servers import free_port
from tests.support.served_pages import browse
from tests.support.shown_city import NOW_MS, ShownCity, flood, sabae
from tests.support.victoria_metrics import VictoriaMetrics, victoria_metrics

HOUR_S = 3_600
END_S = NOW_MS / 1000
# VictoriaMetrics keeps the name where a function changes no unit; Prometheus drops it, and so do we.
NAME = "__name__"

SELECTORS = [
    'water_level{device="rpi-toba"}',
    'water_level{device!="rpi-toba"}',
    'water_level{device=~"rpi-toba|rpi-kitanaka"}',
    'water_level{device=~"(rpi-toba|rpi-matsunari)"}',
    'water_level{device=~"rpi-.*a"}',
    'water_level{device=~".+toba"}',
    'water_level{device!~"rpi-t.*"}',
    'water_level{area=""}',
    'water_level{nothing=""}',
    '{sensor="co2"}',
    '{__name__=~"co2|humidity", site!=""}',
    "humidity",
    "no_such_quantity",
]
EMPTY = (
    "no_such_quantity",
    'area=""',
    'device="none"',
    "avg_over_time(rainfall[1h]) / avg",
)
FUNCTIONS = ["avg", "min", "max", "sum", "count", "last"]
EXPRESSIONS = [
    *(f"{f}_over_time(water_level[{d}])" for f in FUNCTIONS for d in ("10m", "37m", "1h30m", "1d")),
    *(f'{f}_over_time({{area="kawada"}}[1h])' for f in ("avg", "count")),
    *(f"{f}(last_over_time(water_level[1h]))" for f in FUNCTIONS[:-1]),
    *(f"{f} by (area) (last_over_time(humidity[30m]))" for f in FUNCTIONS[:-1]),
    "sum(count_over_time(water_level[1h])) by (area, site)",
    "max by (nothing) (last_over_time(water_level[1h]))",
    "avg_over_time(water_level[1h]) * 100",
    "100 - avg_over_time(humidity[1h]) / 2",
    "-avg_over_time(water_level[1h])",
    "max_over_time(water_level[1h]) - min_over_time(water_level[1h])",
    "(max_over_time(water_level[1h]) + min_over_time(water_level[1h])) / 2",
    'avg_over_time(air_temperature{device="none"}[1h]) - avg_over_time(humidity[1h])',
    "avg_over_time(rainfall[1h]) / avg_over_time(rainfall[1h])",
    "1 / avg_over_time(rainfall[1h])",
    "1 + 2 * 3 - 4 / 5",
    "-(2 + 3) * 1.5e1",
]


@pytest.fixture(scope="module")
def city() -> ShownCity:
    city = sabae()
    flood(city)
    return city


@pytest.fixture(scope="module")
def ours(city: ShownCity) -> Iterator[httpx.Client]:
    with browse(city) as client:
        yield client


@pytest.fixture(scope="module")
def theirs(city: ShownCity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VictoriaMetrics]:
    with victoria_metrics(tmp_path_factory.mktemp("vm"), free_port()) as server:
        sensors = city.catalog.sensors
        batch = city.store.readings(np.arange(len(sensors)), 0, NOW_MS + 1)
        good = batch.take((batch.quality & 1) == 0)
        server.put(
            [
                (labels_of(sensor), good.time[rows].tolist(), good.value[rows].tolist())
                for i, sensor in enumerate(sensors)
                if len(rows := np.flatnonzero(good.series == i))
            ]
        )
        yield server


def data(answer: httpx.Response) -> Any:
    assert answer.status_code == httpx.codes.OK, answer.text
    body = answer.json()
    assert body["status"] == "success"
    return body["data"]


def plain(found: Any) -> dict[tuple[tuple[str, str], ...], dict[float, float]]:
    """Series without their names → time → value."""
    if found["resultType"] == "scalar":
        return {(): {found["result"][0]: float(found["result"][1])}}
    rows: dict[tuple[tuple[str, str], ...], dict[float, float]] = {}
    for row in found["result"]:
        points = row.get("values") or [row["value"]]
        key = tuple(sorted((k, v) for k, v in row["metric"].items() if k != NAME))
        assert key not in rows
        # VictoriaMetrics leaves NaN out where Prometheus writes it.
        kept = {time: float(value) for time, value in points if not math.isnan(float(value))}
        if kept:
            rows[key] = kept
    return rows


def compare(ours: Any, theirs: Any) -> int:
    """Holds the two equal; how many points there are."""
    mine, other = plain(ours), plain(theirs)
    assert mine.keys() == other.keys()
    for key, points in mine.items():
        assert points == pytest.approx(other[key], rel=1e-9, abs=1e-9, nan_ok=True), key
    return sum(map(len, mine.values()))


def explicit(selector: str) -> str:
    """The lookback of 5 minutes in words: VictoriaMetrics guesses its own from the readings' intervals."""
    return f"last_over_time({selector}[5m])"


@pytest.mark.parametrize("query", [*EXPRESSIONS, *map(explicit, SELECTORS)])
def test_a_span_is_answered_as_victoria_metrics_answers_it(
    query: str, ours: httpx.Client, theirs: VictoriaMetrics
) -> None:
    # A step that is not the readings' own, and a start on no round minute.
    span: dict[str, str | float] = {"query": query, "start": END_S - 20 * HOUR_S - 77, "end": END_S, "step": "437"}

    mine = data(ours.get("/prometheus/api/v1/query_range", params=span))
    other = data(theirs.client.get("/api/v1/query_range", params=span | {"nocache": "1"}))

    points = compare(mine, other)
    assert (points == 0) == any(word in query for word in EMPTY)


@pytest.mark.parametrize("query", [*EXPRESSIONS, *map(explicit, SELECTORS)])
def test_a_moment_is_answered_as_victoria_metrics_answers_it(
    query: str, ours: httpx.Client, theirs: VictoriaMetrics
) -> None:
    moment: dict[str, str | float] = {"query": query, "time": END_S - 2 * HOUR_S}

    compare(
        data(ours.post("/prometheus/api/v1/query", data=moment)),
        data(theirs.client.get("/api/v1/query", params=moment | {"nocache": "1"})),
    )


@pytest.mark.parametrize("selector", [selector for selector in SELECTORS if not selector.startswith("{")])
def test_a_selector_is_the_newest_reading_of_five_minutes(selector: str, ours: httpx.Client) -> None:
    span: dict[str, str | float] = {"start": END_S - 3 * HOUR_S, "end": END_S, "step": 60}

    plainly = data(ours.get("/prometheus/api/v1/query_range", params=span | {"query": selector}))
    explicitly = data(ours.get("/prometheus/api/v1/query_range", params=span | {"query": explicit(selector)}))

    assert plainly == explicitly


@pytest.mark.parametrize("selector", SELECTORS)
def test_series_and_labels_are_those_of_victoria_metrics(
    selector: str, ours: httpx.Client, theirs: VictoriaMetrics
) -> None:
    span: dict[str, str | float] = {"match[]": selector, "start": END_S - 25 * HOUR_S, "end": END_S}

    def both(path: str) -> tuple[Any, Any]:
        return (
            data(ours.get(f"/prometheus/api/v1/{path}", params=span)),
            data(theirs.client.get(f"/api/v1/{path}", params=span)),
        )

    mine, other = both("series")
    # What the city knows beside readings is not in VictoriaMetrics.
    measured = [labels for labels in mine if not labels[NAME].startswith("megane_")]
    assert sorted(measured, key=str) == sorted(({**sorted_labels(o, measured)} for o in other), key=str)
    # Where there is no series, VictoriaMetrics still names the label `__name__`.
    if measured and len(measured) == len(mine):
        for path in ("labels", "label/device/values", f"label/{NAME}/values"):
            mine, other = both(path)
            assert sorted(mine) == sorted(other)


def sorted_labels(labels: dict[str, str], like: list[dict[str, str]]) -> dict[str, str]:
    """The labels in the order in which ours stand."""
    return {name: labels[name] for name in (like[0] if like else labels)}


def test_both_refuse_what_is_no_query(ours: httpx.Client, theirs: VictoriaMetrics) -> None:
    for query in ("sum(", "water_level{", "water_level[5m", "1 +", ""):
        mine = ours.get("/prometheus/api/v1/query", params={"query": query})
        other = theirs.client.get("/api/v1/query", params={"query": query})

        assert mine.status_code == httpx.codes.BAD_REQUEST
        assert mine.json()["status"] == "error"
        assert other.status_code in {httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY}
