"""Who may what: every route tried by everybody. The table below is the promise; `api/needs.py` keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest
import sqlalchemy as sa

from administration.people.audit import Whole, lines, verify
from administration.people.people import People
from administration.people.tokens import Tokens
from administration.security_log import SecurityLog
from api.needs import NEEDS
from city.principal import Office, Principal
from city.right import RIGHTS, SCOPES, Right, Role, Scope
from city.security_event import SecurityKind
from megane.database import open_database
from tests.support.served_pages import Served
from tests.support.shown_city import ShownCity, flood, sabae

PASSWORD: Final = "correct horse battery"
SETUP: Final = Principal("person:setup", "設定")
FLOOD: Final = {"rule": "river-danger", "subject": "rpi-toba:water_level"}

# Who may use what, of those below; `-` is who has not signed in. What a route answers to those is never 401 or 403.
EVERYBODY: Final[set[Role | Scope]] = {*Role, *Scope}
STAFF_ACT: Final[set[Role | Scope]] = {
    Role.MEMBER,
    Role.GROUP_LEADER,
    Role.SECTION_CHIEF,
    Role.DEPARTMENT_HEAD,
    Role.CIO,
    Role.MAYOR,
}
MAY: Final[dict[Right, set[Role | Scope]]] = {
    Right.SEE: EVERYBODY,
    Right.SEE_CASES: STAFF_ACT | {Role.AUDITOR, *Scope},
    Right.ACT: STAFF_ACT | {Scope.WRITE, Scope.ADMIN},
    Right.SILENCE: STAFF_ACT - {Role.MEMBER} | {Scope.WRITE, Scope.ADMIN},
    Right.START: STAFF_ACT - {Role.MEMBER} | {Scope.WRITE, Scope.ADMIN},
    Right.EQUIP: {Role.DIGITAL, Scope.ADMIN},
    Right.INSPECT: {Role.DIGITAL, Role.AUDITOR, Scope.ADMIN},
    Right.PEOPLE: {Role.DIGITAL, Scope.ADMIN},
    Right.AUDIT: {Role.AUDITOR, Scope.ADMIN},
}
OPEN: Final = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "POST /v1/enrolment",
    "POST /v1/enrolment/renewal",
    "GET /sign-in",
    "POST /sign-in",
    "POST /sign-in/out",
    "GET /sign-in/link/{secret}",
    "POST /sign-in/link/{secret}",
    "GET /sign-in/provider",
    "GET /sign-in/callback",
}
STREAMS: Final = {"GET /v1/live"}  # answers for as long as somebody listens


@dataclass
class Staffed:
    """A city with somebody in each role, at its section for rivers, and a program in each scope."""

    url: str
    clients: dict[Role | Scope, httpx.Client]
    stranger: httpx.Client
    database: sa.Engine
    security: SecurityLog
    city: ShownCity


@contextmanager
def staffed(folder: Path) -> Iterator[Staffed]:
    city = sabae()
    flood(city)
    city.visitor, city.database = None, open_database(folder / "city.sqlite")
    people = People(city.database, city.clock, lambda: city.catalog.departments)
    tokens = Tokens(city.database, city.database, city.clock)
    served = Served(city)
    clients: dict[Role | Scope, httpx.Client] = {}
    try:
        for role in Role:
            _, secret = people.add(role, f"{role} 様", None, [Office(role, "bosai")], SETUP)
            clients[role] = browser(served.url)
            came = clients[role].post(f"/sign-in/link/{secret}", data={"password": PASSWORD})
            assert came.status_code == httpx.codes.SEE_OTHER, came.text
        for scope in Scope:
            _, secret = tokens.make(scope, scope, 1, SETUP)
            clients[scope] = program(served.url, secret)
        with browser(served.url) as stranger:
            yield Staffed(served.url, clients, stranger, city.database, city.security, city)
    finally:
        for client in clients.values():
            client.close()
        served.stop()
        city.database.dispose()


def browser(url: str) -> httpx.Client:
    """As a browser comes, from a page of ours."""
    return httpx.Client(
        base_url=url, headers={"origin": url, "sec-fetch-site": "same-origin"}, trust_env=False, timeout=60
    )


def program(url: str, token: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, trust_env=False, timeout=60)


def csrf(client: httpx.Client) -> str:
    """What its pages have for their forms."""
    page = client.get("/sensors").text
    return page.partition('name="csrf" value="')[2].partition('"')[0]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed(tmp_path_factory.mktemp("staffed")) as made:
        yield made


def described(city: Staffed) -> list[str]:
    paths = city.stranger.get("/openapi.json").json()["paths"]
    return sorted(f"{method.upper()} {path}" for path, methods in paths.items() for method in methods)


def test_the_table_above_is_what_roles_and_scopes_have() -> None:
    for right in Right:
        assert {role for role in Role if right in RIGHTS[role]} == {who for who in MAY[right] if isinstance(who, Role)}
        assert {s for s in Scope if right in SCOPES[s]} == {who for who in MAY[right] if isinstance(who, Scope)}


def test_every_route_that_is_described_is_in_the_table_and_none_else(city: Staffed) -> None:
    routes = {route for route in described(city) if not route.split()[1].startswith("/prometheus/")}
    assert routes == set(NEEDS) | OPEN


def test_every_route_lets_in_whom_it_should_and_nobody_else(city: Staffed) -> None:
    wrong: list[tuple[str, str, int]] = []
    for route in described(city):
        if route in OPEN | STREAMS:
            continue
        method, template = route.split()
        may = MAY[NEEDS.get(route, Right.SEE)]
        path = template
        path = path.replace("{raised_ms}", "1")
        for name in ("device", "sensor", "rule", "subject", "endpoint", "ident", "id", "secret", "case"):
            path = path.replace(f"{{{name}}}", "nobody")
        path = path.replace("{number}", "1")
        for who, client in city.clients.items():
            headers = {"x-csrf-token": csrf(client)} if isinstance(who, Role) and method != "GET" else {}
            status = client.request(method, path, headers=headers).status_code
            if (status not in {401, 403}) is not (who in may) or status >= 500:
                wrong.append((route, who, status))
        if city.stranger.request(method, path).status_code not in {401, 303}:
            wrong.append((route, "-", 0))
    assert wrong == []


def test_a_stranger_is_let_in_by_open_routes_alone_and_a_browser_is_led_to_sign_in(city: Staffed) -> None:
    for route in sorted(OPEN):
        method, path = route.replace("{secret}", "made-up").split()
        assert city.stranger.request(method, path).status_code not in {401, 500}, route
    page = city.stranger.get("/sensors?q=toba", headers={"accept": "text/html"})
    assert page.status_code == httpx.codes.SEE_OTHER
    assert page.headers["location"] == "/sign-in?next=%2Fsensors%3Fq%3Dtoba"
    answer = city.stranger.get("/no/such/page")
    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert city.stranger.get("/static/icon.svg").status_code == httpx.codes.OK


@pytest.mark.parametrize("token", ["made-up", "megane_", "x" * 4000], ids=["made up", "prefix", "long"])
def test_a_token_that_is_none_opens_nothing(city: Staffed, token: str) -> None:
    with program(city.url, token) as client:
        assert client.get("/v1/alerts").status_code == httpx.codes.UNAUTHORIZED
    city.security.write()
    (event,) = city.security.events(1, SecurityKind.TOKEN_REFUSED)
    assert event.detail == "127.0.0.1"


def test_a_form_without_the_sessions_own_mark_is_refused(city: Staffed) -> None:
    client, body = city.clients[Role.MEMBER], {"kind": "acknowledge", **FLOOD}
    for headers in ({}, {"x-csrf-token": "guess"}, {"x-csrf-token": csrf(city.clients[Role.MAYOR])}):
        assert client.post("/v1/alerts/decisions", json=body, headers=headers).status_code == httpx.codes.FORBIDDEN
    answer = client.post("/v1/alerts/decisions", json=body, headers={"x-csrf-token": csrf(client)})
    assert answer.status_code == httpx.codes.OK, answer.text


def test_who_signed_in_acts_in_their_own_name_and_a_program_for_whom_it_says(city: Staffed) -> None:
    member, body = city.clients[Role.MEMBER], {"kind": "comment", "text": "見た", **FLOOD}
    headers = {"x-csrf-token": csrf(member)}
    other = member.post("/v1/alerts/decisions", json=body | {"by": "市長"}, headers=headers)
    assert other.status_code == httpx.codes.FORBIDDEN
    assert member.post("/v1/alerts/decisions", json=body, headers=headers).is_success
    script = city.clients[Scope.WRITE]
    assert script.post("/v1/alerts/decisions", json=body | {"by": "当直"}).is_success
    assert script.post("/v1/alerts/decisions", json=body).is_success
    made = script.get("/v1/alerts/decisions", params=FLOOD).json()["decisions"]
    assert [one["by"] for one in made if one["text"] == "見た"] == ["member 様", "当直", "write"]


def test_a_role_reaches_its_own_section(city: Staffed) -> None:
    """The member of the section for rivers acts on its alerts, and not on another's."""
    member = city.clients[Role.MEMBER]
    leader = city.clients[Role.GROUP_LEADER]
    road = {"kind": "acknowledge", "rule": "underpass-flooded", "subject": "rpi-underpass:water_level"}
    alerts = city.clients[Scope.READ].get("/v1/alerts").json()["alerts"]
    owners = {(a["rule"], a["subject"]): a["owner"] for a in alerts}
    elsewhere = [key for key, owner in owners.items() if owner not in {"bosai", None}]
    assert elsewhere, owners
    road |= {"rule": elsewhere[0][0], "subject": elsewhere[0][1]}
    answer = member.post("/v1/alerts/decisions", json=road, headers={"x-csrf-token": csrf(member)})
    assert answer.status_code == httpx.codes.FORBIDDEN
    mayor = city.clients[Role.MAYOR]
    assert mayor.post("/v1/alerts/decisions", json=road, headers={"x-csrf-token": csrf(mayor)}).is_success

    both = {"kind": "comment", "text": "見た", "alerts": [FLOOD, {"rule": road["rule"], "subject": road["subject"]}]}
    told = member.post("/v1/alerts/decisions/bulk", json=both, headers={"x-csrf-token": csrf(member)}).json()
    assert [one["outcome"] for one in told["outcomes"]] == ["done", "refused"]
    assert "及びません" in told["outcomes"][1]["problem"]["ja"]
    told = mayor.post("/v1/alerts/decisions/bulk", json=both, headers={"x-csrf-token": csrf(mayor)}).json()
    assert told["done"] == 2

    headers = {"x-csrf-token": csrf(leader)}
    everywhere = {"severity_at_most": 2, "to": "2024-06-24T00:00:00Z"}
    assert leader.post("/v1/silences", json=everywhere, headers=headers).status_code == httpx.codes.FORBIDDEN
    own = {"rules": ["river-danger"], "to": "2024-06-24T00:00:00Z"}
    assert leader.post("/v1/silences", json=own, headers=headers).is_success
    theirs = own | {"rules": ["river-danger", elsewhere[0][0]]}
    assert leader.post("/v1/silences", json=theirs, headers=headers).status_code == httpx.codes.FORBIDDEN
    silences = [
        mayor.post("/v1/silences", json=one, headers={"x-csrf-token": csrf(mayor)}).json()["id"]
        for one in (own, theirs)
    ]
    told = leader.post("/v1/silences/lift", json={"ids": silences}, headers=headers).json()
    assert [one["outcome"] for one in told["outcomes"]] == ["done", "refused"]


