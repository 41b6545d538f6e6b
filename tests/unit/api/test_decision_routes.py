"""What people decide, by the API: checked, written once under its key, and shown with the alert."""

from dataclasses import replace

import pytest
from httpx import Client

from city.decision import Acknowledge, Assign, Close, ClosingReason, Comment, Lift, Silence
from city.schedule import Schedule
from tests.support.shown_city import NOW_MS, TOBA, ShownCity

RULE = "river-danger"


@pytest.fixture
def city(empty: tuple[ShownCity, Client]) -> ShownCity:
    empty[0].fire(RULE, TOBA, 14, 6.9)
    return empty[0]


@pytest.fixture
def client(empty: tuple[ShownCity, Client], city: ShownCity) -> Client:
    return empty[1]


def body(kind: str, **more: object) -> dict[str, object]:
    return {"kind": kind, "rule": RULE, "subject": TOBA, "by": "鯖江 太郎", **more}


def test_a_decision_is_about_the_newest_alert_and_written_once_under_its_key(city: ShownCity, client: Client) -> None:
    for _ in range(2):
        answer = client.post(
            "/v1/alerts/decisions",
            json=body("close", reason="false_alarm", text="流木"),
            headers={"Idempotency-Key": "k1"},
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["position"] == 1
    (entry,) = city.decisions.made.values()
    assert isinstance(entry.decision.act, Close)
    assert entry.decision.act.reason is ClosingReason.FALSE_ALARM
    assert entry.decision.act.alert.raised_ms == city.alerts.list[0].raised_ms
    assert (entry.decision.by, entry.decision.text) == ("鯖江 太郎", "流木")


def test_each_kind_is_told_in_order(city: ShownCity, client: Client) -> None:
    client.post("/v1/alerts/decisions", json=body("acknowledge"))
    client.post("/v1/alerts/decisions", json=body("assign", to="鯖江 花子"))
    client.post("/v1/alerts/decisions", json=body("comment", text="水門を閉めた"))
    acts = [type(entry.decision.act) for entry in city.decisions.made.values()]
    assert acts[:2] == [Acknowledge, Assign]
    told = client.get("/v1/alerts/decisions", params={"rule": RULE, "subject": TOBA}).json()
    assert [d["kind"] for d in told["decisions"]] == ["acknowledge", "assign", "comment"]
    assert told["decisions"][1]["to"] == "鯖江 花子"
    assert told["alert"]["rule"] == RULE


def test_what_was_decided_stands_with_the_alert(city: ShownCity, client: Client) -> None:
    city.alerts.list[0] = replace(city.alerts.list[0], acknowledged_ms=NOW_MS, acknowledged_by="太郎", assignee="花子")
    (alert,) = client.get("/v1/alerts").json()["alerts"]
    assert alert["acknowledged"] == {"at": "2024-06-23T01:25:00.000Z", "by": "太郎"}
    assert (alert["assignee"], alert["closed"]) == ("花子", None)
    assert "対応中 花子" in client.get("/situation").text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (body("acknowledge", rule="no-such"), 404),
        (body("acknowledge", raised="2024-06-22T00:00:00Z"), 404),
        (body("acknowledge", raised="yesterday"), 400),
        (body("acknowledge", by=""), 400),
        (body("close"), 400),
        (body("close", reason="bored"), 400),
        (body("comment"), 400),
        (body("explode"), 400),
    ],
)
def test_a_mistaken_decision_is_a_problem_and_nothing_is_written(
    city: ShownCity, client: Client, sent: dict[str, object], status: int
) -> None:
    answer = client.post("/v1/alerts/decisions", json=sent)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert city.decisions.made == {}


def test_a_silence_is_made_listed_and_lifted(city: ShownCity, client: Client) -> None:
    wanted = {"by": "太郎", "text": "橋の工事", "rules": [RULE], "to": "2024-06-23T03:00:00Z"}
    made = [client.post("/v1/silences", json=wanted, headers={"Idempotency-Key": "k"}).json() for _ in range(2)]
    assert made[0] == made[1]
    (shown,) = client.get("/v1/silences").json()["silences"]
    assert (shown["id"], shown["rules"], shown["to"]) == (made[0]["id"], [RULE], "2024-06-23T03:00:00.000Z")
    assert (shown["from"], shown["text"], shown["lifted"]) == ("2024-06-23T01:25:00.000Z", "橋の工事", None)
    assert client.post(f"/v1/silences/{shown['id']}/lift", json={"by": "太郎"}).status_code == 200
    assert [type(entry.decision.act) for entry in city.decisions.made.values()] == [Silence, Lift]
    assert client.post("/v1/silences/nobody/lift", json={"by": "太郎"}).status_code == 404


