"""Incidents, runs and approvals over HTTP, in a city with people in their offices: each does what they may."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from administration.people.audit import lines
from administration.playbook import load_playbook
from api.moment import iso
from api.routes.incident_pages import ALERTS_SHOWN
from city.right import Role, Scope
from tests.support.alert_events import alert_event
from tests.support.shown_city import NOW_MS, TOBA
from tests.support.staged_flood import MINUTE_MS, put_playbook
from tests.unit.api.test_admission import PASSWORD, Staffed, browser, csrf, staffed

DRILL: Final[dict[str, Any]] = {
    "playbook": "staged",
    "title": "大雨の想定",
    "section": "bosai",
    "severity": 4,
    "text": "年次訓練",
    "drill": True,
}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Staffed]:
    with staffed(tmp_path) as made:
        put_playbook(made.city)
        yield made


def post(client: httpx.Client, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    return client.post(path, json=body, headers={"x-csrf-token": csrf(client), **headers})


def start(city: Staffed, who: Role = Role.SECTION_CHIEF, **more: object) -> str:
    answer = post(city.clients[who], "/v1/runs", DRILL | more, **{"idempotency-key": "k1"})
    assert answer.status_code == httpx.codes.OK, answer.text
    found: str = answer.json()["incident"]
    return found


def asked(city: Staffed, who: Role = Role.MAYOR) -> dict[str, Any]:
    (found,) = city.clients[who].get("/v1/approvals").json()["approvals"]
    return dict(found)


@contextmanager
def neighbour(city: Staffed) -> Iterator[httpx.Client]:
    """The chief of another section."""
    people = city.clients[Role.DIGITAL]
    new = {"login": "neighbour", "name": "隣 一郎", "offices": [{"role": "section_chief", "unit": "doboku"}]}
    made = post(people, "/v1/people", new).json()
    with browser(city.url) as client:
        client.post(made["path"], data={"password": PASSWORD})
        yield client


def test_a_drill_from_its_start_to_its_end(city: Staffed) -> None:
    ident = start(city)
    assert start(city) == ident  # once under its key
    mayor, chief = city.clients[Role.MAYOR], city.clients[Role.SECTION_CHIEF]
    question = asked(city)
    assert (question["yours"], question["drill"], question["roles"]) == (True, True, ["mayor"])
    assert question["question"] == "【訓練】避難指示を発令しますか(大雨の想定、重大度 4)"
    assert asked(city, Role.SECTION_CHIEF)["yours"] is False
    answer = {"answer": "approved", "digest": question["digest"]}
    answered = post(mayor, f"/v1/approvals/{question['id']}/answer", answer)
    assert (answered.json()["state"], answered.json()["yours"]) == ("approved", False)
    # The first answer decides.
    again = post(mayor, f"/v1/approvals/{question['id']}/answer", answer)
    assert again.status_code == httpx.codes.CONFLICT
    whole = chief.get(f"/v1/incidents/{ident}").json()
    assert [one["status"] for one in whole["steps"] if one["kind"] == "approve"] == ["done"]
    assert [line["kind"] for line in whole["chronology"]][-1] == "waits"
    assert whole["cases"][0]["title"] == "【訓練】大雨の想定"
    ended = post(chief, f"/v1/incidents/{ident}/resolve", {"reason": "終わり"}).json()
    assert (ended["over"], ended["cases"][0]["state"]) == (True, "done")
    assert chief.get("/v1/incidents", params={"open": True}).json()["incidents"] == []
    assert [one["id"] for one in chief.get("/v1/incidents", params={"drill": True}).json()["incidents"]] == [ident]
    written = [line.what for line in lines(city.database, None, 100)]
    assert {"run started", "approval approved", "incident resolved"} <= set(written)


def test_nobody_approves_what_they_started_nor_what_they_were_not_asked(city: Staffed) -> None:
    start(city, Role.MAYOR)
    question = asked(city)
    assert question["yours"] is False
    for who in (Role.MAYOR, Role.CIO, Role.DEPARTMENT_HEAD):
        answer = {"answer": "approved", "digest": question["digest"]}
        refused = post(city.clients[who], f"/v1/approvals/{question['id']}/answer", answer)
        assert refused.status_code == httpx.codes.FORBIDDEN, who
    for scope in Scope:
        answer = {"answer": "approved", "digest": question["digest"]}
        path = f"/v1/approvals/{question['id']}/answer"
        assert city.clients[scope].post(path, json=answer).status_code == httpx.codes.FORBIDDEN
    assert asked(city)["state"] == "waiting"


CHIEFS: Final = """\
id: chiefs
title: {ja: 課長の判断, en: The chief decides}
group: {by: [river], window: 30m}
steps:
  - approve: {role: section_chief, within: 10h, question: "{incident.title}"}