def test_a_case_is_seen_by_its_section_and_those_above_alone(city: Staffed) -> None:
    script = city.clients[Scope.WRITE]
    made = {
        section: script.post("/v1/cases", json={"section": section, "title": f"{section} の件"}).json()["id"]
        for section in ("bosai", "doboku")
    }
    member, auditor = city.clients[Role.MEMBER], city.clients[Role.AUDITOR]
    headers = {"x-csrf-token": csrf(member)}
    assert [one["id"] for one in member.get("/v1/cases").json()["cases"]] == [made["bosai"]]
    assert member.get("/v1/cases", params={"section": ["doboku"]}).json()["cases"] == []
    assert {one["id"] for one in auditor.get("/v1/cases").json()["cases"]} == set(made.values())
    assert member.get(f"/v1/cases/{made['bosai']}").json()["title"] == "bosai の件"
    # Not even that there is one is told of another's: the answer is that for a number that was never given.
    theirs, nothing = member.get(f"/v1/cases/{made['doboku']}"), member.get("/v1/cases/2024-doboku-99")
    assert theirs.status_code == nothing.status_code == httpx.codes.NOT_FOUND
    assert theirs.text.replace(made["doboku"], "#") == nothing.text.replace("2024-doboku-99", "#")
    for act, body in (
        ("comments", {"text": "見た"}),
        ("close", {"reason": "済", "version": 1}),
        ("ticks", {"item": 1, "version": 1}),
    ):
        answer = member.post(f"/v1/cases/{made['doboku']}/{act}", json=body, headers=headers)
        assert answer.status_code == httpx.codes.NOT_FOUND, act
    own = member.post(f"/v1/cases/{made['bosai']}/comments", json={"text": "見た"}, headers=headers)
    assert own.json()["history"][-1]["by"] == "member 様"
    opened = {"section": "doboku", "title": "よその件"}
    assert member.post("/v1/cases", json=opened, headers=headers).status_code == httpx.codes.FORBIDDEN


