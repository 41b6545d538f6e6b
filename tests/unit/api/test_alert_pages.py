"""The list of alerts and the page of one: what they show, what their forms write down, and for whom."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from httpx import Client, Response

from api.alert_list import ROWS_A_PAGE
from api.chart import Span, span_around
from city.decision import Acknowledge, Assign, Close, ClosingReason, Comment, Lift, Silence
from city.messages.text import Text
from city.right import Role
from city.schedule import Schedule
from tests.support.shown_city import MINUTE_MS, NOW_MS, TOBA, ShownCity
from tests.unit.api.test_admission import Staffed, csrf, staffed

RAISED_MS = NOW_MS - 14 * MINUTE_MS
PATH = f"/alerts/river-danger/{TOBA}/{RAISED_MS}"
HTML = {"accept": "text/html"}
NASTY = "<script>alert('x')</script>"
HOUR_MS = 60 * MINUTE_MS


@pytest.fixture
def city(empty: tuple[ShownCity, Client]) -> ShownCity:
    empty[0].fire("river-danger", TOBA, 14, 6.9)
    return empty[0]


@pytest.fixture
def client(empty: tuple[ShownCity, Client], city: ShownCity) -> Client:
    return empty[1]


def decide(client: Client, path: str = PATH, **fields: object) -> Response:
    return client.post(f"{path}/decisions", data={"key": "k", **fields}, headers=HTML)


def silence(client: Client, **fields: object) -> Response:
    return client.post(f"{PATH}/silences", data={"key": "k", **fields}, headers=HTML)


def test_it_says_what_is_the_matter_since_when_how_bad_and_on_what_evidence(client: Client) -> None:
    text = client.get(PATH).text
    for word in (
        "鳥羽: ",
        "警戒レベル4相当 危険",
        "はん濫危険水位に到達",
        "14分前",
        "6.90 m",
        "防災",
        "last() &gt;= level(",
    ):
        assert word in text, word
    assert "まだ、だれも確認していません" in text
    assert 'class="main-action great"' in text


@pytest.mark.parametrize(
    "path",
    [
        f"/alerts/river-danger/{TOBA}/{RAISED_MS + 1}",
        f"/alerts/no-such/{TOBA}/{RAISED_MS}",
        f"/alerts/river-danger/river/hino/{RAISED_MS}",
    ],
)
def test_what_was_never_raised_is_a_page_that_says_so(client: Client, path: str) -> None:
    for answer in (client.get(path, headers=HTML), decide(client, path, kind="acknowledge")):
        assert answer.status_code == 404
        assert "この警報は見つかりません" in answer.text


def test_each_form_writes_its_decision_and_all_of_it_stands_in_the_chronology(city: ShownCity, client: Client) -> None:
    answer = decide(client, kind="acknowledge", text="向かう")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?done=now")
    decide(client, kind="assign", to=" 鯖江 花子 ")
    decide(client, kind="comment", text="水門を閉めた")
    silence(client, how="once", hours=4, text="橋の工事")
    silence(client, how="schedule", days=["sat", "sun"], begin="22:00", end="06:00", until_days=30)
    decide(client, kind="close", reason="test", text="訓練")
    acts = [entry.decision.act for entry in city.decisions.made.values()]
    assert [type(act) for act in acts] == [Acknowledge, Assign, Comment, Silence, Silence, Close]
    once, weekly = (act for act in acts if isinstance(act, Silence))
    assert (once.rules, once.subjects, once.from_ms, once.to_ms) == (
        ("river-danger",), (TOBA,), NOW_MS, NOW_MS + 4 * HOUR_MS,
    )  # fmt: skip
    assert weekly.schedule == (Schedule(days=(5, 6), times=((1320, 360),)),)
    assert weekly.to_ms == NOW_MS + 30 * 24 * HOUR_MS
    lines = client.get(f"{PATH}?done=now").text.partition('class="chronology"')[2].partition("</ol>")[0]
    places = [
        lines.index(word)
        for word in ("発生", "確認しました", "担当を 鯖江 花子 にしました", "水門を閉めた", "閉じました(試験・訓練)")
    ]
    assert places == sorted(places)
    assert "橋の工事" in lines
    assert "決まった時間に止めました" in lines
    assert lines.count("お試しの方") == 6


def test_a_silence_is_lifted_on_the_page(city: ShownCity, client: Client) -> None:
    silence(client, how="once", hours=4)
    made = next(e.decision.act for e in city.decisions.made.values() if isinstance(e.decision.act, Silence))
    assert f'name="lifted" value="{made.id}"' in client.get(PATH).text
    assert silence(client, how="lift", lifted=made.id).status_code == 303
    assert [e.decision.act for e in city.decisions.made.values()][-1] == Lift(made.id)
    assert silence(client, how="lift", lifted="nobody").status_code == 404


def test_sent_twice_it_is_one_and_written_anew_another(city: ShownCity, client: Client) -> None:
    for text in ("見た", "見た", "見なおした"):
        decide(client, kind="comment", text=text)
    assert [entry.decision.text for entry in city.decisions.made.values()] == ["見た", "見なおした"]


@pytest.mark.parametrize(
    ("form", "fields", "word"),
    [
        ("decisions", {"kind": "assign", "to": " "}, "だれが対応するか"),
        ("decisions", {"kind": "comment", "text": ""}, "コメントを書いて"),
        ("decisions", {"kind": "close"}, "理由を選んで"),
        ("decisions", {"kind": "close", "reason": "bored"}, "理由を選んで"),
        ("decisions", {"kind": "explode"}, "何をするか"),
        ("silences", {"how": "once", "hours": 5}, "いつまで"),
        ("silences", {"how": "forever"}, "いつまで"),
        ("silences", {"how": "schedule", "until_days": 7}, "曜日か時間帯"),
        ("silences", {"how": "schedule", "until_days": 8, "days": ["sat"]}, "曜日か時間帯"),
        ("silences", {"how": "schedule", "until_days": 7, "days": ["someday"]}, "曜日か時間帯"),
        ("silences", {"how": "schedule", "until_days": 7, "begin": "22:00"}, "曜日か時間帯"),
        ("silences", {"how": "schedule", "until_days": 7, "begin": "29:00", "end": "06:00"}, "29:00"),
        ("silences", {"how": "schedule", "until_days": 7, "begin": "]}:x", "end": "06:00"}, "曜日か時間帯"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(map(str, value.values())),
)
def test_what_a_form_lacks_is_said_on_the_page(
    city: ShownCity, client: Client, form: str, fields: dict[str, object], word: str
) -> None:
    answer = client.post(f"{PATH}/{form}", data={"key": "k", **fields}, headers=HTML)
    assert answer.status_code == 400
    assert word in answer.text.partition('class="wrong"')[2].partition("</p>")[0]
    assert city.decisions.made == {}


def test_whatever_is_typed_stays_text(city: ShownCity, client: Client) -> None:
    rule = city.rules["river-danger"]
    city.rules = {**city.rules, rule.id: replace(rule, title=Text(NASTY, NASTY))}
    city.alerts.list[0] = replace(city.alerts.list[0], assignee=NASTY, acknowledged_by=NASTY, acknowledged_ms=NOW_MS)
    decide(client, kind="comment", text=NASTY)
    decide(client, kind="assign", to=NASTY)
    silence(client, how="once", hours=1, text=NASTY)
    for path in (PATH, f"/alerts?q={NASTY}", "/alerts", "/"):
        text = client.get(path, headers=HTML).text
        assert NASTY not in text, path
    assert "&lt;script&gt;" in client.get(PATH).text
    answer = client.post("/alerts", data={"key": "k", "kind": "comment", "text": NASTY, "alert": f"1 {NASTY} {NASTY}"})
    assert NASTY not in answer.text
    assert "この警報" not in answer.text.partition("<h1>")[0]


def test_an_alert_of_a_group_or_of_a_rule_that_is_gone_has_its_page(city: ShownCity, client: Client) -> None:
    city.alerts.list.append(replace(city.alerts.list[0], subject="river/hino", value=2.0))
    city.alerts.list.append(replace(city.alerts.list[0], rule="gone-rule"))
    assert "複数のセンサー" in client.get(f"/alerts/river-danger/river/hino/{RAISED_MS}").text
    assert "gone-rule" in client.get(f"/alerts/gone-rule/{TOBA}/{RAISED_MS}").text
    assert client.get("/alerts").status_code == 200


@pytest.mark.parametrize(
    ("minutes_ago", "ended_minutes_ago", "span"),
    [(1, None, Span.HOURS), (10 * 60, None, Span.DAY), (3 * 24 * 60, None, Span.WEEK), (99 * 24 * 60, None, Span.MONTH),
     (99 * 24 * 60, 99 * 24 * 60 - 60, Span.HOURS), (30, 10, Span.HOURS)],
)  # fmt: skip
def test_the_chart_shows_the_alert_with_how_it_came_to_it(
    minutes_ago: int, ended_minutes_ago: int | None, span: Span
) -> None:
    raised_ms = NOW_MS - minutes_ago * MINUTE_MS
    ended_ms = None if ended_minutes_ago is None else NOW_MS - ended_minutes_ago * MINUTE_MS
    start_ms, end_ms, found = span_around(raised_ms, ended_ms, NOW_MS)
    assert found is span
    assert end_ms - start_ms == span.length_ms
    assert (NOW_MS if ended_ms is None else ended_ms) <= end_ms <= NOW_MS
    assert start_ms < raised_ms or span is Span.MONTH


def storm(city: ShownCity, count: int) -> None:
    """So many alerts, all of the same moment, on sensors that there are and are not."""
    first = city.alerts.list[0]
    city.alerts.list = [replace(first, rule="river-caution", severity=2, subject=f"rpi-{n:05}:x") for n in range(count)]


def rows(answer: Response) -> list[str]:
    return [part.partition('"')[0] for part in answer.text.split('name="alert" value="')[1:]]


def test_the_list_goes_on_page_by_page_and_shows_each_once(city: ShownCity, client: Client) -> None:
    storm(city, 2 * ROWS_A_PAGE + 7)
    seen: list[str] = []
    path: str | None = "/alerts"
    while path is not None:
        answer = client.get(path)
        seen += rows(answer)
        link = answer.text.partition('<p class="links"><a href="')[2].partition('"')[0].replace("&amp;", "&")
        path = link or None
    assert len(seen) == len(set(seen)) == 2 * ROWS_A_PAGE + 7


def test_the_gravest_comes_first_and_what_ended_is_shown_when_it_is_asked_for(city: ShownCity, client: Client) -> None:
    city.fire("river-standby", TOBA, 1)
    city.fire("battery-low:no-data", "rpi-sanroku:battery_voltage", 70)
    city.fire("underpass-closed", "rpi-under-hinode:water_depth", 6, 34.0)
    city.fire("river-caution", "rpi-desaku:water_level", 90)
    city.resolve("river-caution", "rpi-desaku:water_level", 31)
    found = [row.split(" ")[1] for row in rows(client.get("/alerts"))]
    severities = [city.rules[rule.removesuffix(":no-data")].severity for rule in found]
    assert severities == sorted(severities, reverse=True)
    assert "river-caution" not in found
    assert "river-caution" in [row.split(" ")[1] for row in rows(client.get("/alerts?state=all"))]

    def shown(**query: object) -> set[str]:
        return {row.split(" ")[1] for row in rows(client.get("/alerts", params=query))}  # type: ignore[arg-type]  # texts and numbers

    assert shown(severity=4) == {rule for rule in found if city.rules[rule.removesuffix(":no-data")].severity >= 4}
    owner = city.rules["underpass-closed"].owner
    assert shown(department=owner) == {r for r in found if city.rules[r.removesuffix(":no-data")].owner == owner}
    assert shown(q="鳥羽 危険") == {"river-danger"}
    assert shown(q="nothing like it") == set()
    assert "条件に合う警報はありません" in client.get("/alerts", params={"q": "nothing like it"}).text


def test_a_search_by_words_asks_whether_to_go_on(city: ShownCity, client: Client) -> None:
    storm(city, 2_100)
    answer = client.get("/alerts?q=rpi-02099")
    assert rows(answer) == []
    assert "さらに古い警報から探す" in answer.text
    link = answer.text.partition('<p class="links"><a href="')[2].partition('"')[0].replace("&amp;", "&")
    assert [row.split(" ")[2] for row in rows(client.get(link))] == ["rpi-02099:x"]


def test_what_is_chosen_is_decided_together_each_with_its_outcome(city: ShownCity, client: Client) -> None:
    city.fire("river-caution", TOBA, 20, 6.9)
    picks = [*rows(client.get("/alerts")), f"1 gone {TOBA}"]
    form = {"key": "k", "kind": "close", "reason": "false_alarm", "alert": picks}
    assert client.post("/alerts?state=all", data=form).is_success
    answer = client.post("/alerts?state=all", data=form)
    assert "3 件のうち 2 件を記録しました" in answer.text
    assert "gone" in answer.text.partition("記録できなかったもの")[2]
    assert '<option value="all" selected>' in answer.text
    assert [type(entry.decision.act) for entry in city.decisions.made.values()] == [Close, Close]
    reasons = {e.decision.act.reason for e in city.decisions.made.values() if isinstance(e.decision.act, Close)}
    assert reasons == {ClosingReason.FALSE_ALARM}
    client.post("/alerts/silences", data={"key": "k", "hours": 1, "alert": picks[:2]})
    silences = [e.decision.act for e in city.decisions.made.values() if isinstance(e.decision.act, Silence)]
    assert [(one.rules, one.subjects) for one in silences] == [
        ((pick.split(" ")[1],), (pick.split(" ")[2],)) for pick in picks[:2]
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "acknowledge"},
        {"kind": "acknowledge", "alert": "x"},
        {"kind": "acknowledge", "alert": f"{10**20} river-danger {TOBA}"},
        {"kind": "close", "alert": f"1 river-danger {TOBA}"},
        {"kind": "", "alert": f"1 river-danger {TOBA}"},
    ],
    ids=["none", "no alert", "no time", "no reason", "no kind"],
)
def test_a_mistaken_choice_is_said_above_the_list(city: ShownCity, client: Client, fields: dict[str, str]) -> None:
    answer = client.post("/alerts", data={"key": "k", **fields}, headers=HTML)
    assert answer.status_code == 400
    assert city.decisions.made == {}


@pytest.mark.parametrize("after", ["x", "1 2 3", f"{10**20} 1 a b", "1 1 a "])
def test_a_place_in_the_list_that_is_none_is_a_page(client: Client, after: str) -> None:
    answer = client.get("/alerts", params={"after": after}, headers=HTML)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed(Path(tmp_path_factory.mktemp("alerts"))) as made:
        yield made


def test_forms_are_there_for_whom_they_are_and_need_the_sessions_mark(house: Staffed) -> None:
    path = f"/alerts/river-danger/{TOBA}/{RAISED_MS}"
    member, leader, auditor = (house.clients[role] for role in (Role.MEMBER, Role.GROUP_LEADER, Role.AUDITOR))
    assert 'value="acknowledge"' in member.get(path).text
    assert "/silences" not in member.get(path).text
    assert "/silences" in leader.get(path).text
    assert 'value="acknowledge"' not in auditor.get(path).text
    assert "その上の職員ができます" in auditor.get(path).text
    assert 'name="alert"' not in auditor.get("/alerts").text
    form = {"key": "k", "kind": "acknowledge"}
    assert member.post(f"{path}/decisions", data=form, headers=HTML).status_code == 403
    assert member.post(f"{path}/decisions", data=form | {"csrf": csrf(member)}).status_code == 303
    # The member's name is among those to choose from; the auditor's is not.
    assert '<option value="member 様">' in member.get(path).text
    assert "auditor 様" not in member.get(path).text


def test_what_is_another_sections_is_refused_one_by_one(house: Staffed) -> None:
    member = house.clients[Role.MEMBER]
    shown = member.get("/v1/alerts").json()["alerts"]
    elsewhere = next(one for one in shown if one["owner"] not in {"bosai", None})
    listed = rows(member.get("/alerts"))
    picks = [pick for pick in listed if pick.split(" ")[1] in {"river-danger", elsewhere["rule"]}]
    form = {"key": "k", "csrf": csrf(member), "kind": "acknowledge", "alert": picks}
    answer = member.post("/alerts", data=form)
    assert f"{len(picks)} 件のうち 1 件を記録しました" in answer.text
    assert "及びません" in answer.text
    raised, rule, subject = next(pick for pick in picks if elsewhere["rule"] in pick).split(" ")
    one = {"key": "k", "csrf": csrf(member), "kind": "acknowledge"}
    answer = member.post(f"/alerts/{rule}/{subject}/{raised}/decisions", data=one, headers=HTML)
    assert answer.status_code == 403
    assert "許可されていません" in answer.text