"""


def stand_in(city: Staffed, hours: int) -> None:
    """The member acts for the chief, from now on for so long."""
    digital = city.clients[Role.DIGITAL]
    ids = {one["login"]: one["id"] for one in digital.get("/v1/people").json()["people"]}
    begin = {"from": iso(NOW_MS), "to": iso(NOW_MS + hours * 60 * MINUTE_MS)}
    entry = {"person": ids["member"], "in_place_of": ids["section_chief"], "role": "section_chief", "unit": "bosai"}
    assert post(digital, "/v1/duty", entry | begin).is_success


@pytest.mark.parametrize("by", ["api", "page"])
def test_who_acts_for_the_chief_answers_as_long_as_the_entry_lasts(city: Staffed, by: str) -> None:
    book = load_playbook(CHIEFS, "chiefs.yaml")
    city.city.playbooks[book.id] = book
    city.city.put_in_force()
    member, leader = city.clients[Role.MEMBER], Role.GROUP_LEADER

    def answer(question: dict[str, Any]) -> int:
        body = {"answer": "approved", "digest": question["digest"]}
        if by == "api":
            return post(member, f"/v1/approvals/{question['id']}/answer", body).status_code
        form = body | {"csrf": csrf(member)}
        return member.post(f"/approvals/{question['id']}", data=form).status_code

    start(city, leader, playbook="chiefs")
    first = asked(city, Role.MEMBER)
    assert first["yours"] is False
    assert answer(first) == httpx.codes.FORBIDDEN  # holds no role that is asked, and acts for nobody yet
    stand_in(city, hours=2)
    assert asked(city, Role.MEMBER)["yours"] is True
    assert 'name="digest"' in member.get(f"/approvals/{first['id']}").text
    assert answer(first) == (httpx.codes.OK if by == "api" else httpx.codes.SEE_OTHER)
    assert member.get(f"/v1/approvals/{first['id']}").json()["state"] == "approved"
    # The right to answer is all that they had by it.
    assert post(member, "/v1/runs", DRILL | {"playbook": "chiefs"}).status_code == httpx.codes.FORBIDDEN

    again = post(city.clients[leader], "/v1/runs", DRILL | {"playbook": "chiefs"}, **{"idempotency-key": "k2"})
    assert again.is_success
    city.city.pass_until(NOW_MS + 121 * MINUTE_MS)
    second = asked(city, Role.MEMBER)
    assert (second["state"], second["yours"]) == ("waiting", False)
    assert 'name="digest"' not in member.get(f"/approvals/{second['id']}").text
    assert answer(second) == httpx.codes.FORBIDDEN
    assert asked(city, Role.MEMBER)["state"] == "waiting"


def test_what_was_shown_has_changed_and_nothing_is_answered(city: Staffed) -> None:
    city.city.happen(alert_event(TOBA, raised_ms=NOW_MS - MINUTE_MS, late_ms=5_000))
    city.city.pass_until(NOW_MS + 4 * MINUTE_MS)  # the sign does not answer
    question = asked(city)
    worse = alert_event(TOBA, raised_ms=NOW_MS - MINUTE_MS, at_ms=NOW_MS + 4 * MINUTE_MS, severity=5, late_ms=5_000)
    city.city.happen(worse)
    answer = {"answer": "approved", "digest": question["digest"]}
    refused = post(city.clients[Role.MAYOR], f"/v1/approvals/{question['id']}/answer", answer)
    assert refused.status_code == httpx.codes.CONFLICT
    now = asked(city)
    assert (now["severity"], now["id"] == question["id"]) == (5, False)
    # The page of the old link says so, and shows the new question with its own digest.
    page = city.clients[Role.MAYOR].get(f"/approvals/{question['id']}").text
    assert "表示していた内容が変わりました" in page
    assert f'action="/approvals/{now["id"]}"' in page
    assert now["digest"] in page
    assert question["digest"] not in page
    form = {"csrf": csrf(city.clients[Role.MAYOR]), "answer": "approved", "digest": question["digest"]}
    tapped = city.clients[Role.MAYOR].post(f"/approvals/{question['id']}", data=form)
    assert tapped.status_code == httpx.codes.CONFLICT
    assert "表示していた内容が変わりました" in tapped.text
    assert asked(city)["state"] == "waiting"


def test_another_section_is_told_nothing_and_may_nothing(city: Staffed) -> None:
    ident = start(city)
    question = asked(city)
    with neighbour(city) as other:
        assert other.get("/v1/incidents").json()["incidents"] == []
        assert other.get("/v1/approvals").json()["approvals"] == []
        for path in (f"/v1/incidents/{ident}", f"/v1/approvals/{question['id']}", f"/incidents/{ident}"):
            theirs, nothing = other.get(path), other.get(path.replace(ident, "0" * 32))
            assert theirs.status_code == nothing.status_code == httpx.codes.NOT_FOUND, path
        hand = {"hand": "stop", "reason": "x"}
        assert post(other, f"/v1/incidents/{ident}/hand", hand).status_code == httpx.codes.NOT_FOUND
        assert post(other, "/v1/runs", DRILL).status_code == httpx.codes.FORBIDDEN
        answer = {"answer": "approved", "digest": question["digest"]}
        refused = post(other, f"/v1/approvals/{question['id']}/answer", answer)
        assert refused.status_code == httpx.codes.NOT_FOUND
        assert "大雨の想定" not in other.get("/inbox").text


def test_a_run_is_taken_in_hand_with_a_reason(city: Staffed) -> None:
    ident, chief = start(city), city.clients[Role.SECTION_CHIEF]
    path = f"/v1/incidents/{ident}/hand"
    for missing in ({"hand": "pause"}, {"hand": "pause", "reason": ""}, {"hand": "jump", "reason": "x"}):
        assert post(chief, path, missing).status_code == httpx.codes.BAD_REQUEST
    taken = post(chief, path, {"hand": "take_over", "reason": "現場と確認中"}).json()
    assert (taken["paused"], taken["hands"]) == (True, ["resume", "take_over", "stop"])
    leader = city.clients[Role.GROUP_LEADER]
    assert post(leader, path, {"hand": "resume", "reason": "x"}).status_code == httpx.codes.CONFLICT
    assert post(city.clients[Role.MEMBER], path, {"hand": "resume", "reason": "x"}).status_code == httpx.codes.FORBIDDEN
    skipped = post(chief, path, {"hand": "skip", "place": "steps.4", "reason": "x"})
    assert skipped.status_code == httpx.codes.CONFLICT  # an approval is answered, or the run stopped
    assert post(chief, path, {"hand": "resume", "reason": "確認した"}).json()["paused"] is False
    told = post(chief, path, {"hand": "redo", "place": "steps.1", "reason": "番号違い"}).json()
    assert next(step["turn"] for step in told["steps"] if step["place"] == "steps.1") == 2
    assert post(chief, path, {"hand": "stop", "reason": "訓練終了"}).json()["over"] is True
    assert post(chief, path, {"hand": "pause", "reason": "x"}).status_code == httpx.codes.CONFLICT


@pytest.mark.parametrize("wrong", [{"playbook": "none"}, {"section": "none"}], ids=["playbook", "section"])
def test_what_is_not_there_is_not_started(city: Staffed, wrong: dict[str, str]) -> None:
    answer = post(city.clients[Role.MAYOR], "/v1/runs", DRILL | wrong)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.headers["content-type"] == "application/problem+json"


def test_playbooks_are_read_with_their_steps_in_words(city: Staffed) -> None:
    reader = city.clients[Scope.READ]
    assert {one["id"] for one in reader.get("/v1/playbooks").json()["playbooks"]} >= {"staged", "river-3", "river-4"}
    whole = reader.get("/v1/playbooks/staged").json()
    assert whole["text"].startswith("id: staged")
    told = {step["place"]: step["told"]["ja"] for step in whole["steps"]}
    assert told["steps.2"] == "重大度が 4 以上なら"
    assert told["steps.2.else.0"] == "30分待つ"
    assert told["steps.4"].startswith("市長 → 副市長(CIO) に承認を求める(それぞれ10分以内)")
    assert reader.get("/v1/playbooks/none").status_code == httpx.codes.NOT_FOUND


def test_incidents_come_page_by_page(city: Staffed) -> None:
    chief = city.clients[Role.SECTION_CHIEF]
    made = [post(chief, "/v1/runs", DRILL | {"title": f"{n}"}).json()["incident"] for n in range(3)]
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = chief.get("/v1/incidents", params={"limit": 2, **after}).json()
        found += [one["id"] for one in page["incidents"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(found) == sorted(made)
    assert len(found) == 3


def test_of_a_long_incident_the_page_shows_the_worst_and_the_newest_and_all_where_it_is_asked(city: Staffed) -> None:
    count, rule = ALERTS_SHOWN + 5, "river-danger"
    first = NOW_MS - count * MINUTE_MS
    city.city.happen(*(alert_event(TOBA, rule=rule, raised_ms=first + k * 1_000, severity=4) for k in range(count)))
    mayor = city.clients[Role.MAYOR]
    ids = [one["id"] for one in mayor.get("/v1/incidents", params={"limit": 200}).json()["incidents"]]
    sizes = {ident: len(mayor.get(f"/v1/incidents/{ident}").json()["alerts"]) for ident in ids}
    long = max(sizes, key=sizes.__getitem__)
    assert sizes[long] >= count
    page, whole = (mayor.get(f"/incidents/{long}", params=more).text for more in ({}, {"whole": "true"}))
    shown, all_of_them = (text.count('class="mark small') for text in (page, whole))
    assert all_of_them - shown == sizes[long] - ALERTS_SHOWN
    assert f"ほかの {sizes[long] - ALERTS_SHOWN} 件の警報も見る" in page
    assert "件の警報も見る" not in whole


def test_markup_in_every_text_stays_text(city: Staffed) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    chief, mayor = city.clients[Role.SECTION_CHIEF], city.clients[Role.MAYOR]
    ident = start(city, title=nasty, text=nasty)
    post(chief, f"/v1/incidents/{ident}/hand", {"hand": "pause", "reason": nasty})
    question = asked(city)
    case = chief.get("/v1/cases").json()["cases"][0]["id"]
    post(chief, f"/v1/cases/{case}/comments", {"text": nasty})
    returned = {"answer": "returned", "digest": question["digest"], "reason": nasty}
    assert post(mayor, f"/v1/approvals/{question['id']}/answer", returned).is_success
    pages = ("/inbox", "/incidents", f"/incidents/{ident}", f"/approvals/{question['id']}", "/cases", f"/cases/{case}")
    for path in (*pages, f"/incidents/{ident}/hand?hand=stop", f"/cases?text={nasty}"):
        text = chief.get(path).text
        assert "<img" not in text, path
        assert "&lt;img" in text, path


def test_a_member_opens_a_case_of_their_own_section_once(city: Staffed) -> None:
    member = city.clients[Role.MEMBER]
    page = member.get("/cases/new").text
    assert 'value="bosai"' in page
    assert 'value="doboku"' not in page
    form = {"csrf": csrf(member), "section": "bosai", "title": "側溝のつまり", "key": "k1", "due": "3d"}
    form |= {"checklist": "現地を見る\n\n写真を撮る", "text": "電話で受付"}
    first, again = (member.post("/cases", data=form) for _ in range(2))
    assert first.status_code == httpx.codes.SEE_OTHER, first.text
    assert again.headers["location"] == first.headers["location"]
    case = member.get(f"/v1{first.headers['location']}").json()
    assert [item["text"] for item in case["checklist"]] == ["現地を見る", "写真を撮る"]
    assert (case["title"], case["section"], case["due"] is None) == ("側溝のつまり", "bosai", False)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"section": "doboku"}, httpx.codes.FORBIDDEN),
        ({"section": "nowhere"}, httpx.codes.BAD_REQUEST),
        ({"title": " "}, httpx.codes.BAD_REQUEST),
        ({"due": "いつか"}, httpx.codes.BAD_REQUEST),
        ({"checklist": "x" * 201}, httpx.codes.BAD_REQUEST),
    ],
)
def test_what_cannot_be_opened_comes_back_with_what_was_filled_in(
    city: Staffed, wrong: dict[str, str], status: int
) -> None:
    member = city.clients[Role.MEMBER]
    form = {"csrf": csrf(member), "section": "bosai", "title": "件", "key": "k1", "text": "橋のたもと"}
    answer = member.post("/cases", data=form | wrong)
    assert answer.status_code == status
    assert "橋のたもと" in answer.text
    assert 'role="alert"' in answer.text
    assert member.get("/v1/cases").json()["cases"] == []


def test_a_case_that_changed_meanwhile_is_not_overwritten_and_the_page_says_what_changed(city: Staffed) -> None:
    start(city)
    chief, member = city.clients[Role.SECTION_CHIEF], city.clients[Role.MEMBER]
    case = chief.get("/v1/cases").json()["cases"][0]["id"]
    first = {"csrf": csrf(member), "deed": "take", "version": "1"}
    assert member.post(f"/cases/{case}", data=first).status_code == httpx.codes.SEE_OTHER
    late = {"csrf": csrf(chief), "deed": "change", "version": "1", "assignee": "だれか", "title": "別の件名"}
    refused = chief.post(f"/cases/{case}", data=late)
    assert refused.status_code == httpx.codes.CONFLICT
    assert "担当: なし → member 様" in refused.text
    assert "別の件名" not in refused.text
    for deed, more in (("begin", {}), ("tick", {"item": "1"}), ("comment", {"text": "向かいます"})):
        version = str(chief.get(f"/v1/cases/{case}").json()["version"])
        form = {"csrf": csrf(member), "deed": deed, "version": version, **more}
        assert member.post(f"/cases/{case}", data=form).status_code == httpx.codes.SEE_OTHER, deed
    page = member.get(f"/cases/{case}").text
    assert "1/2 済み" in page
    assert "向かいます" in page
    with neighbour(city) as other:
        assert other.get(f"/cases/{case}").status_code == httpx.codes.NOT_FOUND
