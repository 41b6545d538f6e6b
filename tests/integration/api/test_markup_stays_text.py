"""Markup in every text that a person, a program or a device can bring stays text, on every page that there is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from administration.outcome import Reason as Outcome
from administration.playbook import load_playbook
from administration.tables import DeliveryState, attempt, delivery
from city.quarantine import Reason
from city.right import Role, Scope
from ingest.presence import DevicePresence
from ingest.unregistered import Unregistered
from tests.unit.api.test_admission import FLOOD, Staffed, csrf, staffed

# It would end an attribute of either kind, an element, a script and a comment. No page of ours has such an element.
MARKUP: Final = "\"'--></script></textarea></title><x-mark onx=x_mark()><script>x_mark()</script>"
QUERIES: Final = {"/incidents/{ident}/hand": "?hand=pause"}  # what a page cannot be without
ROLES: Final = (Role.MAYOR, Role.DIGITAL, Role.AUDITOR)


class Dom(HTMLParser):
    """What a browser would make of a page: its text, and whatever of the markup became more than text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.alive = "", list[str]()
        self._script = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script"
        names = {name for name, _ in attrs}
        leads = [value or "" for name, value in attrs if name in {"href", "src", "action", "formaction"}]
        if tag.startswith("x-") or any(name.startswith("on") for name in names) or any("script:" in v for v in leads):
            self.alive.append(self.get_starttag_text() or tag)
        self.text += "".join(value or "" for _, value in attrs)

    def handle_endtag(self, tag: str) -> None:
        self._script = self._script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._script and "x_mark" in data:
            self.alive.append(data)
        self.text += data


