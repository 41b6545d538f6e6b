"""Cases over HTTP: opened, found, changed by those who saw them, and ended."""

import hashlib
from typing import Any

import pytest
from httpx import Client, Response

from tests.support.shown_city import NOW_MS, TOBA, ShownCity

BY = "鯖江 太郎"
NEW: dict[str, Any] = {
    "by": BY,
    "section": "bosai",
    "title": "鳥羽の水門の点検",
    "due": "30m",
    "checklist": ["巡視", "水門確認"],
    "text": "電話で通報",
}


@pytest.fixture
def city(empty: tuple[ShownCity, Client]) -> ShownCity:
    return empty[0]


@pytest.fixture
def client(empty: tuple[ShownCity, Client]) -> Client:
    return empty[1]


def opened(client: Client, key: str = "k", **more: object) -> dict[str, Any]:
    answer = client.post("/v1/cases", json=NEW | more, headers={"Idempotency-Key": key})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def act(client: Client, what: str, **body: object) -> Response:
    path = f"/v1/cases/2024-bosai-1/{what}".removesuffix("/")
    return client.request("POST" if what else "PATCH", path, json={"by": BY} | body)


def test_a_case_is_opened_once_under_its_key_with_its_number(client: Client) -> None:
    case = opened(client)
    assert opened(client) == case
    assert opened(client, "other")["id"] == "2024-bosai-2"
    assert (case["id"], case["number"]["ja"]) == ("2024-bosai-1", "令和6年度 防災危機管理課 第1号")
    assert (case["state"], case["state_title"]["ja"]) == ("open", "受付")
    assert (case["due"], case["overdue"]) == ("2024-06-23T01:55:00.000Z", False)
    assert (case["opened"], case["opened_by"], case["version"]) == ("2024-06-23T01:25:00.000Z", BY, 1)
    assert (case["items"], case["ticked"], case["documents"]) == (2, 0, [])
    assert case["checklist"][1] == {"number": 2, "text": "水門確認", "ticked": None, "by": None}
    assert [line["told"]["ja"] for line in case["history"]] == ["受付: 鳥羽の水門の点検（電話で通報）"]
    assert client.get("/v1/cases/2024-bosai-1").json() == case


def test_the_life_of_a_case(city: ShownCity, client: Client) -> None:
    opened(client)
    city.clock.advance(60)
    answer = act(client, "", version=1, state="in_progress", assignee="鯖江 花子", due="2bd", add=["連絡"])
    assert answer.json()["due"] == "2024-06-25T08:15:00.000Z"  # Tuesday 17:15: that Sunday is not counted
    act(client, "ticks", version=2, item=1)
    act(client, "comments", text="水門を閉めた")
    refused = act(client, "close", version=4, reason="水位が下がった")
    assert refused.status_code == 409
    assert "水門確認、連絡" in refused.json()["text"]["ja"]
    closed = act(client, "close", version=4, reason="水位が下がった", left="避難所は開かなかった").json()
    assert (closed["state"], closed["ended"], closed["ticked"]) == ("done", "2024-06-23T01:26:00.000Z", 1)
    assert act(client, "reopen", version=5, reason="再び上がった").json()["state"] == "in_progress"
    emptied = act(client, "", version=6, assignee=None, due=None, title="鳥羽").json()
    assert (emptied["assignee"], emptied["due"], emptied["title"]) == (None, None, "鳥羽")
    unticked = act(client, "ticks", version=7, item=1, ticked=False).json()
    assert unticked["checklist"][0]["ticked"] is None
    void = act(client, "void", version=8, reason="二重の受付").json()
    assert (void["state"], void["version"]) == ("void", 9)
    assert act(client, "", version=9, title="x").status_code == 409


def test_two_people_never_overwrite_each_other(client: Client) -> None:
    opened(client)
    assert act(client, "", version=1, by="鯖江 花子", assignee="鯖江 花子").status_code == 200
    refused = act(client, "", version=1, assignee=BY)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    said = refused.json()
    assert said["type"] == "urn:megane:problem:case.stale"
    assert "鯖江 花子 担当: なし → 鯖江 花子" in said["text"]["ja"]
    assert "鯖江 花子 assignee: none → 鯖江 花子" in said["text"]["en"]
    assert client.get("/v1/cases/2024-bosai-1").json()["assignee"] == "鯖江 花子"


