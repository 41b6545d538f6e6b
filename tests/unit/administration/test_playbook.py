"""Playbooks: what can hurt has a yes before it, names are known, and every mistake is told at once with its place."""

from pathlib import Path

import pytest

from administration.playbook import Group, GroupBy, load_playbook, load_playbooks
from alerts.rule_file import read_rules
from city.catalog_file import load_catalog
from city.errors import MistakesError
from city.messages.text import Lang
from megane.city_files import read_folder

SABAE = Path(__file__).parents[3] / "cities" / "sabae"
HEAD = "id: p\ntitle: {ja: 試験, en: test}\n"
GATE = "command: {device: gate, set: {open: yes}}"
FULL_APPROVE = "approve: {role: mayor, within: 5m, question: よいか, on_reject: [], on_expire: []}"


def mistakes(text: str) -> list[str]:
    with pytest.raises(MistakesError) as error:
        load_playbook(text, "playbooks/p.yaml")
    return [f"{mistake.place}: {mistake.text(Lang.EN)}" for mistake in error.value.mistakes]


def steps(*each: str) -> str:
    return HEAD + "steps:\n" + "".join(f"  - {step}\n" for step in each)


def test_what_can_hurt_needs_an_approval_before_it() -> None:
    (said,) = mistakes(steps("webhook: {}", GATE))
    assert said.startswith("playbooks/p.yaml:5:")
    assert "approve" in said
    load_playbook(steps(FULL_APPROVE, GATE), "p.yaml")
    load_playbook(steps(GATE.replace("}}", "}, acts_alone: true}")), "p.yaml")


def test_an_approval_before_what_can_hurt_says_what_follows_a_no_and_silence() -> None:
    said = mistakes(steps("approve: {role: mayor, within: 5m, question: よいか}", "wait: {for: 1m}", GATE))
    assert ["on_reject" in said[0], "on_expire" in said[1]] == [True, True]
    load_playbook(steps("approve: {role: mayor, within: 5m, question: よいか}", "webhook: {}"), "p.yaml")


@pytest.mark.parametrize("block", ["on_reject", "on_expire"])
def test_nobody_agreed_to_what_is_done_after_a_no(block: str) -> None:
    other = "on_expire" if block == "on_reject" else "on_reject"
    asked = f"approve: {{role: mayor, within: 5m, question: よいか, {block}: [{GATE}], {other}: []}}"
    assert mistakes(steps(FULL_APPROVE, asked))


def test_an_approval_within_a_branch_agrees_to_nothing_after_it() -> None:
    assert mistakes(steps(f"branch: {{when: {{severity: 4}}, then: [{FULL_APPROVE}]}}", GATE))
    load_playbook(steps(FULL_APPROVE, f"branch: {{when: {{severity: 4}}, then: [{GATE}]}}"), "p.yaml")
    assert mistakes(steps(FULL_APPROVE) + f"on_resolve: [{GATE}]\n")


@pytest.mark.parametrize(
    "step",
    [
        'notify: {to: [a], text: "{incident.titel}"}',
        'notify: {to: [a], text: "{incident.title"}',
        "notify: {to: [], text: a}",
        "wait: {for: 0}",
        "branch: {when: {}, then: [webhook: {}]}",
        "branch: {then: [webhook: {}]}",
        "branch: {when: {severity: 6}, then: [webhook: {}]}",
        "branch: {when: {severity: 4}, then: [wehbook: {}]}",
        "approve: {role: king, within: 5m, question: よいか}",
        "approve: {role: mayor, deputy: [mayor], within: 5m, question: よいか}",
        "command: {device: a, acts_alone: true}",
        "command: {device: a, set: {a: 1}, acts_alone: true, undo_on_resolve: true}",
        "command: {device: a, set: {a: 1}, acts_alone: true, undo: {a: 0}}",
        "close_case: {why: a}",
        "case: {section: bosai, title: a, due: soon}",
        "case: {section: bosai, title: a, due: 0}",
    ],
)
def test_a_wrong_step_is_one_mistake_at_its_line(step: str) -> None:
    (said,) = mistakes(steps(step))
    assert said.startswith("playbooks/p.yaml:4:")


