"""What is outside the subset is refused in Prometheus' form, by its name and column."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.promql import answer, evaluation, samples, window
from api.promql.parser import parse
from api.promql.refusal import RefusedQueryError
from tests.support.served_pages import browse
from tests.support.shown_city import NOW_MS, ShownCity, flood, sabae


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    city = sabae()
    flood(city)
    with browse(city) as found:
        found.headers["Accept-Language"] = "en"
        yield found


def ask(client: httpx.Client, query: str, path: str = "query", **more: str) -> tuple[int, Any]:
    answer = client.get(f"/prometheus/api/v1/{path}", params={"query": query} | more)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("query", "column", "given"),
    [
        ("rate(water_level[5m])", 1, "rate"),
        ("irate(water_level[5m])", 1, "irate"),
        ("quantile_over_time(0.9, water_level[5m])", 1, "quantile_over_time"),
        ("topk(3, water_level)", 1, "topk"),
        ("count_values by (area) (water_level)", 1, "count_values"),
        ("sum without (device) (water_level)", 5, "without"),
        ("water_level > 3", 13, ">"),
        ("(water_level == 3)", 14, "=="),
        ("water_level and humidity", 13, "and"),
        ("water_level offset 5m", 13, "offset"),
        ("sum(water_level offset 5m)", 17, "offset"),
        ("water_level @ 5", 13, "@"),
        ("water_level[5m]", 12, "["),
        ("max_over_time(water_level[1h:5m])", 29, ":"),
        ("water_level ^ 2", 13, "^"),
        ("water_level % 2", 13, "%"),
        ('"text"', 1, '"text"'),
        ("label_replace(a, b)", 1, "label_replace"),
    ],
)
def test_what_is_outside_is_named(client: httpx.Client, query: str, column: int, given: str) -> None:
    status, body = ask(client, query)

    assert status == httpx.codes.BAD_REQUEST
    assert (body["status"], body["errorType"]) == ("error", "bad_data")
    assert body["error"].startswith(f"`{given}` at column {column} is outside the part of PromQL")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("water_level{", "Expected: label"),
        ("water_level{area}", "Expected: = != =~ !~"),
        ("water_level{area=kawada}", 'Expected: "…"'),
        ("sum(water_level", "Expected: `)`"),
        ("max_over_time(water_level[])", "Expected: 5m"),
        ("water_level humidity", "Expected: end"),
        ('water_level{area="kawada', "cannot be read"),
        ("{}", "fits everything"),
        ('{area=~".*"}', "fits everything"),
        ('water_level{area=~"[a-z]+"}', "is not taken"),
        ('water_level{area=~"(a+)+"}', "is not taken"),
        ("(" * 60 + "1" + ")" * 60, "nests deeper than 50"),
        ("-" * 60 + "1", "nests deeper than 50"),
        ("1" + "+1" * 16_000, "column 202 the query has more than 100 operators"),
        (r'water_level{area="a\.b"}', r"`\.` at column 20 stands for no character"),
        (r'water_level{area=~"[\ud800"}', r"`\ud800` at column 21 stands for no character"),
        (r'water_level{area="\x4"}', r"`\x` at column 19 stands for no character"),
        ("max_over_time(water_level[" + "9" * 5_000 + "d])", "cannot be read"),
    ],
)
def test_what_cannot_be_read_says_what_would_be_right(client: httpx.Client, query: str, text: str) -> None:
    status, body = ask(client, query)

    assert status == httpx.codes.BAD_REQUEST
    assert text in body["error"]


def test_a_query_is_no_longer_than_any_that_grafana_writes() -> None:
    with pytest.raises(RefusedQueryError, match="at most 65536"):
        parse("1" + " + 1" * 30_000)


def test_a_number_that_joins_is_refused(client: httpx.Client) -> None:
    assert ask(client, "sum(3)")[0] == httpx.codes.UNPROCESSABLE_ENTITY


def test_operands_that_do_not_meet_one_to_one_are_refused(client: httpx.Client) -> None:
    status, body = ask(client, 'megane_level{level=~".+"} + on_off', time=str(NOW_MS / 1000))
    assert (status, body["status"]) == (200, "success")

    status, body = ask(client, '{__name__=~"megane_level|water_level"} * 2', time=str(NOW_MS / 1000))
    assert status == 200  # a level carries the label `level`: nothing is mixed up


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"start": "0", "end": "11001", "step": "1"}, "at most 11000"),
        ({"start": "10", "end": "0", "step": "1"}, "Swap them"),
        ({"start": "0", "end": "10", "step": "0"}, "positive number"),
        ({"start": "0", "end": "10", "step": "nan"}, "step"),
        ({"start": "0", "end": "10"}, "`step` is missing"),
        ({"start": "yesterday", "end": "10", "step": "1"}, "yesterday"),
    ],
)
def test_a_span_that_cannot_be_answered_is_refused(client: httpx.Client, more: dict[str, str], text: str) -> None:
    status, body = ask(client, "water_level", "query_range", **more)

    assert (status, body["errorType"]) == (400, "bad_data")
    assert text in body["error"]


def test_too_many_samples_are_refused_before_they_are_held(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.promql.city_source.SAMPLES_AT_MOST", 100)
    span = {"start": str(NOW_MS / 1000 - 86_400), "end": str(NOW_MS / 1000), "step": "600"}

    status, body = ask(client, "water_level", "query_range", **span)

    assert (status, body["errorType"]) == (422, "execution")
    assert "more than 100 readings" in body["error"]
    assert samples.SAMPLES_AT_MOST > 100


@pytest.mark.parametrize("window", ["11y", "999999999999999y"])
@pytest.mark.parametrize("metric", ["water_level", "no_such_quantity"])
def test_nobody_looks_back_to_the_beginning_of_time(client: httpx.Client, metric: str, window: str) -> None:
    status, body = ask(client, f"max_over_time({metric}[{window}])")

    assert (status, body["errorType"]) == (422, "execution")
    assert "more than 3660 days" in body["error"]


@pytest.mark.parametrize("query", ["water_level", "megane_level"])
def test_too_many_series_at_too_many_moments_are_refused(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    span = {"start": str(NOW_MS / 1000 - 86_400), "end": str(NOW_MS / 1000), "step": "600"}
    assert ask(client, query, "query_range", **span)[0] == 200

    monkeypatch.setattr(answer, "VALUES_AT_MOST", 500)
    status, body = ask(client, query, "query_range", **span)
    assert (status, body["errorType"]) == (422, "execution")
    assert "at most 500 are given" in body["error"]
    assert ask(client, f"avg({query})", "query_range", **span)[0] == 200

    monkeypatch.setattr(evaluation, "CELLS_AT_MOST", 500)
    status, body = ask(client, f"avg({query})", "query_range", **span)
    assert (status, body["errorType"]) == (422, "execution")
    assert "at 145 moments are too much" in body["error"]


def test_windows_that_overlap_too_much_are_refused(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "READ_AT_MOST", 1_000)
    span = {"start": str(NOW_MS / 1000 - 86_400), "end": str(NOW_MS / 1000), "step": "60"}

    status, body = ask(client, "max_over_time(water_level[1d])", "query_range", **span)

    assert (status, body["errorType"]) == (422, "execution")


def test_what_prometheus_has_and_we_have_not_is_not_found_in_its_form(client: httpx.Client) -> None:
    status, body = ask(client, "", "query_exemplars")

    assert (status, body["errorType"]) == (404, "not_found")


def test_levels_and_alerts_can_be_asked_for_like_readings(client: httpx.Client) -> None:
    time = str(NOW_MS / 1000)
    levels = ask(client, 'megane_level{device="rpi-toba"}', time=time)[1]["data"]["result"]
    firing = ask(client, 'sum by (rule) (megane_alert_firing{subject="rpi-toba:water_level"})', time=time)[1]
    before = ask(client, "count(megane_alert_firing)", time=str(NOW_MS / 1000 - 86_400))[1]

    assert {row["metric"]["level"] for row in levels} >= {"standby", "caution", "evacuation", "danger"}
    rules = {row["metric"]["rule"] for row in firing["data"]["result"]}
    assert rules == {"river-standby", "river-caution", "river-evacuation", "river-danger"}
    assert before["data"]["result"] == []


def test_an_alert_is_there_from_when_it_fired_until_it_was_over() -> None:
    city = sabae()
    city.fire("river-standby", "rpi-desaku:water_level", 60)
    city.resolve("river-standby", "rpi-desaku:water_level", 20)
    with browse(city) as client:
        span = {"start": str(NOW_MS / 1000 - 4_500), "end": str(NOW_MS / 1000), "step": "300"}
        found = ask(client, "megane_alert_firing", "query_range", **span)[1]["data"]["result"]

    times = [time for time, _ in found[0]["values"]]
    assert (times[0], times[-1]) == (NOW_MS / 1000 - 3_600, NOW_MS / 1000 - 1_500)


def test_a_store_that_is_away_is_said_in_prometheus_form(monkeypatch: pytest.MonkeyPatch) -> None:
    from city.errors import UnavailableError

    city: ShownCity = sabae()

    def away(*_: object) -> None:
        raise UnavailableError("away")

    monkeypatch.setattr(city.store, "readings", away)
    with browse(city) as client:
        status, body = ask(client, "water_level")

    assert (status, body["errorType"]) == (503, "unavailable")


def test_what_the_metrics_are_is_told(client: httpx.Client) -> None:
    known = client.get("/prometheus/api/v1/metadata").json()["data"]

    assert known["water_level"] == [{"type": "gauge", "help": "河川水位 / River water level", "unit": "m"}]
    assert client.get("/prometheus/api/v1/metadata", params={"metric": "co2"}).json()["data"].keys() == {"co2"}
