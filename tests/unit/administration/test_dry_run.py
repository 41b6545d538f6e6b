"""A dry run tells what the course decides, at the times of its own clock, and does nothing."""

from collections import Counter
from dataclasses import replace
from typing import Final, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from administration.course import Course
from administration.dry_run import DryRunError, Situation, Supposed, SupposedAnswer, dry_run
from administration.dry_run_lines import (
    Alarmed,
    Answered,
    Asked,
    CaseOpened,
    CasesClosed,
    Chosen,
    Commanded,
    DeviceReplied,
    DeviceReply,
    DryRun,
    Finished,
    Notified,
    Resolved,
    Stopped,
    Told,
    Trouble,
    Waits,
)
from administration.playbook import Playbook, load_playbook
from administration.steps.approve import Approve
from administration.steps.command import Command
from alerts.rule_file import load_rules
from city.catalog import Device
from city.messages.text import Text
from city.rule import Rule
from city.run import Answer
from tests.support.playbooks import LISTS, Steps, playbook_of
from tests.support.sabae import sabae_catalog, sabae_files

MINUTE: Final = 60_000
EVENING_MS: Final = 1_798_722_000_000  # 2026-12-31 22:00 in Tokyo
HEAD: Final = "id: p\ntitle: {ja: 試験, en: test}\n"
SIGN: Final = (
    "command: {device: rpi-under-oguro, set: {message: 通行止}, deadline: 2m, acts_alone: true, "
    "undo_on_resolve: true, undo: {message: none}}"
)
ASKS: Final = (
    "approve: {role: section_chief, deputy: [mayor], within: 15m, question: よいか, "
    "on_reject: [notify: {to: [a], text: 却下}], on_expire: [notify: {to: [b], text: 返事なし}]}"
)
L = TypeVar("L")


def rule(name: str = "river-evacuation") -> Rule:
    rules = load_rules({path: text for path, text in sabae_files().items() if path.startswith("rules/")})
    return next(one for one in rules if one.id == name)


def playbook(*steps: str, on_resolve: str = "[]") -> Playbook:
    return load_playbook(HEAD + "steps:\n" + "".join(f"  - {s}\n" for s in steps) + f"on_resolve: {on_resolve}\n", "p")


def tried(
    of: Playbook,
    supposed: Supposed = Supposed(),  # noqa: B008  it is frozen
    severity: int = 3,
) -> DryRun:
    return dry_run(of, sabae_catalog(), Situation(rule(), "rpi-toba:water_level", severity, EVENING_MS), supposed)


def lines(found: DryRun, kind: type[L]) -> list[L]:
    return [line for line in found.lines if isinstance(line, kind)]


def minutes(found: DryRun, kind: type[object]) -> list[float]:
    """After the beginning."""
    return [(line.at - found.began).total_seconds() / 60 for line in found.lines if isinstance(line, kind)]


def test_who_subscribed_and_who_is_named_are_told_by_name() -> None:
    found = tried(playbook("webhook: {to: subscribed}", "webhook: {to: kyoiku}"))
    subscribed, named = lines(found, Told)
    assert [each.endpoint for each in subscribed.to] == ["bosai", "doboku", "koho"]
    assert subscribed.subscribed
    assert [(each.endpoint, each.section_title.ja) for each in named.to] == [("kyoiku", "教育委員会")]


def test_texts_are_filled() -> None:
    found = tried(
        playbook('notify: {to: [a], text: "{incident.place} {incident.title} {incident.severity} {playbook.title}"}')
    )
    assert [line.text for line in lines(found, Notified)] == ["鳥羽 避難判断水位に到達 3 試験"]


def test_a_case_is_due_in_business_days_over_new_year() -> None:
    found = tried(playbook("case: {section: digital, title: 点検, due: 2bd}", "case: {section: bosai, title: 見回り}"))
    first, second = lines(found, CaseOpened)
    assert (first.section_title.ja, first.title) == ("デジタル推進課", "点検")
    assert first.due is not None
    assert f"{first.due:%m-%d %H:%M}" == "01-05 17:15"
    assert second.due is None


