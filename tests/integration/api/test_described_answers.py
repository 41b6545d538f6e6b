"""Schemathesis asks all that the API describes, as everybody: it breaks nowhere, answers as described, and tells no
section what is another's.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.failures import Failure
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from administration.outcome import Reason
from administration.playbook import load_playbook
from administration.tables import DeliveryState, attempt, delivery
from city.right import Role, Scope
from tests.unit.api.test_admission import Staffed, csrf, staffed

# What people of `doboku` wrote. Nobody finds it by chance.
SECRET: Final = "yosonohimitsu"
# Their offices are at `bosai`, or see no cases at all. The others' reach the whole city.
TOLD_NOTHING: Final = {
    Role.MEMBER,
    Role.GROUP_LEADER,
    Role.SECTION_CHIEF,
    Role.DEPARTMENT_HEAD,
    Role.DIGITAL,
    Role.REFORM,
    None,
}
# Who sends a delivery again reads what it says, whosever it is.
LETTERS: Final = {
    ("GET /endpoints/letters/{id}", Role.DIGITAL),
    ("GET /v1/webhooks/dead-letters/{id}", Role.DIGITAL),
}
TELLING: Final = {
    "GET /approvals/{ident}",
    "GET /cases/{case}",
    "GET /incidents/{ident}",
    "GET /v1/approvals",
    "GET /v1/approvals/{ident}",
    "GET /v1/cases/{case}",
    "GET /v1/incidents/{ident}",
}
# It answers for as long as somebody listens; it ends the session of who asks.
LEFT_OUT: Final = {"GET /v1/live", "POST /sign-in/out"}
# Pages and probes describe no form of their answer.
DESCRIBED: Final = "/v1/"
THEIRS: Final = """\
id: theirs
title: {ja: 土木の業務, en: Public works}
group: {by: [river], window: 30m}
steps:
  - webhook: {to: [doboku]}
  - case: {section: doboku, title: "{incident.title}", due: 15m}
  - approve: {role: cio, within: 10h, question: "{incident.title}"}
  - approve: {role: mayor, within: 10h, question: "{incident.title}"}
"""
Who = Role | Scope | None


@dataclass
class Asked:
    """The city, everybody in it, and what is there to be asked for. The secret stands in all that people can write."""

    city: Staffed
    ids: Mapping[str, str]
    told: set[tuple[str, Who]] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    requests: int = 0

    def everybody(self) -> Iterator[tuple[Who, httpx.Client]]:
        yield from self.city.clients.items()
        yield None, self.city.stranger

    def ask(self, case: Case[Any], known: Mapping[str, str]) -> None:
        """As everybody."""
        case.path_parameters = {**case.path_parameters, **known}
        sent = case.as_transport_kwargs(base_url=self.city.url)
        headers = {name: value for name, value in sent["headers"].items() if name not in {"Connection", "User-Agent"}}
        body = sent.get("data")
        for who, client in self.everybody():
            answer = client.request(
                sent["method"],
                sent["url"],
                params=sent["params"],
                headers=headers,
                json=sent.get("json"),
                content=body if isinstance(body, bytes | str) else None,
                data=body if isinstance(body, dict) else None,
            )
            self.requests += 1
            self._look(case, who, answer)

    def _look(self, case: Case[Any], who: Who, answer: httpx.Response) -> None:
        label = case.operation.label
        if answer.is_server_error and answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            self.wrong.add(f"{label} as {who}: {answer.status_code} for {case.as_curl_command()[:600]}")
        if SECRET in answer.text + str(answer.headers):
            self.told.add((label, who))
        if case.path.startswith(DESCRIBED):
            try:
                case.validate_response(answer, checks=[content_type_conformance, response_schema_conformance])
            except* Failure as failures:
                self.wrong |= {f"{label} as {who}: {one}" for one in failures.exceptions}


def ids_of(path: str, ids: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a path that name something which is there."""
    kind = path.removeprefix("/v1").split("/")[1]
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    known = {name: ids.get(f"{kind}.{name}", ids.get(name, "")) for name in names}
    return {name: value for name, value in known.items() if value}


def post(client: httpx.Client, path: str, body: Mapping[str, Any], key: str = "") -> Any:
    answer = client.post(path, json=dict(body), headers={"idempotency-key": key} if key else {})
    assert answer.is_success, answer.text
    return answer.json()


