"""Everything in STEPS is documented and its examples load; playbooks say what is wrong in them."""

from pathlib import Path

import pytest

from administration.playbook import TELL_SUBSCRIBERS, load_playbook
from administration.steps import STEPS
from administration.steps.webhook import Webhook
from administration.template import NAMES
from city.catalog import Subscription
from city.errors import MistakesError
from city.messages.text import Lang
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
    assert Webhook().endpoints(severity, owner, city.catalog()) == told


@pytest.mark.parametrize(("lang", "file"), [(Lang.JA, "playbooks.ja.md"), (Lang.EN, "playbooks.md")])
def test_the_page_about_playbooks_tells_of_every_step_and_name(lang: Lang, file: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / file).read_text(encoding="utf-8")
    for kind in STEPS.values():
        assert f"| `{kind.name}` | {kind.documentation.of(lang)} | `{kind.examples[0]}` |\n" in page
    for name, text in NAMES.items():
        assert f"| `{{{name}}}` | {text.of(lang)} |\n" in page
