"""Every query of every dashboard, asked of the store that it is meant for, gives data."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from api.grafana.annotation import PROMETHEUS_FIELDS
from api.grafana.sources import CITY_UID, INFLUXDB_UID, METRICS_UID
from city.messages.text import Lang
from megane.grafana import dashboards
from tests.support.sabae import sabae_catalog
from tests.support.shown_city import NOW_MS
from tests.support.victoria_metrics import VictoriaMetrics

SPAN_MS = 24 * 3_600_000
START_MS = NOW_MS - SPAN_MS
VARIABLES = {
    "$__interval": "10m",
    "$__rate_interval": "1m",
    "$timeFilter": f"time >= {START_MS}ms and time <= {NOW_MS}ms",
    "$area": ".*",
    "${quantity}": "water_level",
    "$device": "rpi-toba",
    "$sensor": "water_level",
}
BOARDS = {how: dashboards(sabae_catalog(), how, Lang.EN) for how in ("promql", "influxql")}


def panels(board: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


def targets(uid: str) -> Iterator[Any]:
    """Each query for a source, once."""
    seen: set[str] = set()
    for how, boards in BOARDS.items():
        for board in boards:
            for panel in panels(board):
                for target in panel["targets"]:
                    text = target.get("expr") or target.get("query")
                    if target["datasource"]["uid"] == uid and text not in seen:
                        seen.add(text)
                        yield pytest.param(target, id=f"{how}-{board['uid']}-{panel['title']}-{target['refId']}")


def variables(uid: str) -> Iterator[Any]:
    for boards in BOARDS.values():
        for board in boards:
            templating: Any = board.get("templating", {})
            for variable in templating.get("list", []):
                if variable["type"] == "query" and variable["datasource"]["uid"] == uid:
                    yield pytest.param(variable["query"], id=f"{board['uid']}-{variable['name']}-{uid}")


def filled(text: str) -> str:
    for name in sorted(VARIABLES, key=len, reverse=True):
        text = text.replace(name, VARIABLES[name])
    assert "$" not in text.replace("$/", ""), text
    return text


def ask_prometheus(client: httpx.Client, base: str, target: Mapping[str, Any], step: int) -> list[Any]:
    query = filled(target["expr"])
    if target.get("instant"):
        path, params = "query", {"query": query, "time": str(NOW_MS / 1000)}
    else:
        path = "query_range"
        params = {"query": query, "start": str(START_MS / 1000), "end": str(NOW_MS / 1000), "step": str(step)}
    answer = client.get(f"{base}/api/v1/{path}", params=params)
    assert answer.status_code == httpx.codes.OK, answer.text
    found: list[Any] = answer.json()["data"]["result"]
    return found


def ask_influxdb(client: httpx.Client, text: str) -> list[Any]:
    answer = client.get("/query", params={"db": "megane", "q": filled(text), "epoch": "ms"})
    answer.raise_for_status()
    (result,) = answer.json()["results"]
    assert "error" not in result, result
    found: list[Any] = result.get("series", [])
    return found


@pytest.mark.parametrize("target", list(targets(CITY_UID)))
def test_the_city_answers(target: dict[str, Any], api: httpx.Client) -> None:
    assert ask_prometheus(api, "/prometheus", target, 600)


@pytest.mark.parametrize("target", list(targets(INFLUXDB_UID)))
def test_influxdb_answers(target: dict[str, Any], influx: httpx.Client) -> None:
    series = ask_influxdb(influx, target["query"])

    assert series
    assert all(row[-1] is not None for one in series for row in one["values"])
    for label in re.findall(r"\$tag_(\w+)", target["alias"]):
        assert all(one["tags"][label] for one in series)


@pytest.mark.parametrize("target", list(targets(METRICS_UID)))
def test_a_prometheus_that_scrapes_the_city_answers(target: dict[str, Any], metrics: VictoriaMetrics) -> None:
    metrics.client.get("/internal/force_flush").raise_for_status()
    assert ask_prometheus(metrics.client, "", target, 60)


def test_variables_of_the_city_are_answered(api: httpx.Client) -> None:
    for parameter in variables(CITY_UID):
        (query,) = parameter.values
        found = re.fullmatch(r"label_values\((.*), (\w+)\)", str(query))
        assert found
        selector, label = filled(found[1]), found[2]
        span = {"match[]": selector, "start": str(START_MS / 1000), "end": str(NOW_MS / 1000)}
        values = api.get(f"/prometheus/api/v1/label/{label}/values", params=span).json()["data"]
        assert values, query


def test_variables_of_influxdb_are_answered(influx: httpx.Client) -> None:
    for parameter in variables(INFLUXDB_UID):
        (query,) = parameter.values
        assert ask_influxdb(influx, str(query)), query


@pytest.mark.parametrize("how", list(BOARDS))
def test_annotations_of_alerts_are_answered(how: str, api: httpx.Client) -> None:
    for board in BOARDS[how]:
        (annotation,) = board["annotations"]["list"]  # type: ignore[index]
        assert annotation["datasource"]["uid"] == CITY_UID
        found = ask_prometheus(api, "/prometheus", annotation, 60)
        assert {row["metric"]["severity"] for row in found} <= {"3", "4", "5"}
        assert all({"rule", "subject", "severity"} <= row["metric"].keys() for row in found)


@pytest.mark.parametrize("how", list(BOARDS))
def test_a_dashboard_comes_through_the_sdk_as_it_was(how: str) -> None:
    register_default_plugins()
    for board in BOARDS[how]:
        again = json.loads(json.dumps(Dashboard.from_json(dict(board)), cls=JSONEncoder))
        # The SDK's annotation has no words for what Grafana's Prometheus data source reads beside `expr`.
        for annotation in again["annotations"]["list"]:
            annotation.update(PROMETHEUS_FIELDS)
        assert again == board


def test_every_quantity_has_its_dashboard_and_every_panel_its_query() -> None:
    quantities = {sensor.quantity.id for sensor in sabae_catalog().sensors}
    for boards in BOARDS.values():
        uids = [str(board["uid"]) for board in boards]
        assert len(uids) == len(set(uids))
        assert {f"megane-{quantity.replace('_', '-')}" for quantity in quantities} < set(uids)
        assert all(len(uid) <= 40 for uid in uids)  # Grafana's limit
        assert all(panel["targets"] for board in boards for panel in panels(board))
        assert {t["datasource"]["uid"] for b in boards for p in panels(b) for t in p["targets"]} <= {
            CITY_UID,
            INFLUXDB_UID,
            METRICS_UID,
        }
