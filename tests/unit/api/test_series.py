import csv
import io

import pytest
from httpx import Client

from tests.support.shown_city import MINUTE_MS, NOW_MS, ShownCity

TOBA = "/v1/series/rpi-toba/water_level"
DAY_S = 86_400


def test_readings_come_as_columns_with_their_quality(client: Client) -> None:
    found = client.get(TOBA).json()
    assert found["series"] == "rpi-toba:water_level"
    assert found["unit"] == "m"
    assert len(found["time"]) == len(found["value"]) == len(found["quality"]) > 100
    assert found["time"] == sorted(found["time"])
    assert found["time"][-1] == "2024-06-23T01:18:00.000Z"
    assert found["quality"].count(2) == found["quality"].count(4) == 2


@pytest.mark.parametrize(
    ("from_", "to"),
    [
        ("2024-06-23T00:00:00Z", "2024-06-23T01:00:00Z"),
        ("2024-06-23T09:00:00+09:00", "2024-06-23T10:00:00+09:00"),
        ("1719100800", "1719104400"),
    ],
)
def test_a_span_is_named_by_iso_or_by_epoch_seconds(client: Client, from_: str, to: str) -> None:
    found = client.get(TOBA, params={"from": from_, "to": to}).json()
    assert found["time"][0] == "2024-06-23T00:08:00.000Z"
    assert found["time"][-1] == "2024-06-23T00:58:00.000Z"


def test_an_unescaped_plus_is_understood(client: Client) -> None:
    found = client.get(f"{TOBA}?from=2024-06-23T09:00:00+09:00&to=2024-06-23T10:00:00+09:00")
    assert found.json()["start"] == "2024-06-23T00:00:00.000Z"


def test_the_end_of_a_span_does_not_belong_to_it(client: Client) -> None:
    found = client.get(TOBA, params={"from": "2024-06-23T00:00:00Z", "to": "2024-06-23T00:58:00Z"}).json()
    assert found["time"][-1] == "2024-06-23T00:48:00.000Z"


@pytest.mark.parametrize("agg", ["mean", "min", "max", "sum", "count"])
def test_steps_are_aligned_and_have_no_quality_of_their_own(client: Client, agg: str) -> None:
    hour = {"from": "2024-06-23T00:00:00Z", "to": "2024-06-23T01:00:00Z"}
    raw = client.get(TOBA, params=hour).json()["value"]
    found = client.get(TOBA, params=hour | {"every": "1h", "agg": agg}).json()
    of = {"mean": sum(raw) / len(raw), "min": min(raw), "max": max(raw), "sum": sum(raw), "count": len(raw)}
    assert found["time"] == ["2024-06-23T00:00:00.000Z"]
    assert found["value"] == [pytest.approx(of[agg])]
    assert found["quality"] == [None]


def test_steps_are_means_unless_said_otherwise(client: Client) -> None:
    assert client.get(TOBA, params={"every": "10m"}).json()["agg"] == "mean"


@pytest.mark.parametrize("how", ["accept", "format"])
def test_csv_is_what_json_is(client: Client, how: str) -> None:
    columns = client.get(TOBA).json()
    asked = {"headers": {"accept": "text/csv"}} if how == "accept" else {"params": {"format": "csv"}}
    answer = client.get(TOBA, **asked)  # type: ignore[arg-type]  # one of two options, by name
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["time"] for row in rows] == columns["time"]
    assert [float(row["value"]) for row in rows] == columns["value"]
    assert [int(row["quality"]) for row in rows] == columns["quality"]


@pytest.mark.parametrize(
    ("params", "key", "hint"),
    [
        ({"from": "yesterday"}, "api.time-unreadable", "2024-06-23T10:00:00+09:00"),
        ({"from": "nan"}, "api.time-unreadable", "ISO 8601"),
        ({"from": "1e300"}, "api.time-unreadable", "ISO 8601"),
        ({"from": "2024-06-23T10:00:00"}, "api.time-without-zone", "+09:00"),
        ({"from": "1719104400", "to": "1719100800"}, "api.span-empty", "before"),
        ({"every": "5 minutes"}, "api.duration-unreadable", "10m"),
        ({"every": "0s"}, "api.duration-unreadable", "10m"),
        ({"agg": "max"}, "api.agg-without-every", "every=1h"),
        ({"agg": "median", "every": "1h"}, "api.invalid", "agg"),
    ],
)
def test_a_mistake_is_answered_with_what_is_right(client: Client, params: dict[str, str], key: str, hint: str) -> None:
    answer = client.get(TOBA, params=params, headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"urn:megane:problem:{key}"
    assert hint in problem["detail"]
    assert problem["text"]["en"] == problem["detail"] != problem["text"]["ja"]


def test_any_span_may_be_asked_for_where_little_was_there(client: Client) -> None:
    day = client.get(TOBA).json()
    assert client.get(TOBA, params={"from": "0"}).json()["value"] == day["value"]
    assert client.get(TOBA, params={"from": "0", "every": "1s"}).status_code == 200


@pytest.mark.parametrize("params", [{}, {"from": "0", "every": "1s"}])
def test_too_many_points_are_refused_with_a_step_that_fits(
    empty: tuple[ShownCity, Client], params: dict[str, str]
) -> None:
    city, client = empty
    city.write("rpi-toba:water_level", [(NOW_MS - k * 800, 1.0) for k in range(100_001)])
    answer = client.get(TOBA, params=params)
    assert answer.json()["type"] == "urn:megane:problem:api.too-many-points"
    every = answer.json()["detail"].split("every=")[1].split(" ")[0].rstrip("。.")
    assert client.get(TOBA, params={**params, "every": every}).status_code == 200
    newest = client.get(TOBA, params={"from": str((NOW_MS - 60 * MINUTE_MS) / 1000)})
    assert len(newest.json()["time"]) == 4501


def test_an_unknown_sensor_is_answered_with_those_there_are(client: Client) -> None:
    problem = client.get("/v1/series/rpi-toba/water-level", headers={"accept-language": "en"})
    assert problem.status_code == 404
    assert "water_level" in problem.json()["detail"]
    assert client.get("/v1/series/nobody/water_level").status_code == 404