def test_what_is_sent_again_under_its_key_is_done_once(client: Client) -> None:
    opened(client)
    for path, body in (("ticks", {"version": 1, "item": 1}), ("comments", {"text": "着いた"})):
        for _ in range(2):
            answer = client.post(
                f"/v1/cases/2024-bosai-1/{path}", json={"by": BY, **body}, headers={"Idempotency-Key": path}
            )
            assert answer.status_code == 200, answer.text
    assert client.get("/v1/cases/2024-bosai-1").json()["version"] == 3


def test_readings_are_attached_as_they_stand(city: ShownCity, client: Client) -> None:
    opened(client)
    city.write(TOBA, [(NOW_MS - 120_000, 5.5), (NOW_MS - 60_000, 5.75), (NOW_MS, 6.0)], [0, 2, 4])
    case = act(client, "evidence", series=TOBA, **{"from": "2024-06-23T01:23:30Z"}, text="越水の前").json()
    (piece,) = case["evidence"]
    assert (piece["series"], piece["unit"], piece["readings"], piece["by"]) == (TOBA, "m", 2, BY)
    given = client.get("/v1/cases/2024-bosai-1/evidence/1")
    assert hashlib.sha256(given.content).hexdigest() == piece["sha256"]
    assert given.json()["value"] == [5.75, 6.0]
    assert given.json()["quality"] == [2, 4]
    assert given.json()["time"] == ["2024-06-23T01:24:00.000Z", "2024-06-23T01:25:00.000Z"]
    assert client.get("/v1/cases/2024-bosai-1/evidence/2").status_code == 404