@dataclass
class Marked:
    """A city with the markup in all of its texts. ids: what its pages are of."""

    city: Staffed
    ids: dict[str, str] = field(default_factory=dict)

    def post(self, who: Role | Scope, path: str, key: str = "", **body: object) -> Any:
        answer = self.city.clients[who].post(path, json=body, headers={"idempotency-key": key} if key else {})
        assert answer.is_success, answer.text
        return answer.json()

    def people(self) -> None:
        offices: list[dict[str, str]] = [{"role": "member", "unit": "bosai"}]
        person = self.post(Role.DIGITAL, "/v1/people", login="marked", name=MARKUP[:64], offices=offices)["person"]
        self.post(Role.DIGITAL, "/v1/tokens", name=MARKUP[:64], scope="read", days=1)
        self.ids["people.ident"] = person["id"]
        span = {"from": "2024-06-22T17:15:00+09:00", "to": "2024-06-24T08:30:00+09:00"}
        self.post(Role.DIGITAL, "/v1/duty", person=person["id"], role="member", unit="bosai", **span)

    def alerts(self) -> None:
        raised = next(one for one in self.city.city.alerts.list if one.rule == FLOOD["rule"])
        self.ids |= {"rule": raised.rule, "subject": raised.subject, "raised_ms": str(raised.raised_ms)}
        self.ids |= {"device": "rpi-toba", "sensor": "water_level"}
        path, to = "/v1/alerts/decisions", MARKUP[:64]
        self.post(Scope.WRITE, path, kind="comment", text=MARKUP, by=MARKUP[:64], **FLOOD)
        self.post(Scope.WRITE, path, kind="assign", to=to, text=MARKUP, **FLOOD)
        self.post(Scope.WRITE, path, kind="close", reason="true_alarm", text=MARKUP, **FLOOD)
        silence: dict[str, Any] = {
            "rules": [FLOOD["rule"]],
            "to": "2024-06-24T00:00:00Z",
            "text": MARKUP,
            "by": MARKUP[:64],
        }
        self.post(Scope.WRITE, "/v1/silences", **silence)

    def case(self) -> None:
        opened: dict[str, Any] = {"section": "bosai", "title": MARKUP, "text": MARKUP, "checklist": [MARKUP]}
        ident = self.post(Scope.WRITE, "/v1/cases", by=MARKUP[:64], assignee=MARKUP[:64], **opened)["id"]
        path = f"/v1/cases/{ident}"
        self.post(Scope.WRITE, f"{path}/comments", text=MARKUP)
        span = {"series": "rpi-toba:water_level", "from": "2024-06-23T00:00:00Z"}
        self.post(Scope.WRITE, f"{path}/evidence", text=MARKUP, **span)
        closed = self.post(Scope.WRITE, f"{path}/close", reason=MARKUP, left=MARKUP, version=self._version(ident))
        opened_again = self.post(Scope.WRITE, f"{path}/reopen", reason=MARKUP, version=closed["version"])
        assert opened_again["state"] != closed["state"]
        self.ids["case"] = ident

    def _version(self, case: str) -> int:
        return int(self.city.clients[Scope.READ].get(f"/v1/cases/{case}").json()["version"])

    def run(self) -> None:
        shown = self.city.city
        steps = "".join(
            f"  - {step}\n"
            for step in (
                "webhook: {to: [bosai]}",
                'case: {section: bosai, title: "{incident.title}", due: 15m}',
                'approve: {role: cio, within: 10h, question: "{incident.title}"}',
                'approve: {role: mayor, within: 10h, question: "{incident.title}"}',
            )
        )
        title = MARKUP.replace("'", "''")
        book = load_playbook(f"id: marked\ntitle: {{ja: '{title}', en: x}}\nsteps:\n{steps}", "marked.yaml")
        shown.playbooks[book.id] = book
        shown.put_in_force()
        started = {"playbook": "marked", "section": "bosai", "severity": 4, "title": MARKUP, "text": MARKUP}
        incident = self.post(Scope.WRITE, "/v1/runs", "marked", **started)["incident"]
        for hand in ("pause", "resume"):
            self.post(Role.MAYOR, f"/v1/incidents/{incident}/hand", hand=hand, reason=MARKUP)
        asked = self._asked(Role.CIO)
        answer = {"answer": "approved", "digest": asked["digest"], "reason": MARKUP}
        self.post(Role.CIO, f"/v1/approvals/{asked['id']}/answer", **answer)
        shown.pass_until(shown.clock.now_ms())
        self.ids |= {"incidents.ident": incident, "approvals.ident": self._asked(Role.MAYOR)["id"]}

    def _asked(self, who: Role) -> dict[str, Any]:
        (found,) = self.city.clients[who].get("/v1/approvals", params={"yours": True}).json()["approvals"]
        return dict(found)

    def letter(self) -> None:
        """An endpoint answered with markup, and the delivery was given up."""
        tried = {"began_ms": 1, "ended_ms": 2, "outcome": "refused", "reason": Outcome.REFUSED, "answer": MARKUP}
        with self.city.database.begin() as connection:
            connection.execute(delivery.update().values(state=DeliveryState.DEAD, attempts=1, ended_ms=2))
            connection.execute(attempt.insert().values(delivery=1, number=1, **tried))
        found = self.city.clients[Role.DIGITAL].get("/v1/webhooks/dead-letters").json()["dead_letters"]
        self.ids["id"] = found[0]["id"]

    def devices(self) -> None:
        shown = self.city.city
        shown.quarantine.put(MARKUP.encode(), Reason.UNKNOWN_SENSOR)
        faults = {"water_level": MARKUP}
        shown.presence.append(
            DevicePresence(
                "rpi-toba",
                online=True,
                version=MARKUP,
                spool_depth=0,
                clock=MARKUP,
                heard_ms=1,
                refused=MARKUP,
                faults=faults,
                renewal=MARKUP,
                outputs=faults,
            )
        )
        shown.unregistered.append(Unregistered(MARKUP, "tasmota", [MARKUP], 1, 2, 1, [], MARKUP))

    def found(self, path: str) -> tuple[httpx.Response, ...]:
        """The page as everybody sees it who may."""
        answers = [self.city.clients[who].get(path, headers={"accept": "text/html"}) for who in ROLES]
        return tuple(answer for answer in answers if answer.status_code != httpx.codes.FORBIDDEN)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marked]:
    with staffed(tmp_path_factory.mktemp("marked")) as city:
        for role in Role:
            city.clients[role].headers["x-csrf-token"] = csrf(city.clients[role])
        made = Marked(city)
        for write in (made.people, made.alerts, made.case, made.run, made.letter, made.devices):
            write()
        yield made


