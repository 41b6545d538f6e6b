"""Everything in STEPS is documented and its examples load; playbooks say what is wrong in them."""

from pathlib import Path
from typing import TypeVar

import pytest

from administration.playbook import TELL_SUBSCRIBERS, load_playbook
from administration.steps import STEPS
from administration.steps.branch import Branch
from administration.steps.case import OpenCase
from administration.steps.step import Step
from administration.steps.webhook import Webhook
from administration.template import NAMES
from city.catalog import Subscription
from city.errors import MistakesError
from city.messages.text import Lang, Text
from city.subject import Subject
from tests.support.business import TestCity

HEAD = "id: p\ntitle: {ja: 試験, en: test}\nsteps:\n"


@pytest.mark.parametrize("name", STEPS)
def test_every_step_is_documented_and_its_examples_load(name: str) -> None:
    kind = STEPS[name]
    assert kind.name == name
    assert kind.documentation.ja
    assert kind.documentation.en
    assert kind.examples
    for example in kind.examples:
        assert [step.kind for step in load_playbook(f"{HEAD}  - {example}\n", "p.yaml").steps] == [name]


def test_the_built_in_playbook_loads_and_its_version_follows_its_text() -> None:
    playbook = load_playbook(TELL_SUBSCRIBERS, "built in")
    assert (playbook.id, playbook.text) == ("tell-subscribers", TELL_SUBSCRIBERS)
    assert playbook.version != load_playbook(TELL_SUBSCRIBERS + "#\n", "built in").version


@pytest.mark.parametrize(
    "step", ["webhok: {}", "webhook: {}\n    wait: {}", "[]", "wait: {for: 0s}", "webhook: {a: 1}"]
)
def test_a_wrong_step_is_named_by_file_and_line(step: str) -> None:
    with pytest.raises(MistakesError) as error:
        load_playbook(f"{HEAD}  - {step}\n", "playbooks/p.yaml")
    assert error.value.text(Lang.JA).startswith("playbooks/p.yaml:4:")


@pytest.mark.parametrize(
    ("severity", "owner", "told"),
    [
        (4, "bosai", ("all", "bosai", "severe")),
        (3, "bosai", ("all", "bosai")),
        (1, "doboku", ("all",)),
        (5, None, ("all", "bosai", "severe")),
    ],
)
def test_subscriptions_decide_by_owner_and_severity(severity: int, owner: str | None, told: tuple[str, ...]) -> None:
    city = TestCity(
        {"severe": "http://a.test", "bosai": "http://b.test", "all": "http://c.test"},
        subscriptions={
            "severe": Subscription(severity=4),
            "bosai": Subscription(frozenset({"bosai"})),
            "all": Subscription(),
        },
    )
    assert Webhook().receivers(severity, owner, city.catalog()) == told


@pytest.mark.parametrize(("lang", "file"), [(Lang.JA, "playbooks.ja.md"), (Lang.EN, "playbooks.md")])
def test_the_page_about_playbooks_tells_of_every_step_and_name(lang: Lang, file: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / file).read_text(encoding="utf-8")
    for kind in STEPS.values():
        assert f"| `{kind.name}` | {kind.documentation.of(lang)} | `{kind.examples[0]}` |\n" in page
    for name, text in NAMES.items():
        assert f"| `{{{name}}}` | {text.of(lang)} |\n" in page


NEW_YEARS_EVE_MS = 1_798_682_400_000  # 2026-12-31 11:00 in Tokyo, a Thursday on which the city hall is closed
DAY_MS = 86_400_000
S = TypeVar("S", bound=Step)
TOBA = Subject(Text("鳥羽", "Toba"), site="toba", area="shinmyo")


def only(text: str, kind: type[S]) -> S:
    (placed,) = load_playbook(f"{HEAD}  - {text}\n", "p.yaml").steps
    assert isinstance(placed.step, kind)
    return placed.step


@pytest.mark.parametrize(
    ("when", "goes"),
    [
        ("severity: 4", True),
        ("severity: 5", False),
        ("site: toba", True),
        ("site: [desaku, matsunari]", False),
        ("area: [kawada, shinmyo]", True),
        ("area: kawada, severity: 4", False),
        ("schedule: {times: 8:30-17:15}", True),
        ("schedule: {times: 8:30-17:15, days: [mon]}", False),
    ],
)
def test_a_branch_looks_at_severity_place_and_hour(when: str, *, goes: bool) -> None:
    branch = only(f"branch: {{when: {{{when}}}, then: [webhook: {{}}]}}", Branch)
    assert branch.holds(4, TOBA, NEW_YEARS_EVE_MS) is goes


def test_what_is_at_no_one_place_is_at_none_of_those_named() -> None:
    branch = only("branch: {when: {site: toba}, then: [webhook: {}]}", Branch)
    assert not branch.holds(4, Subject(Text("日野川", "Hino")), NEW_YEARS_EVE_MS)


@pytest.mark.parametrize(
    ("due", "in_ms"),
    [
        (", due: 90m", 5_400_000),
        (", due: 2d", 2 * DAY_MS),
        (", due: 1bd", 4 * DAY_MS + 22_500_000),  # open again on Monday the 4th, until 17:15
        ("", None),
    ],
)
def test_a_case_is_due_after_hours_or_business_days(due: str, in_ms: int | None) -> None:
    case = only(f"case: {{section: bosai, title: a{due}}}", OpenCase)
    assert case.due_ms(NEW_YEARS_EVE_MS) == (None if in_ms is None else NEW_YEARS_EVE_MS + in_ms)