def test_a_playbook_without_steps_does_nothing_and_is_wrong() -> None:
    assert len(mistakes(HEAD + "steps: []\n")) == 1
    assert len(mistakes(HEAD)) == 1


def test_a_group_says_what_its_alerts_have_in_common() -> None:
    playbook = load_playbook(steps("webhook: {}") + "group: {by: [river], window: 10m}\n", "p.yaml")
    assert playbook.group == Group((GroupBy.RIVER,), 600_000)
    assert mistakes(steps("webhook: {}") + "group: {by: [colour]}\n")
    assert mistakes(steps("webhook: {}") + "group: {by: []}\n")
    assert mistakes(steps("webhook: {}") + "group: {by: [river], window: 0}\n")


def test_mistakes_of_all_playbooks_are_told_at_once() -> None:
    files = {
        "playbooks/a.yaml": steps("wait: {for: 0}"),
        "playbooks/b.yaml": steps("webhook: {}"),
        "playbooks/c.yaml": steps("webhook: {}").replace("id: p", "id: tell-subscribers"),
    }
    with pytest.raises(MistakesError) as error:
        load_playbooks(files)
    assert [mistake.place.file for mistake in error.value.mistakes] == list(files)


def test_names_are_looked_up_in_the_catalog_in_steps_within_steps_too() -> None:
    catalog = load_catalog(read_folder(SABAE, "catalog"))
    alone = "command: {device: none, set: {a: b}, acts_alone: true}"
    text = steps(f"branch: {{when: {{severity: 4}}, then: [{alone}], else: [case: {{section: none, title: a}}]}}")
    text += "on_resolve: [webhook: {to: none}, branch: {when: {site: none, area: none}, then: [webhook: {}]}]\n"
    with pytest.raises(MistakesError) as error:
        load_playbooks({"p.yaml": text}, catalog)
    assert len(error.value.mistakes) == 5


def test_a_rule_names_a_playbook_that_there_is() -> None:
    first = read_folder(SABAE, "rules")["rules/weather.yaml"].split("\n- id:", 2)[1]
    named = {"rules/a.yaml": f"- playbook: flod\n  id:{first}"}
    read_rules(named)
    with pytest.raises(MistakesError) as error:
        read_rules(named, playbooks=["flood"])
    (said,) = error.value.mistakes
    assert (said.place.file, said.place.column) == ("rules/a.yaml", 13)


def test_what_is_commanded_is_looked_up_among_the_outputs_of_the_device() -> None:
    catalog = load_catalog(read_folder(SABAE, "catalog"))
    sign = "command: {device: rpi-under-oguro, acts_alone: true, undo_on_resolve: true, "
    right = sign + 'set: {message: 通行止}, undo: {message: ""}}'
    load_playbooks({"p.yaml": steps(right)}, catalog)
    wrong = (
        sign + 'set: {mesage: 通行止}, undo: {message: ""}}',
        sign + 'set: {message: 通行禁止}, undo: {message: ""}}',
        sign + "set: {message: 通行止}, undo: {message: 解除}}",
        "command: {device: rpi-toba, set: {siren: on}, acts_alone: true}",
        "command: {device: rpi-kurotsu-gate, set: {gate: on}, acts_alone: true}",
    )
    with pytest.raises(MistakesError) as error:
        load_playbooks({"p.yaml": steps(right, *wrong)}, catalog)
    assert [mistake.place.line for mistake in error.value.mistakes] == [5, 6, 7, 8, 9]
    said = [mistake.text(Lang.EN) for mistake in error.value.mistakes]
    assert "Did you mean `message`?" in said[0]
    assert "通行止, 冠水注意" in said[1]
    assert "open, closed" in said[4]
