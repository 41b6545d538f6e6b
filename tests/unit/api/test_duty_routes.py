"""The duty roster by the API and as a page."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.duty_week import Week
from city.right import Role
from tests.unit.api.test_admission import Staffed, csrf, staffed

CHIEF: dict[str, Any] = {"role": "section_chief", "unit": "bosai"}
# The city's clock stands at Sunday 2024-06-23 10:25 in Sabae.
NIGHT: dict[str, Any] = {"from": "2024-06-22T17:15:00+09:00", "to": "2024-06-24T08:30:00+09:00"}


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Staffed]:
    with staffed(tmp_path) as made:
        yield made


def ids(city: Staffed) -> dict[str, str]:
    people = city.clients[Role.DIGITAL].get("/v1/people").json()["people"]
    return {one["login"]: one["id"] for one in people}


def add(city: Staffed, who: Role = Role.DIGITAL, **body: Any) -> httpx.Response:
    client = city.clients[who]
    return client.post("/v1/duty", json=body, headers={"x-csrf-token": csrf(client)})


def test_an_entry_is_made_seen_and_removed(city: Staffed) -> None:
    people = ids(city)
    made = add(city, person=people["member"], in_place_of=people["section_chief"], weeks=2, **CHIEF, **NIGHT)
    assert made.status_code == httpx.codes.OK, made.text
    first, second = made.json()["duties"]
    assert (first["name"], first["in_place_of_name"]) == ("member 様", "section_chief 様")
    assert (first["from"], second["from"]) == ("2024-06-22T08:15:00.000Z", "2024-06-29T08:15:00.000Z")

    member = city.clients[Role.MEMBER]
    assert member.get("/v1/duty").json()["duties"] == [first, second]  # from now on, a month
    assert member.get("/v1/duty", params={"to": "2024-06-25T00:00:00Z"}).json()["duties"] == [first]
    assert member.get("/v1/duty", params={"from": "2024-07-10T00:00:00Z"}).json()["duties"] == []

    digital = city.clients[Role.DIGITAL]
    removed = digital.post(f"/v1/duty/{first['id']}/remove", headers={"x-csrf-token": csrf(digital)})
    assert removed.json() == first
    assert member.get("/v1/duty").json()["duties"] == [second]


def test_nobody_makes_themselves_a_substitute(city: Staffed) -> None:
    people = ids(city)
    answer = add(city, person=people["digital"], in_place_of=people["section_chief"], **CHIEF, **NIGHT)
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "自分をほかの人の代理にはできません" in answer.text
    refused = add(city, Role.SECTION_CHIEF, person=people["member"], in_place_of=people["mayor"], **CHIEF, **NIGHT)
    assert refused.status_code == httpx.codes.FORBIDDEN


def test_who_holds_no_such_role_is_told_in_words(city: Staffed) -> None:
    answer = add(city, person=ids(city)["member"], **CHIEF, **NIGHT)
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "課長・室長ではありません" in answer.text


def test_the_page_shows_the_week_and_the_form_to_who_may_change_it(city: Staffed) -> None:
    people = ids(city)
    digital, member = city.clients[Role.DIGITAL], city.clients[Role.MEMBER]
    form = {"person": people["section_chief"], "from": "2024-06-22T17:15", "to": "2024-06-24T08:30", **CHIEF}
    sent = digital.post("/duty", data={**form, "weeks": "1", "csrf": csrf(digital)})
    assert (sent.status_code, sent.headers["location"]) == (httpx.codes.SEE_OTHER, "/duty?week=2024-06-17")

    page = member.get("/duty").text
    assert "17:15–24:00" in page
    assert "終日" in page
    assert "section_chief 様" in page
    assert "<select" not in page
    assert "0:00–8:30" in member.get("/duty", params={"week": "2024-06-26"}).text
    assert "section_chief 様" not in member.get("/duty", params={"week": "2024-07-03"}).text

    own = digital.get("/duty").text
    ident = own.partition('action="/duty/')[2].partition("/remove")[0]
    removed = digital.post(f"/duty/{ident}/remove", data={"csrf": csrf(digital)})
    assert removed.headers["location"] == "/duty?week=2024-06-17"
    assert digital.get("/v1/duty").json()["duties"] == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"from": "soon"}, "soon"),
        ({"role": "king"}, "king"),
        ({"to": "2024-06-22T17:15"}, "終わりは始まりより後"),
        ({"person": "nobody"}, "nobody"),
    ],
    ids=["time", "role", "span", "person"],
)
def test_a_form_that_is_wrong_says_so_and_keeps_what_was_entered(
    city: Staffed, wrong: dict[str, str], said: str
) -> None:
    digital = city.clients[Role.DIGITAL]
    form = {"person": ids(city)["section_chief"], "from": "2024-06-22T17:15", "to": "2024-06-24T08:30", **CHIEF}
    answer = digital.post("/duty", data={**form, "weeks": "5", **wrong, "csrf": csrf(digital)})
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert said in answer.text
    assert 'name="weeks" value="5"' in answer.text


def test_a_week_begins_on_monday_in_japan() -> None:
    assert Week.of(1_719_154_799_999).monday == date(2024, 6, 17)  # Sunday 23:59:59.999 there
    assert Week.of(1_719_154_800_000).monday == date(2024, 6, 24)
    week = Week.around(date(2024, 6, 30))
    assert (week.from_ms, week.until_ms) == (1_719_154_800_000, 1_719_154_800_000 + 7 * 86_400_000)