def test_cases_are_found_page_by_page(city: ShownCity, client: Client) -> None:
    for number in range(5):
        opened(client, str(number), section=("bosai", "doboku")[number % 2], assignee=f"担当{number}")
    act(client, "void", version=1, reason="誤り")
    page = client.get("/v1/cases", params={"limit": 2}).json()
    found = [case["id"] for case in page["cases"]]
    while page["next"] is not None:
        page = client.get("/v1/cases", params={"limit": 2, "after": page["next"]}).json()
        found += [case["id"] for case in page["cases"]]
    assert sorted(found) == ["2024-bosai-1", "2024-bosai-2", "2024-bosai-3", "2024-doboku-1", "2024-doboku-2"]

    def ids(**wanted: str | bool | list[str]) -> list[str]:
        answer = client.get("/v1/cases", params=wanted)
        assert answer.status_code == 200, answer.text
        return sorted(case["id"] for case in answer.json()["cases"])

    assert ids(section=["doboku", "suido"]) == ["2024-doboku-1", "2024-doboku-2"]
    assert ids(state="void") == ["2024-bosai-1"]
    assert ids(state=["void", "done"], section="doboku") == []
    assert ids(assignee="担当3") == ["2024-doboku-2"]
    assert ids(text="誤り") == ["2024-bosai-1"]
    assert ids(overdue=True) == []
    city.clock.advance(3_600)
    assert len(ids(overdue=True)) == 4
    assert ids(run="flood-3/i1") == []


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "{{7*7}} {x}", "=cmd|' /C calc'!A0", "%_\\'\";--", "\u202e逆\u200b字", "\\u0000"],
)
def test_markup_stays_text(client: Client, text: str) -> None:
    case = opened(client, title=text, checklist=[text], text=text, assignee=text, by=text)
    act(client, "ticks", version=1, item=1)
    case = act(client, "comments", text=f"{text}\n\t{text}").json()
    assert (case["title"], case["assignee"], case["opened_by"]) == (text, text, text)
    assert (case["checklist"][0]["text"], case["history"][0]["text"]) == (text, text)
    assert case["history"][-1]["text"] == f"{text}\n\t{text}"
    assert [found["id"] for found in client.get("/v1/cases", params={"text": text}).json()["cases"]] == [case["id"]]
    refused = act(client, "", version=1, title="x")
    assert text in refused.json()["text"]["ja"]


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"section": "bosaii"}, "bosai"),
        ({"title": ""}, "title"),
        ({"title": "二\n行"}, "title"),
        ({"title": "\x00"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"by": ""}, "by"),
        ({"due": "soon"}, "2bd"),
        ({"due": "2026-12-01"}, "due"),
        ({"due": "2044-12-01T00:00:00Z"}, "10"),
        ({"due": "9999-12-31T23:59:59-12:00"}, "due"),
        ({"checklist": ["x"] * 51}, "checklist"),
        ({"checklist": [""]}, "checklist"),
        ({"text": "x" * 2_001}, "text"),
    ],
)
def test_a_mistaken_case_is_a_problem_and_uses_up_no_number(client: Client, more: dict[str, object], part: str) -> None:
    answer = client.post("/v1/cases", json=NEW | more)
    assert answer.status_code == 400
    assert part in answer.json()["text"]["ja"]
    assert opened(client)["id"] == "2024-bosai-1"


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("", {"title": "x"}, 400),  # no version
        ("", {"version": 1, "state": "done"}, 409),
        ("", {"version": 1, "state": "lost"}, 400),
        ("", {"version": 0, "title": "x"}, 400),
        ("", {"version": 2**63, "title": "x"}, 400),
        ("", {"version": 2, "title": "x"}, 409),
        ("ticks", {"version": 1, "item": 3}, 404),
        ("comments", {"text": ""}, 400),
        ("close", {"version": 1, "reason": ""}, 400),
        ("reopen", {"version": 1, "reason": "x"}, 409),
        ("evidence", {"series": TOBA, "from": "yesterday"}, 400),
        ("evidence", {"series": TOBA, "from": "2024-06-24T00:00:00Z"}, 400),
        ("evidence", {"series": "rpi-toba", "from": "2024-06-23T00:00:00Z"}, 400),
        ("evidence", {"series": "rpi-toba:nothing", "from": "2024-06-23T00:00:00Z"}, 404),
    ],
)
def test_a_mistaken_act_is_a_problem_and_changes_nothing(
    client: Client, what: str, body: dict[str, object], status: int
) -> None:
    before = opened(client)
    answer = act(client, what, **body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/v1/cases/2024-bosai-1").json() == before


def test_half_a_letter_is_refused(client: Client) -> None:
    body = b'{"by": "x", "section": "bosai", "title": "\\ud800"}'
    answer = client.post("/v1/cases", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert client.get("/v1/cases", params={"text": "x"}).json()["cases"] == []


def test_what_is_not_there_is_told(client: Client) -> None:
    assert client.get("/v1/cases/2024-bosai-1").status_code == 404
    assert act(client, "comments", text="x").status_code == 404
    assert act(client, "close", version=1, reason="x").status_code == 404
    assert client.get("/v1/cases", params={"after": "nonsense"}).status_code == 400
    assert client.get("/v1/cases", params={"after": "99999999999999999999.x"}).status_code == 400
    assert client.get("/v1/cases", params={"state": "lost"}).status_code == 400
    assert client.get("/v1/cases", params={"text": "\x00"}).status_code == 400


def test_the_api_tells_how_cases_are_asked_for(client: Client) -> None:
    described = client.get("/openapi.json").json()
    paths = {path: set(methods) for path, methods in described["paths"].items() if path.startswith("/v1/cases")}
    assert paths == {
        "/v1/cases": {"get", "post"},
        "/v1/cases/{case}": {"get", "patch"},
        "/v1/cases/{case}/evidence/{number}": {"get"},
        **{
            f"/v1/cases/{{case}}/{what}": {"post"}
            for what in ("ticks", "comments", "evidence", "close", "reopen", "void")
        },
    }
    assert "409" in described["paths"]["/v1/cases/{case}"]["patch"]["responses"]
    opening = described["components"]["schemas"]["OpenedByHand"]["properties"]
    assert opening["title"]["examples"] == ["鳥羽の水門の点検"]