def seed(city: Staffed) -> dict[str, str]:
    """A case, an incident with its run and two approvals, and a dead letter of `doboku`. Gives their ids."""
    book = load_playbook(THEIRS, "theirs.yaml")
    city.city.playbooks[book.id] = book
    city.city.put_in_force()
    mayor, cio, digital = (city.clients[role] for role in (Role.MAYOR, Role.CIO, Role.DIGITAL))
    words = {"title": f"{SECRET} title", "text": f"{SECRET} text"}
    case = post(mayor, "/v1/cases", {"section": "doboku", "checklist": [f"{SECRET} item"]} | words)["id"]
    post(mayor, f"/v1/cases/{case}/comments", {"text": f"{SECRET} comment"})
    evidence = {"series": "rpi-toba:water_level", "from": "2024-06-23T00:00:00Z", "text": f"{SECRET} evidence"}
    post(mayor, f"/v1/cases/{case}/evidence", evidence)
    started = {"playbook": "theirs", "section": "doboku", "severity": 4} | words
    incident = post(city.clients[Scope.WRITE], "/v1/runs", started, "theirs")["incident"]
    for hand in ("pause", "resume"):
        post(mayor, f"/v1/incidents/{incident}/hand", {"hand": hand, "reason": f"{SECRET} {hand}"})
    (first,) = cio.get("/v1/approvals", params={"yours": True}).json()["approvals"]
    answer = {"answer": "approved", "digest": first["digest"], "reason": f"{SECRET} answer"}
    post(cio, f"/v1/approvals/{first['id']}/answer", answer)
    city.city.pass_until(city.city.clock.now_ms())
    (second,) = mayor.get("/v1/approvals", params={"yours": True}).json()["approvals"]
    with city.database.begin() as connection:
        dead = {"state": DeliveryState.DEAD, "attempts": 1, "ended_ms": city.city.clock.now_ms()}
        connection.execute(delivery.update().values(dead))
        tried = {"began_ms": 1, "ended_ms": 2, "outcome": "refused", "reason": Reason.REFUSED, "answer": ""}
        connection.execute(attempt.insert().values(delivery=1, number=1, **tried))
    (letter, *_) = digital.get("/v1/webhooks/dead-letters").json()["dead_letters"]
    leaver = post(digital, "/v1/people", {"login": "leaver", "name": "退職", "offices": []})["person"]["id"]
    return {
        "case": case,
        "incidents.ident": incident,
        "approvals.ident": second["id"],
        "playbooks.ident": "theirs",
        "people.ident": leaver,
        "id": letter["id"],
        "number": "1",
        "device": "rpi-toba",
        "sensor": "water_level",
        "endpoint": "doboku",
    }


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with staffed(tmp_path_factory.mktemp("asked")) as city:
        for role, client in city.clients.items():
            if isinstance(role, Role):
                client.headers["x-csrf-token"] = csrf(client)
        yield Asked(city, seed(city))


def drawn(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode) -> list[Case[Any]]:
    """Cases as described, or not; the same each time. The first is the plainest."""
    found: list[Case[Any]] = []

    @settings(
        max_examples=3,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def draw(case: Case[Any]) -> None:
        found.append(case)

    with suppress(Unsatisfiable):  # without parameters there is nothing that is not as described
        draw()
    return found


def test_it_breaks_for_nobody_answers_as_described_and_tells_nothing_of_another_section(asked: Asked) -> None:
    description = asked.city.stranger.get("/openapi.json").json()
    found = list(schemathesis.openapi.from_dict(description).get_all_operations())
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == len(found)
    for operation in sorted(operations, key=lambda one: one.method != "get"):  # what is there is read before it changes
        if operation.label in LEFT_OUT:
            continue
        known = ids_of(operation.path, asked.ids)
        for mode in GenerationMode:
            for case in drawn(operation, mode)[-1:]:
                asked.ask(case, known)
    assert sorted(asked.wrong) == []
    told = {(label, who) for label, who in asked.told if who in TOLD_NOTHING} - LETTERS
    assert sorted(f"{label} as {who}" for label, who in told) == []
    # Those who may are told: otherwise there was nothing to hide.
    assert {label for label, who in asked.told if who is Role.MAYOR} >= TELLING
    assert {who for _, who in asked.told} >= {Role.MAYOR, Role.CIO, Role.AUDITOR, *Scope}


def test_what_the_live_page_is_told_has_nothing_of_another_section(asked: Asked) -> None:
    for who, client in asked.city.clients.items():
        with client.stream("GET", "/v1/live") as stream:
            first = next(line for line in stream.iter_lines() if line.startswith("data:"))
        assert SECRET not in first, who
