"""Sabae's business, tried: who is told, which sections get a case, what is switched, and what waits for whose yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final, TypeVar

import pytest

from administration.course import placed_steps
from administration.dry_run import Situation, Supposed, SupposedAnswer, dry_run
from administration.dry_run_lines import (
    Alarmed,
    Asked,
    CaseOpened,
    CasesClosed,
    Commanded,
    DeviceReply,
    DryRun,
    Notified,
    Stopped,
    Told,
)
from administration.playbook import Playbook, load_playbooks
from administration.steps.approve import Approve
from administration.steps.command import Command
from administration.steps.webhook import Receivers, Webhook
from alerts.rule_file import load_rules
from city.rule import Rule
from city.run import Answer
from tests.support.sabae import sabae_catalog, sabae_files

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
FRIDAY_10_MS: Final = 1_782_435_600_000  # 2026-06-26 10:00 in Tokyo
SATURDAY_3_MS: Final = FRIDAY_10_MS + 17 * HOUR
L = TypeVar("L")

YES: Final = Answer.APPROVED
NO: Final = Answer.REJECTED
SILENCE: Final = None


@cache
def playbooks() -> Mapping[str, Playbook]:
    files = {path: text for path, text in sabae_files().items() if path.startswith("playbooks/")}
    return load_playbooks(files, sabae_catalog())


@cache
def rules() -> Mapping[str, Rule]:
    files = {path: text for path, text in sabae_files().items() if path.startswith("rules/")}
    return {rule.id: rule for rule in load_rules(files, sabae_catalog())}


def tried(
    name: str,
    rule: str,
    subject: str,
    answer: Answer | None = YES,
    at_ms: int = FRIDAY_10_MS,
    resolved_after_ms: int | None = None,
    severity: int | None = None,
    device: DeviceReply = DeviceReply.DONE,
) -> DryRun:
    """The playbook, every question answered alike."""
    playbook = playbooks()[name]
    steps = [(place, placed.step) for place, placed in placed_steps(playbook)]
    answers = {place: SupposedAnswer(answer) for place, step in steps if isinstance(step, Approve)}
    devices = {place: device for place, step in steps if isinstance(step, Command)}
    situation = Situation(rules()[rule], subject, severity or rules()[rule].severity, at_ms)
    return dry_run(playbook, sabae_catalog(), situation, Supposed(answers, devices, resolved_after_ms))


def of(found: DryRun, kind: type[L]) -> list[L]:
    return [line for line in found.lines if isinstance(line, kind)]


@dataclass(frozen=True)
class Outcome:
    """told, channels: each once. cases: `section due-in-minutes`, in their order"""

    told: str
    cases: str = ""
    channels: str = ""

    @classmethod
    def read(cls, found: DryRun) -> "Outcome":
        told = {receiver.endpoint for line in of(found, Told) for receiver in line.to}
        cases = (f"{line.section} {_minutes(line)}" for line in of(found, CaseOpened))
        channels = set(chain.from_iterable(line.channels for line in of(found, Notified)))
        return cls(" ".join(sorted(told)), ", ".join(cases), " ".join(sorted(channels)))


def _minutes(line: CaseOpened) -> str:
    if line.due is None:
        return "-"
    return f"{(line.due - line.at).total_seconds() / 60:.0f}"


TOBA: Final = "rpi-toba:water_level"
EVACUATED: Final = "bosai choju-fukushi doboku koho kyoiku shakai-fukushi"
BURST: Final = "bosai doboku koho"


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (("river-2", "river-caution", TOBA), Outcome("bosai doboku", "doboku 60", "bosai-toban")),
        (
            ("river-2", "river-rise", TOBA, YES, SATURDAY_3_MS),
            Outcome("bosai doboku", "doboku 60", "bosai-toban doboku-toban"),
        ),
        (
            ("river-3", "river-evacuation", TOBA, YES),
            Outcome(EVACUATED, "bosai 30, koho 15, shakai-fukushi 60, choju-fukushi 60, kyoiku 30", "kanbu"),
        ),
        (("river-3", "river-evacuation", TOBA, NO), Outcome("bosai doboku koho", "bosai 30", "bosai-toban")),
        (
            ("river-3", "river-evacuation", TOBA, SILENCE),
            Outcome("bosai doboku koho", "bosai 30", "bosai-toban kanbu"),
        ),
        (
            ("river-4", "river-danger", TOBA, YES),
            Outcome(EVACUATED, "bosai 15, koho 10, shakai-fukushi 30, doboku 30", "kanbu"),
        ),
        (("river-4", "river-danger", TOBA, NO), Outcome("bosai doboku koho", "bosai 15", "bosai-toban")),
        (("river-4", "river-danger", TOBA, SILENCE), Outcome("bosai doboku koho", "bosai 15", "bosai-toban kanbu")),
        (
            ("river-5", "river-danger", TOBA, YES, SATURDAY_3_MS, None, 5),
            Outcome(EVACUATED, "bosai 10, koho 5", "bosai-toban doboku-toban kanbu"),
        ),
        (
            ("river-5", "river-danger", TOBA, SILENCE, SATURDAY_3_MS, None, 5),
            Outcome("bosai doboku koho", "bosai 10", "bosai-toban doboku-toban kanbu"),
        ),
        (
            ("underpass-watch", "underpass-watch", "rpi-under-oguro:water_depth"),
            Outcome("bosai doboku", "doboku 30"),
        ),
        (
            ("underpass-watch", "underpass-soon", "rpi-under-oguro:water_depth"),
            Outcome("bosai doboku", "doboku 30", "doboku-toban"),
        ),
        (
            ("underpass-closed", "underpass-closed", "rpi-under-oguro:water_depth"),
            Outcome("bosai doboku koho", "doboku 30", "doboku-toban"),
        ),
        (
            ("snow-ready", "snow-watch", "rpi-sanroku:snow_depth"),
            Outcome("bosai doboku josetsu-seibu josetsu-tobu", "doboku 180"),
        ),
        (
            ("snow-dispatch", "snow-fresh", "rpi-kawada-road:snow_depth", YES, SATURDAY_3_MS),
            Outcome("bosai doboku josetsu-tobu kyoiku", "doboku 480", "doboku-toban"),
        ),
        (
            ("snow-dispatch", "snow-burst", "rpi-sanroku:snow_depth"),
            Outcome("bosai doboku josetsu-seibu koho", "doboku 480", "doboku-toban"),
        ),
        (
            ("snow-base", "snow-together", "sabae", YES),
            Outcome(
                "bosai doboku josetsu-seibu josetsu-tobu koho kyoiku shakai-fukushi",
                "doboku 120, shakai-fukushi 4755",  # until Monday's closing time
            ),
        ),
        (("snow-base", "snow-together", "sabae", NO), Outcome("bosai doboku", "", "doboku-toban")),
        (("snow-base", "snow-together", "sabae", SILENCE), Outcome("bosai doboku", "", "kanbu")),
        (
            ("snow-heavy", "snow-grave", "rpi-sanroku:snow_depth", YES),
            Outcome(
                "bosai doboku josetsu-seibu josetsu-tobu koho kyoiku shakai-fukushi",
                "bosai 60, koho 60, kyoiku 120, doboku 60",
            ),
        ),
        (
            ("snow-heavy", "snow-alarm", "rpi-sanroku:snow_depth", YES),
            Outcome(
                "bosai doboku josetsu-seibu josetsu-tobu koho kyoiku shakai-fukushi", "bosai 60, koho 60, kyoiku 120"
            ),
        ),
        (
            ("snow-heavy", "snow-alarm", "rpi-sanroku:snow_depth", NO),
            Outcome("bosai doboku koho", "bosai 60", "bosai-toban"),
        ),
        (
            ("snow-heavy", "snow-alarm", "rpi-sanroku:snow_depth", SILENCE),
            Outcome("bosai doboku koho", "bosai 60", "bosai-toban kanbu"),
        ),
        (
            ("heat-schools", "heat-alarm", "rpi-sekiin-school:wbgt"),
            Outcome("bosai kyoiku", "kyoiku 120", "gakko"),
        ),
        (
            ("heat-schools", "heat-grave", "rpi-sekiin-school:wbgt", YES, SATURDAY_3_MS + 10 * HOUR),
            Outcome("bosai choju-fukushi doboku kenko koho kyoiku", "kyoiku 120, kenko 120", "gakko-kyujitsu"),
        ),
        (
            ("co2-classroom", "co2-alarm", "rpi-shinmyo-school:co2"),
            Outcome("bosai kyoiku", "kyoiku 7605", "gakko"),  # due on Wednesday, 17:15
        ),
        (
            ("main-leak", "main-pressure-drop", "rpi-main-shinmyo:water_pressure"),
            Outcome("bosai suido", "suido 60", "suido-toban"),
        ),
        (
            ("main-leak", "main-flow-burst", "rpi-main-kawada:water_flow", YES),
            Outcome("bosai koho suido suido-shuzen", "suido 60, suido 120", "suido-toban"),
        ),
        (
            ("main-leak", "main-flow-burst", "rpi-main-kawada:water_flow", NO),
            Outcome("bosai suido", "suido 60", "suido-toban"),
        ),
        (
            ("main-leak", "main-flow-burst", "rpi-main-kawada:water_flow", SILENCE),
            Outcome("bosai suido", "suido 60", "kanbu suido-toban"),
        ),
        (
            ("main-leak-hidden", "main-flow-night", "rpi-main-kawada:water_flow"),
            Outcome("bosai suido", "suido 10515"),  # due on Friday, 17:15
        ),
        (
            ("sensor-failing", "sensor-doubtful", "rpi-toba:water_level-health", YES),
            Outcome("bosai digital kiki-hoshu", "digital 10515"),
        ),
        (
            ("sensor-failing", "battery-low", "rpi-toba:battery_voltage", NO),
            Outcome("bosai digital", "digital 10515"),
        ),
        (
            ("sensor-failing", "battery-low", "rpi-toba:battery_voltage", SILENCE),
            Outcome("bosai digital", "digital 10515", "digital-toban"),
        ),
    ],
    ids=lambda value: "" if isinstance(value, Outcome) else "-".join(str(part) for part in value[:5]),
)
def test_who_is_told_and_which_sections_get_a_case(found: tuple[str, str, str], outcome: Outcome) -> None:
    assert Outcome.read(tried(*found)) == outcome


@pytest.mark.parametrize(
    ("found", "cases_after", "closed"),
    [
        (("river-2", "river-caution", TOBA), [], 1),
        (("river-3", "river-evacuation", TOBA), ["bosai"], 0),
        (("river-4", "river-danger", TOBA), ["bosai"], 0),
        (("river-5", "river-danger", TOBA), ["bosai"], 0),
        (("underpass-watch", "underpass-watch", "rpi-under-oguro:water_depth"), [], 1),
        (("snow-ready", "snow-watch", "rpi-sanroku:snow_depth"), [], 1),
        (("snow-dispatch", "snow-fresh", "rpi-kawada-road:snow_depth"), ["doboku"], 0),
        (("snow-base", "snow-together", "sabae"), ["doboku"], 0),
        (("snow-heavy", "snow-grave", "rpi-sanroku:snow_depth"), ["bosai"], 0),
        (("heat-schools", "heat-alarm", "rpi-sekiin-school:wbgt"), [], 1),
        (("co2-classroom", "co2-alarm", "rpi-shinmyo-school:co2"), [], 0),
        (("main-leak", "main-flow-burst", "rpi-main-kawada:water_flow"), [], 0),
        (("main-leak-hidden", "main-flow-night", "rpi-main-kawada:water_flow"), [], 0),
        (("sensor-failing", "battery-low", "rpi-toba:battery_voltage"), [], 1),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_an_end_midway_stops_the_question_and_what_would_have_followed(
    found: tuple[str, str, str], cases_after: list[str], closed: int
) -> None:
    """The alert ends after four minutes, while nobody has answered."""
    ended = tried(*found, SILENCE, resolved_after_ms=4 * MINUTE)
    after = [line for line in ended.lines if (line.at - ended.began).total_seconds() >= 240]
    asked = {line.place for line in of(ended, Asked)}
    assert {line.place for line in of(ended, Stopped)} >= asked
    assert [line.section for line in after if isinstance(line, CaseOpened)] == cases_after
    assert sum(len(line.cases) for line in after if isinstance(line, CasesClosed)) == closed
    assert not [line for line in after if isinstance(line, Told | Commanded | Alarmed)]
    assert ended.finished


@pytest.mark.parametrize("name", ["river-3", "river-4", "river-5", "snow-heavy"])
def test_what_is_the_mayor_s_is_asked_of_the_mayor_and_then_of_the_deputy(name: str) -> None:
    found = tried(name, "river-danger", TOBA, SILENCE)
    asked = of(found, Asked)
    assert [line.role for line in asked] == ["mayor", "cio"]
    assert asked[1].at == asked[0].until
    assert [line.at for line in of(found, Alarmed)] == [asked[1].until]


def test_repairs_are_the_chief_s_of_the_section_whose_main_it_is() -> None:
    asked = of(tried("main-leak", "main-flow-burst", "rpi-main-kawada:water_flow", SILENCE), Asked)
    assert [(line.role, line.section) for line in asked] == [("section_chief", "suido"), ("department_head", "suido")]


def test_nobody_is_asked_about_a_failing_sensor_at_night_or_at_the_weekend() -> None:
    (asked,) = of(tried("sensor-failing", "battery-low", "rpi-toba:battery_voltage", SILENCE), Asked)
    assert f"{asked.until:%a %H:%M}" == "Mon 12:30"


@pytest.mark.parametrize("site", ["under-oguro", "under-hinode", "under-mizuochi", "under-yokogoshi"])
def test_the_flooded_underpass_is_closed_at_once_and_opened_by_a_person(site: str) -> None:
    subject = f"rpi-{site}:water_depth"
    closed = tried("underpass-closed", "underpass-closed", subject, YES, SATURDAY_3_MS, 2 * HOUR)
    assert [(line.device, dict(line.values)) for line in of(closed, Commanded)] == [
        (f"rpi-{site}", {"message": "通行止"}),
        (f"rpi-{site}", {"message": ""}),
    ]
    assert of(closed, Commanded)[0].at == closed.began
    assert [len(line.cases) for line in of(closed, CasesClosed)] == [1]
    for answer in (NO, SILENCE):
        stays = tried("underpass-closed", "underpass-closed", subject, answer, SATURDAY_3_MS, 2 * HOUR)
        assert [line.values["message"] for line in of(stays, Commanded)] == ["通行止"]
        assert not of(stays, CasesClosed)


@pytest.mark.parametrize("reply", [DeviceReply.REFUSED, DeviceReply.SILENT])
def test_a_sign_that_does_not_obey_alarms_and_keeps_nobody_from_going_there(reply: DeviceReply) -> None:
    found = tried("underpass-closed", "underpass-closed", "rpi-under-oguro:water_depth", YES, device=reply)
    assert [[each.endpoint for each in line.to] for line in of(found, Alarmed)] == [["bosai", "doboku"]]
    assert [line.section for line in of(found, CaseOpened)] == ["doboku"]


def test_a_classroom_that_is_aired_needs_no_electrician() -> None:
    found = tried("co2-classroom", "co2-alarm", "rpi-shinmyo-school:co2", resolved_after_ms=20 * MINUTE)
    assert [line.channels for line in of(found, Notified)] == [("gakko",)]
    assert not of(found, CaseOpened)


def test_nobody_who_subscribed_is_forgotten() -> None:
    for playbook in playbooks().values():
        first = playbook.steps[0].step
        assert isinstance(first, Webhook)
        assert first.to is Receivers.SUBSCRIBED


def test_no_two_playbooks_switch_the_same_device() -> None:
    """The one that ends first would undo what the other still wants."""
    switched = [
        {placed.step.device for _, placed in placed_steps(playbook) if isinstance(placed.step, Command)}
        for playbook in playbooks().values()
    ]
    assert sum(map(len, switched)) == len(set().union(*switched)) == 4


def test_every_playbook_is_started_by_a_rule_but_the_one_that_a_person_starts() -> None:
    named = {rule.playbook for rule in rules().values()}
    assert set(playbooks()) - named == {"river-5"}


def test_contractors_hear_only_of_what_names_them() -> None:
    contractors = {"josetsu-seibu", "josetsu-tobu", "suido-shuzen", "kiki-hoshu"}
    owners = {rule.owner for rule in rules().values()}
    for owner in owners:
        assert contractors.isdisjoint(Webhook().receivers(5, owner, sabae_catalog()))
    assert contractors.isdisjoint(Webhook().receivers(4, None, sabae_catalog()))