@pytest.mark.parametrize(
    ("supposed", "asked", "answer", "told"),
    [
        ({}, 1, Answer.APPROVED, "続き"),
        ({"steps.0": SupposedAnswer(Answer.REJECTED)}, 1, Answer.REJECTED, "却下"),
        ({"steps.0": SupposedAnswer(Answer.APPROVED, 20 * MINUTE)}, 2, Answer.APPROVED, "続き"),
        ({"steps.0": SupposedAnswer(None)}, 2, None, "返事なし"),
    ],
    ids=["by default", "no", "late", "silent"],
)
def test_what_follows_a_question(
    supposed: dict[str, SupposedAnswer], asked: int, answer: Answer | None, told: str
) -> None:
    found = tried(playbook(ASKS, "notify: {to: [c], text: 続き}"), Supposed(supposed))
    assert [line.role for line in lines(found, Asked)] == ["section_chief", "mayor"][:asked]
    assert [line.section for line in lines(found, Asked)] == ["bosai", ""][:asked]
    assert [line.answer for line in lines(found, Answered)] == ([answer] if answer else [])
    assert [line.text for line in lines(found, Notified)] == [told]
    assert found.supposed == (() if supposed else ("steps.0",))
    assert found.waiting == (() if answer else ("steps.0",))


def test_silence_climbs_the_ladder_and_then_alarms() -> None:
    found = tried(playbook("webhook: {to: doboku}", ASKS), Supposed({"steps.1": SupposedAnswer(None)}))
    assert minutes(found, Asked) == [0, 15]
    assert minutes(found, Alarmed) == [30]
    (alarm,) = lines(found, Alarmed)
    assert (alarm.trouble, [each.endpoint for each in alarm.to]) == (Trouble.UNANSWERED, ["doboku"])


def test_a_yes_that_comes_after_the_ladder_is_still_one() -> None:
    late = {"steps.0": SupposedAnswer(Answer.APPROVED, 60 * MINUTE)}
    found = tried(playbook(ASKS, "notify: {to: [c], text: 続き}"), Supposed(late))
    assert [line.text for line in lines(found, Notified)] == ["返事なし", "続き"]


def test_a_question_that_was_sent_back_alarms_and_stays() -> None:
    found = tried(playbook(ASKS), Supposed({"steps.0": SupposedAnswer(Answer.RETURNED)}))
    assert [line.trouble for line in lines(found, Alarmed)] == [Trouble.RETURNED]
    assert found.waiting == ("steps.0",)


def test_a_question_of_office_hours_is_not_late_before_the_city_hall_was_open() -> None:
    asks = "approve: {role: section_chief, within: 1h, business_hours: true, question: よいか}"
    (asked,) = lines(tried(playbook(asks), Supposed({"steps.0": SupposedAnswer(None)})), Asked)
    assert f"{asked.until:%m-%d %H:%M}" == "01-04 09:30"


@pytest.mark.parametrize(
    ("reply", "after_min", "trouble"),
    [
        (DeviceReply.DONE, 0, []),
        (DeviceReply.REFUSED, 0, [Trouble.REFUSED]),
        (DeviceReply.SILENT, 2, [Trouble.SILENT]),
    ],
)
def test_a_device_answers_or_does_not_and_what_follows_goes_on(
    reply: DeviceReply, after_min: int, trouble: list[Trouble]
) -> None:
    found = tried(
        playbook(SIGN, "notify: {to: [c], text: 続き}"),
        Supposed(devices={"steps.0": reply}, resolved_after_ms=60 * MINUTE),
    )
    assert minutes(found, DeviceReplied)[0] == after_min
    assert [line.trouble for line in lines(found, Alarmed)] == trouble
    assert minutes(found, Notified) == [after_min]
    assert [line.undo for line in lines(found, Commanded)] == [False, True]  # silent, it may have
    assert found.finished