def paths(city: Staffed, below: str, ids: Mapping[str, str]) -> list[str]:
    """All that can be read there, of what there is."""
    found: list[str] = []
    for path, methods in city.stranger.get("/openapi.json").json()["paths"].items():
        if "get" not in methods or path == "/v1/live" or path.startswith("/v1/") is not (below == "/v1/"):
            continue
        if below == "pages" and "pages" not in methods["get"]["tags"]:
            continue
        kind = path.removeprefix("/v1").split("/")[1]
        parts = [
            quote(ids.get(f"{kind}.{part[1:-1]}", ids.get(part[1:-1], "nobody")), safe="")
            if part.startswith("{")
            else part
            for part in path.split("/")
        ]
        found.append("/".join(parts) + QUERIES.get(path, ""))
    return found


def test_no_page_has_more_than_text_of_it(marked: Marked) -> None:
    said: set[str] = set()
    for path in paths(marked.city, "pages", marked.ids):
        answers = marked.found(path)
        assert answers, path
        for answer in answers:
            if answer.is_redirect:
                continue
            if answer.headers["content-type"].startswith("application/"):  # a part of a page, asked for by its script
                assert answer.headers["x-content-type-options"] == "nosniff"
                continue
            assert answer.status_code == httpx.codes.OK, (path, answer.text[:300])
            assert answer.headers["content-type"].startswith("text/html"), path
            assert "default-src 'self'" in answer.headers["content-security-policy"], path
            assert answer.headers["x-content-type-options"] == "nosniff"
            dom = Dom(answer.text)
            assert dom.alive == [], path
            if "<x-mark onx=x_mark()>" in dom.text:
                said.add(path.split("/")[1])
    # The pages of what was written do say it: otherwise nothing was tried.
    assert said >= {"alerts", "inbox", "incidents", "approvals", "runs", "cases", "people", "tokens", "duty", "audit"}
    assert said >= {"endpoints"}


@pytest.mark.parametrize(
    "path",
    ["/sensors?q={}", "/alerts?q={}", "/cases?text={}", "/sign-in?next=/{}", "/no/{}", "/cases/{}", "/sensors/{}/x"],
    ids=["sensors", "alerts", "cases", "next", "nowhere", "case", "device"],
)
def test_what_was_asked_for_stays_text_too(marked: Marked, path: str) -> None:
    answer = marked.city.clients[Role.MAYOR].get(path.format(quote(MARKUP, safe="")), headers={"accept": "text/html"})
    assert not answer.is_server_error
    assert "content-security-policy" in answer.headers
    assert Dom(answer.text).alive == []


def test_what_programs_are_answered_is_never_taken_for_a_page(marked: Marked) -> None:
    said: set[str] = set()
    for path in paths(marked.city, "/v1/", marked.ids):
        for who in (Role.MAYOR, Scope.ADMIN):
            answer = marked.city.clients[who].get(path)
            assert "html" not in answer.headers.get("content-type", ""), path
            assert answer.headers["x-content-type-options"] == "nosniff"
            if "x_mark" in answer.text:
                said.add(path)
    assert said >= {"/v1/devices", "/v1/devices/unregistered", "/v1/incidents", "/v1/cases", "/v1/people", "/v1/tokens"}


def test_the_parser_sees_what_a_page_would_do_with_it() -> None:
    for page in (MARKUP, f'<a title="{MARKUP}">', f"<script>{MARKUP}</script>", '<a href="javascript:x">'):
        assert Dom(page).alive