def test_a_silence_by_schedule_is_written_as_in_a_rule(city: ShownCity, client: Client) -> None:
    wanted = {"by": "太郎", "severity_at_most": 2, "schedule": "{days: [sat, sun], times: 22:00-6:00, holidays: true}"}
    assert client.post("/v1/silences", json=wanted).status_code == 200
    (entry,) = city.decisions.made.values()
    assert isinstance(entry.decision.act, Silence)
    assert entry.decision.act.schedule == (Schedule(days=(5, 6), times=((1320, 360),), holidays=True),)
    assert entry.decision.act.to_ms is None


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        ({"to": "2024-06-23T03:00:00Z"}, "すべて"),
        ({"rules": [RULE]}, "schedule"),
        ({"rules": [RULE], "to": "2024-06-23T01:00:00Z"}, "92"),
        ({"rules": [RULE], "to": "2025-06-23T01:00:00Z"}, "92"),
        ({"rules": ["river-dangre"], "to": "2024-06-23T03:00:00Z"}, "river-danger"),
        ({"areas": ["nowhere"], "to": "2024-06-23T03:00:00Z"}, "nowhere"),
        ({"subjects": ["rpi-tobaa:water_level"], "to": "2024-06-23T03:00:00Z"}, TOBA),
        ({"rules": [RULE], "schedule": "{days: [someday]}"}, "1"),
    ],
)
def test_a_mistaken_silence_is_a_problem_and_nothing_is_written(
    city: ShownCity, client: Client, sent: dict[str, object], part: str
) -> None:
    answer = client.post("/v1/silences", json={"by": "太郎", **sent})
    assert answer.status_code == 400
    assert part in answer.json()["text"]["ja"]
    assert city.decisions.made == {}


SEVERAL = ("river-danger", "river-caution", "river-standby")


def several(city: ShownCity) -> list[dict[str, object]]:
    for rule in SEVERAL[1:]:
        city.fire(rule, TOBA, 20, 6.9)
    return [{"rule": rule, "subject": TOBA} for rule in SEVERAL]


def test_many_are_decided_at_once_and_each_has_its_outcome(city: ShownCity, client: Client) -> None:
    alerts = [*several(city), {"rule": "no-such", "subject": TOBA}, {**several(city)[0], "raised": "2020-01-01T00:00Z"}]
    sent = {"kind": "close", "reason": "test", "by": "太郎", "text": "訓練", "alerts": alerts}
    for _ in range(2):
        answer = client.post("/v1/alerts/decisions/bulk", json=sent, headers={"Idempotency-Key": "k"}).json()
        assert answer["done"] == 3
        assert [one["outcome"] for one in answer["outcomes"]] == ["done", "done", "done", "unknown", "unknown"]
        assert [one["position"] for one in answer["outcomes"]] == [1, 2, 3, None, None]
        assert "no-such" in answer["outcomes"][3]["problem"]["ja"]
        assert answer["outcomes"][4]["raised"] == "2020-01-01T00:00:00.000Z"
    acts = [entry.decision.act for entry in city.decisions.made.values()]
    assert [act.alert.rule for act in acts if isinstance(act, Close)] == list(SEVERAL)
    # Under another key, or another act under the same one, it is another decision.
    client.post("/v1/alerts/decisions/bulk", json=sent, headers={"Idempotency-Key": "k2"})
    assert len(city.decisions.made) == 6


def test_each_kind_is_decided_about_many(city: ShownCity, client: Client) -> None:
    alerts = several(city)
    for more in ({"kind": "acknowledge"}, {"kind": "assign", "to": "花子"}, {"kind": "comment", "text": "見た"}):
        assert client.post("/v1/alerts/decisions/bulk", json={**more, "alerts": alerts}).json()["done"] == 3
    kinds = [type(entry.decision.act) for entry in city.decisions.made.values()]
    assert kinds == [kind for kind in (Acknowledge, Assign, Comment) for _ in SEVERAL]


@pytest.mark.parametrize(
    "more",
    [
        {"alerts": []},
        {"alerts": [{"rule": "river-danger", "subject": TOBA}] * 201},
        {"alerts": [{"rule": "river-danger", "subject": TOBA, "raised": "soon"}]},
        {"alerts": [{"rule": "river-danger"}]},
        {"kind": "comment", "alerts": [{"rule": "river-danger", "subject": TOBA}]},
    ],
    ids=["none", "too many", "time", "half", "no words"],
)
def test_a_mistaken_bulk_is_a_problem_and_nothing_is_written(
    city: ShownCity, client: Client, more: dict[str, object]
) -> None:
    answer = client.post("/v1/alerts/decisions/bulk", json={"kind": "acknowledge", **more})
    assert answer.status_code == 400
    assert city.decisions.made == {}


def test_the_most_that_can_be_said_at_once_fits_into_a_request(city: ShownCity, client: Client) -> None:
    one = {"rule": "r" * 80, "subject": "s" * 140, "raised": "2024-06-23T01:25:00.000+09:00"}
    answer = client.post("/v1/alerts/decisions/bulk", json={"kind": "acknowledge", "alerts": [one] * 200})
    assert answer.json()["done"] == 0
    assert len(answer.json()["outcomes"]) == 200


def test_several_silences_are_lifted_each_with_its_outcome(city: ShownCity, client: Client) -> None:
    wanted = {"rules": [RULE], "to": "2024-06-23T03:00:00Z"}
    ids = [client.post("/v1/silences", json=wanted).json()["id"] for _ in range(2)]
    for _ in range(2):
        answer = client.post(
            "/v1/silences/lift", json={"ids": [*ids, "nobody"]}, headers={"Idempotency-Key": "k"}
        ).json()
        assert answer["done"] == 2
        assert [one["outcome"] for one in answer["outcomes"]] == ["done", "done", "unknown"]
    lifted = [e.decision.act.silence for e in city.decisions.made.values() if isinstance(e.decision.act, Lift)]
    assert lifted == ids