def test_the_end_undoes_what_was_done_and_closes_the_cases() -> None:
    of = playbook(SIGN, "case: {section: bosai, title: 見回り}", on_resolve="[close_case: {reason: 下がった}]")
    found = tried(of, Supposed(resolved_after_ms=90 * MINUTE))
    assert [line.values["message"] for line in lines(found, Commanded)] == ["通行止", "none"]
    assert [(line.cases, line.reason) for line in lines(found, CasesClosed)] == [(("見回り",), "下がった")]
    assert minutes(found, Finished) == [90]
    assert (found.finished, found.supposed) == (True, ("steps.0",))


def test_an_end_midway_stops_what_waits_and_tells_those_who_were_told() -> None:
    of = playbook("webhook: {to: doboku}", "wait: {for: 1h}", "case: {section: bosai, title: 見回り}")
    found = tried(of, Supposed(resolved_after_ms=30 * MINUTE))
    assert minutes(found, Waits) == [0]
    assert minutes(found, Stopped) == [30]
    assert not lines(found, CaseOpened)
    assert [[each.endpoint for each in line.to] for line in lines(found, Resolved)] == [["doboku"]]


def test_without_an_end_it_stops_where_nothing_more_happens() -> None:
    found = tried(playbook("wait: {for: 1h}", "notify: {to: [a], text: b}", on_resolve="[close_case: {}]"))
    assert minutes(found, Notified) == [60]
    assert (found.finished, found.waiting) == (False, ())
    assert not lines(found, CasesClosed)


@pytest.mark.parametrize(
    ("when", "severity", "then"),
    [
        ("severity: 4", 4, True),
        ("severity: 4", 3, False),
        ("site: toba", 3, True),
        ("area: kawada", 3, False),
        ("schedule: {times: 8:30-17:15}", 3, False),
        ("schedule: {times: 17:15-8:30}", 3, True),
    ],
)
def test_a_branch_goes_by_the_incident_and_by_the_dry_run_s_own_clock(when: str, severity: int, *, then: bool) -> None:
    of = playbook(f"branch: {{when: {{{when}}}, then: [notify: {{to: [a], text: b}}]}}")
    found = tried(of, severity=severity)
    assert [line.then for line in lines(found, Chosen)] == [then]
    assert len(lines(found, Notified)) == then


@pytest.mark.parametrize(
    "supposed",
    [Supposed({"steps.1": SupposedAnswer(None)}), Supposed(devices={"steps.0": DeviceReply.DONE})],
    ids=["answer", "device"],
)
def test_what_is_supposed_of_another_step_is_told(supposed: Supposed) -> None:
    with pytest.raises(DryRunError):
        tried(playbook(ASKS, SIGN), supposed)


@settings(max_examples=100, deadline=None)
@given(st.data(), LISTS, LISTS)
def test_it_ends_whatever_the_playbook_and_whatever_is_supposed(
    data: st.DataObject, steps: Steps, on_resolve: Steps
) -> None:
    of = playbook_of(steps, on_resolve)
    places = Course(of).steps
    answers = {
        place: SupposedAnswer(data.draw(st.sampled_from([*Answer, None])), data.draw(st.integers(0, 5)))
        for place, step in places.items()
        if isinstance(step, Approve)
    }
    devices = {
        place: data.draw(st.sampled_from(DeviceReply)) for place, step in places.items() if isinstance(step, Command)
    }
    devices_known = {**sabae_catalog().devices, "sign": Device("sign", Text("表示板", "Sign"), "sabae", "toba")}
    catalog = replace(sabae_catalog(), devices=devices_known)
    resolved = data.draw(st.none() | st.integers(0, 200_000))
    situation = Situation(rule(), "rpi-toba:water_level", 4, EVENING_MS)
    found = dry_run(of, catalog, situation, Supposed(answers, devices, resolved))
    assert [line.at for line in found.lines] == sorted(line.at for line in found.lines)
    begun = Counter((line.place, line.undo) for line in found.lines if isinstance(line, Commanded))
    assert all(count == 1 for count in begun.values())
    assert found.finished == bool(lines(found, Finished))
    assert found.finished or resolved is None or any(place.startswith("on_resolve") for place in found.waiting)