def test_what_changes_something_is_written_down_and_so_is_who(city: Staffed) -> None:
    script = city.clients[Scope.WRITE]
    script.post("/v1/alerts/decisions", json={"kind": "acknowledge", **FLOOD}).raise_for_status()
    newest = lines(city.database, None, 1)[0]
    assert newest.who.startswith("token:")
    assert newest.what == "POST /v1/alerts/decisions"
    assert isinstance(verify(city.database), Whole)


def test_sign_in_leads_on_within_the_city_only(city: Staffed) -> None:
    people = city.clients[Role.DIGITAL]
    new = {"login": "new", "name": "新人", "offices": [{"role": "member", "unit": "bosai"}]}
    made = people.post("/v1/people", json=new, headers={"x-csrf-token": csrf(people)}).json()
    with browser(city.url) as client:
        assert client.post(made["path"], data={"password": PASSWORD}).headers["location"] == "/"
        for asked, led in (
            ("/sensors?q=a", "/sensors?q=a"),
            ("https://evil.example/", "/"),
            ("//evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("/\t/evil.example", "/"),
            ("javascript:alert(1)", "/"),
        ):
            form = {"login": "new", "password": PASSWORD, "next": asked}
            assert client.post("/sign-in", data=form).headers["location"] == led
        cookie = client.post("/sign-in", data={"login": "new", "password": PASSWORD}).headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        wrong = client.post("/sign-in", data={"login": "new", "password": "x"})
        assert wrong.status_code == httpx.codes.UNAUTHORIZED
        assert "ユーザー名かパスワードが違います" in wrong.text


def test_by_https_the_cookie_is_for_this_host_over_https_alone(city: Staffed) -> None:
    people = city.clients[Role.DIGITAL]
    new = {"login": "secure", "name": "安全", "offices": [{"role": "member", "unit": "bosai"}]}
    made = people.post("/v1/people", json=new, headers={"x-csrf-token": csrf(people)}).json()
    with browser(city.url) as client:
        headers = {"x-forwarded-proto": "https"}
        cookies = [
            client.post(made["path"], data={"password": password}, headers=headers).headers.get("set-cookie")
            for password in ("short", PASSWORD)
        ]
        cookies.append(
            client.post("/sign-in", data={"login": "secure", "password": PASSWORD}, headers=headers).headers[
                "set-cookie"
            ]
        )
    none, first, second = cookies
    assert none is None
    assert first is not None
    assert second is not None
    for cookie in (first, second):
        assert cookie.startswith("__Host-megane=")
        assert {"HttpOnly", "Secure", "Path=/"} <= set(cookie.split("; "))
    assert first.split(";")[0] != second.split(";")[0]  # a new one each time


def test_signing_out_needs_the_sessions_mark(city: Staffed) -> None:
    people = city.clients[Role.DIGITAL]
    new = {"login": "leaver", "name": "退職", "offices": []}
    made = people.post("/v1/people", json=new, headers={"x-csrf-token": csrf(people)}).json()
    with browser(city.url) as client:
        client.post(made["path"], data={"password": PASSWORD})
        # Who holds no office is in, and may nothing but leave.
        assert client.get("/sensors").status_code == httpx.codes.FORBIDDEN
        assert client.post("/sign-in/out").status_code == httpx.codes.FORBIDDEN
        assert client.get("/v1/me").status_code == httpx.codes.FORBIDDEN


def test_a_page_of_another_site_cannot_use_a_session(city: Staffed) -> None:
    client = city.clients[Role.MAYOR]
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site", "x-csrf-token": csrf(client)}
    body = {"kind": "acknowledge", **FLOOD}
    assert client.post("/v1/alerts/decisions", json=body, headers=headers).status_code == httpx.codes.FORBIDDEN


def test_a_visitor_of_a_demo_is_somebody() -> None:
    served = Served(sabae())
    try:
        with httpx.Client(base_url=served.url, trust_env=False) as client:
            assert client.get("/v1/me").json()["id"] == "person:visitor"
            assert client.get("/people").status_code == httpx.codes.OK
    finally:
        served.stop()
