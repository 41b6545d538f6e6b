import pytest
from httpx import Client

from city.errors import Mistake, MistakesError, Place
from city.quarantine import Reason
from city.rule import RulesChange
from tests.support.shown_city import TOBA, ShownCity


def test_alerts_have_their_rules_words_and_their_place(client: Client) -> None:
    found = client.get("/v1/alerts?state=firing").json()["alerts"]
    danger = next(a for a in found if a["rule"] == "river-danger")
    assert danger["subject"] == TOBA
    assert danger["site_title"]["ja"] == "鳥羽"
    assert danger["alert_level"] == 4
    assert danger["owner"] == "bosai"
    assert danger["state"] == "firing"
    assert danger["resolved"] is None
    assert danger["unit"] == "m"


def test_alerts_are_asked_by_state_and_time(client: Client) -> None:
    resolved = client.get("/v1/alerts?state=resolved").json()["alerts"]
    assert [a["subject"] for a in resolved] == ["rpi-desaku:water_level"]
    early = client.get("/v1/alerts?to=2024-06-22T21:00:00Z").json()["alerts"]
    assert [a["rule"] for a in early] == ["river-standby"]
    assert client.get("/v1/alerts?from=2024-06-23T01:00:00Z&state=resolved").json()["alerts"] == []


def test_there_being_more_is_said(client: Client) -> None:
    found = client.get("/v1/alerts?limit=2").json()
    assert len(found["alerts"]) == 2
    assert found["more"] is True
    assert client.get("/v1/alerts?limit=100").json()["more"] is False


@pytest.mark.parametrize("query", ["state=loud", "limit=0", "limit=100000", "from=x", "from=5&to=4"])
def test_a_mistaken_question_is_a_problem(client: Client, query: str) -> None:
    answer = client.get(f"/v1/alerts?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_quarantine_is_listed_page_by_page_and_sent_again(empty: tuple[ShownCity, Client]) -> None:
    city, client = empty
    for k in range(5):
        city.quarantine.put(b"\xff" * (3_000 if k == 0 else 3), Reason.UNDECODABLE if k else Reason.OVER_LIMIT)
    first = client.get("/v1/quarantine?limit=3").json()
    assert [p["id"] for p in first["pieces"]] == [1, 2, 3]
    assert first["counts"] == {"over_limit": 1, "undecodable": 4}
    assert first["pieces"][0]["length"] == 3_000
    assert len(first["pieces"][0]["payload"]) < 3_000
    second = client.get(f"/v1/quarantine?limit=3&after={first['next']}").json()
    assert [p["id"] for p in second["pieces"]] == [4, 5]
    assert second["next"] is None
    assert [p["id"] for p in client.get("/v1/quarantine?reason=over_limit").json()["pieces"]] == [1]
    assert client.post("/v1/quarantine/resend", json={"ids": [2, 99]}).json() == {"resent": 1}
    assert city.quarantine.resent == [2]


def test_an_unknown_dead_letter_or_endpoint_is_not_found(client: Client) -> None:
    assert client.post("/v1/webhooks/dead-letters/x/resend").status_code == 404
    assert client.post("/v1/webhooks/x/enable").status_code == 404
    assert client.get("/v1/webhooks").json() == {"endpoints": []}
    assert client.get("/v1/webhooks/dead-letters").json() == {"dead_letters": []}


def test_rules_in_force_are_listed(client: Client) -> None:
    found = client.get("/v1/rules").json()["rules"]
    danger = next(rule for rule in found if rule["rule"] == "river-danger")
    assert danger["owner"] == "bosai"
    assert danger["quantity"] == "water_level"
    assert danger["file"].startswith("rules/river.yaml:")


def test_wrong_rules_are_answered_with_every_mistake_and_its_place(empty: tuple[ShownCity, Client]) -> None:
    city, client = empty
    place = Place("rules/river.yaml", 7, 3)
    city.reloaded = MistakesError([Mistake.at(place, "alerts.rule_selects_nothing", rule="x")])
    answer = client.post("/v1/rules/reload")
    assert answer.status_code == 400
    [mistake] = answer.json()["mistakes"]
    assert (mistake["file"], mistake["line"], mistake["column"]) == ("rules/river.yaml", 7, 3)
    city.reloaded = RulesChange(12, new=("x",))
    assert client.post("/v1/rules/reload").json()["new"] == ["x"]
