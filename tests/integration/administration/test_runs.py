"""What a playbook says is done, once, in its order; what it does not say is not, and the end undoes what is to be."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from administration.approvals import ApprovalState
from administration.tables import RunStatus, endpoint, run
from city.alert import AlertEvent, AlertState, event_id
from city.run import Answer, AnsweredError, Hand, HandError, NotYoursError, Report, StartError
from tests.support.alert_events import START_MS, alert_event
from tests.support.played_business import CHIEF, DEPUTY, MAYOR, PlayedBusiness, of_kind

MINUTE_MS = 60_000
TOBA, HINO = "rpi-toba:water_level", "rpi-hino:water_level"
FLOOD = """\
id: flood
title: {ja: 避難, en: Evacuation}
group: {by: [area], window: 30m}
steps:
  - webhook: {to: [bosai]}
  - case: {section: bosai, title: "{incident.title}", due: 30m, checklist: [巡視]}
  - command: {device: rpi-toba, set: {message: 通行止}, acts_alone: true, undo_on_resolve: true, undo: {message: off}}
  - approve:
      role: mayor
      deputy: [cio]
      within: 15m
      question: "発令しますか(重大度 {incident.severity})"
      on_reject: [notify: {to: [mail], text: "{incident.title}は発令しません"}]
      on_expire: [webhook: {to: [doboku]}]
  - command: {device: rpi-hino, set: {siren: on}}
on_resolve:
  - close_case: {reason: 解除}
"""
FIRES = alert_event(TOBA, severity=3)
BEGUN = {
    "steps.0": "done",
    "steps.1": "done",
    "steps.2": "running",
    "steps.3": "planned",
    "steps.3.on_reject.0": "planned",
    "steps.3.on_expire.0": "planned",
    "steps.4": "planned",
    "on_resolve.0": "planned",
}


@pytest.fixture
def flood(place: Path | sa.URL) -> Iterator[PlayedBusiness]:
    with PlayedBusiness(place, FLOOD) as business:
        yield business


def resolved(subject: str = TOBA, severity: int = 3) -> AlertEvent:
    return replace(alert_event(subject, AlertState.RESOLVED), severity=severity)


def climbs(severity: int) -> AlertEvent:
    at_ms = START_MS + 5 * MINUTE_MS
    id_ = event_id("sabae", FIRES.rule, FIRES.subject, START_MS, AlertState.FIRING, at_ms)
    return replace(FIRES, id=id_, severity=severity, from_state=AlertState.FIRING, at_ms=at_ms)


def begin(flood: PlayedBusiness) -> None:
    flood.happen(FIRES)
    flood.answer_command("rpi-toba")


def test_a_flood_from_its_alert_to_its_end(flood: PlayedBusiness) -> None:
    flood.happen(FIRES)
    assert flood.statuses() == BEGUN
    assert flood.commands("rpi-toba") == [{"message": "通行止"}]
    flood.answer_command("rpi-toba")
    asked = flood.asked()
    assert (asked.question, asked.unit) == ("発令しますか(重大度 3)", "bosai")
    assert flood.commands("rpi-hino") == []  # nobody agreed to it
    flood.desk.answer(asked.id, asked.digest, Answer.APPROVED, MAYOR, "")
    assert flood.commands("rpi-hino") == [{"siren": "on"}]
    flood.answer_command("rpi-hino")
    flood.happen(resolved())
    assert flood.commands("rpi-toba") == [{"message": "通行止"}, {"message": "off"}]
    assert flood.only().cases[0].state == "open"  # undone first
    flood.answer_command("rpi-toba")
    found = flood.only()
    assert flood.statuses() == BEGUN | {
        "steps.2": "undone",
        "steps.3": "done",
        "steps.4": "done",
        "on_resolve.0": "done",
    }
    assert [case.state for case in found.cases] == ["done"]
    assert (found.over, found.state) == (True, RunStatus.OPEN)  # what it told is still on its way
    assert flood.told("bosai") == ["firing", "resolved"]
    assert flood.kinds() == [
        *("opened", "told", "case_opened", "commanded", "obeyed", "asked", "approved", "commanded", "obeyed"),
        *("ended", "resolved", "commanded", "obeyed", "case_closed", "finished"),
    ]


def test_what_happens_twice_is_done_once(flood: PlayedBusiness) -> None:
    for _ in range(2):
        begin(flood)
    assert flood.kinds() == ["opened", "told", "case_opened", "commanded", "obeyed", "asked"]


def test_an_alert_that_belongs_to_it_joins_and_makes_the_question_void(flood: PlayedBusiness) -> None:
    begin(flood)
    before = flood.asked()
    near = alert_event(HINO, raised_ms=START_MS + 10 * MINUTE_MS, severity=4)
    flood.happen(near)
    asked = flood.asked()
    assert len(flood.incidents()) == 1
    assert (asked.question, len(asked.evidence.alerts)) == ("発令しますか(重大度 4)", 2)
    assert (asked.roles, asked.due_ms) == (before.roles, before.due_ms)
    with pytest.raises(AnsweredError):
        flood.desk.answer(before.id, before.digest, Answer.APPROVED, MAYOR, "")
    was = flood.shelf.approval(before.id)
    assert was is not None
    assert was.state is ApprovalState.VOID
    flood.happen(resolved())
    assert flood.only().incident.resolved_ms is None  # the other fires
    assert flood.told("bosai") == ["firing", "firing", "resolved"]


def test_calm_for_longer_than_the_window_and_it_is_another_incident(flood: PlayedBusiness) -> None:
    flood.happen(FIRES, alert_event(HINO, raised_ms=START_MS + 31 * MINUTE_MS))
    assert len(flood.incidents()) == 2
    assert [len(flood.devices.commands("rpi-toba", 10))] == [2]


def test_one_that_is_over_takes_nothing_more(flood: PlayedBusiness) -> None:
    flood.happen(FIRES, resolved(), alert_event(HINO, raised_ms=START_MS + 61 * MINUTE_MS))
    assert [row.incident.resolved_ms is None for row in flood.incidents()].count(True) == 1


FOUND_AFTERWARDS = replace(FIRES, retroactive=True)
SILENT = alert_event(TOBA, rule="river-danger:no-data", severity=3)
DECIDED_LATE = replace(FIRES, decided_ms=START_MS + 2 * 3_600_000)


LATE = pytest.mark.parametrize("late", [FOUND_AFTERWARDS, DECIDED_LATE], ids=["found", "decided"])


@LATE
def test_what_is_late_is_told_and_moves_nothing(flood: PlayedBusiness, late: AlertEvent) -> None:
    flood.happen(late)
    assert flood.only().incident.playbook == "flood"
    assert set(flood.statuses().values()) == {"planned"}
    assert flood.told("bosai") == ["firing"]  # since it subscribed
    flood.happen(replace(resolved(), retroactive=late.retroactive))
    found = flood.only()
    assert set(flood.statuses().values()) == {"planned"}, "nor does what would end it"
    assert (found.over, found.incident.resolved_ms is None) == (True, False)
    assert flood.told("bosai") == ["firing", "resolved"]
    assert flood.kinds() == ["opened", "late", "ended", "resolved", "finished"]


@LATE
def test_it_begins_once_the_readings_have_caught_up_and_it_fires_still(flood: PlayedBusiness, late: AlertEvent) -> None:
    flood.happen(late)
    for _ in range(2):
        flood.happen(replace(late, caught_up=True))
    assert flood.statuses() == BEGUN
    assert flood.kinds() == ["opened", "late", "caught_up", "told", "case_opened", "commanded"]
    flood.answer_command("rpi-toba")
    flood.happen(resolved())
    assert flood.told("bosai") == ["firing", "resolved"], "each once"


def test_what_has_caught_up_when_it_is_first_told_begins_at_once(flood: PlayedBusiness) -> None:
    flood.happen(replace(DECIDED_LATE, caught_up=True))
    assert flood.statuses() == BEGUN
    assert "late" not in flood.kinds()


def test_a_change_in_time_of_what_was_late_begins_it(flood: PlayedBusiness) -> None:
    flood.happen(DECIDED_LATE, climbs(4))
    assert flood.statuses() == BEGUN


def test_what_has_caught_up_after_its_end_begins_nothing(flood: PlayedBusiness) -> None:
    flood.happen(DECIDED_LATE, resolved())
    flood.happen(replace(DECIDED_LATE, caught_up=True))
    assert set(flood.statuses().values()) == {"planned"}


def test_what_was_late_and_what_is_in_time_are_one_incident(flood: PlayedBusiness) -> None:
    flood.happen(DECIDED_LATE)
    flood.happen(alert_event(HINO, raised_ms=START_MS + 10 * MINUTE_MS, severity=3))
    assert len(flood.only().incident.alerts) == 2
    assert flood.statuses() == BEGUN


@pytest.mark.parametrize(("caught_up", "incidents"), [(False, 2), (True, 1)])
def test_what_began_long_before_joins_only_where_it_fires_now(
    flood: PlayedBusiness, *, caught_up: bool, incidents: int
) -> None:
    begin(flood)
    before = alert_event(HINO, raised_ms=START_MS - 2 * 3_600_000, severity=3, late_ms=2 * 3_600_000)
    flood.happen(replace(before, caught_up=caught_up))
    assert len(flood.incidents()) == incidents


def test_that_a_sensor_is_silent_is_told_and_moves_nothing(flood: PlayedBusiness) -> None:
    flood.happen(SILENT)
    assert flood.only().incident.playbook == "tell-subscribers"
    assert flood.told("bosai") == ["firing"]


def test_nobody_answers_and_it_is_no_yes(flood: PlayedBusiness) -> None:
    begin(flood)
    asked_ms = flood.clock.now_ms()
    flood.pass_until(asked_ms + 15 * MINUTE_MS)
    assert [role.value for role in flood.asked().roles] == ["mayor", "cio"]
    flood.pass_until(asked_ms + 30 * MINUTE_MS)
    assert flood.asked().state is ApprovalState.UNANSWERED
    assert flood.statuses() == BEGUN | {"steps.2": "done", "steps.3": "open", "steps.3.on_expire.0": "done"}
    assert flood.told("bosai") == ["firing", "attention"]
    assert flood.told("doboku") == ["firing", "attention"]
    assert flood.commands("rpi-hino") == []
    late = flood.asked()
    flood.desk.answer(late.id, late.digest, Answer.APPROVED, DEPUTY, "遅れて")  # it stayed open
    assert flood.commands("rpi-hino") == [{"siren": "on"}]


def test_a_no_does_what_is_said_for_a_no(flood: PlayedBusiness) -> None:
    begin(flood)
    asked = flood.asked()
    flood.desk.answer(asked.id, asked.digest, Answer.REJECTED, MAYOR, "様子を見る")
    assert flood.statuses() == BEGUN | {"steps.2": "done", "steps.3": "rejected", "steps.3.on_reject.0": "done"}
    assert [one.endpoint for one in flood.only().deliveries] == ["bosai", "notify:mail"]
    assert flood.commands("rpi-hino") == []
    with pytest.raises(AnsweredError):
        flood.desk.answer(asked.id, asked.digest, Answer.APPROVED, MAYOR, "")


def test_who_was_not_asked_cannot_answer(flood: PlayedBusiness) -> None:
    begin(flood)
    asked = flood.asked()
    for other in (CHIEF, DEPUTY):
        with pytest.raises(NotYoursError):
            flood.desk.answer(asked.id, asked.digest, Answer.APPROVED, other, "")


def test_a_device_that_refuses_or_is_silent_alarms_and_the_rest_goes_on(flood: PlayedBusiness) -> None:
    flood.happen(FIRES)
    flood.answer_command("rpi-toba", well=False)
    assert flood.statuses()["steps.2"] == "failed"
    assert flood.asked().state is ApprovalState.WAITING
    assert flood.told("bosai") == ["firing", "attention"]
    flood.desk.by_hand(flood.only().incident.id, Hand.REDO, CHIEF.id, "直した", "steps.2")
    assert len(flood.commands("rpi-toba")) == 2
    flood.pass_until(flood.clock.now_ms() + 5 * MINUTE_MS)  # its deadline, and a minute for the answer
    assert flood.statuses()["steps.2"] == "failed"
    assert of_kind(flood.kinds(), "disobeyed", "redone") == ["disobeyed", "redone", "disobeyed"]


def test_the_end_overtakes_the_question(flood: PlayedBusiness) -> None:
    begin(flood)
    asked = flood.asked()
    flood.happen(resolved())
    flood.answer_command("rpi-toba")
    assert flood.shelf.asked() == ()
    assert flood.statuses()["steps.3"] == "cancelled"
    with pytest.raises(AnsweredError):
        flood.desk.answer(asked.id, asked.digest, Answer.APPROVED, MAYOR, "")
    assert flood.only().over


def test_paused_it_goes_no_further_until_it_is_resumed(flood: PlayedBusiness) -> None:
    flood.happen(FIRES)
    ident = flood.only().incident.id
    flood.desk.by_hand(ident, Hand.TAKE_OVER, CHIEF.id, "現場と確認中")
    flood.answer_command("rpi-toba")
    assert flood.shelf.asked() == ()
    with pytest.raises(HandError):
        flood.desk.by_hand(ident, Hand.RESUME, MAYOR.id, "")
    flood.desk.by_hand(ident, Hand.RESUME, CHIEF.id, "確認した")
    assert flood.asked().state is ApprovalState.WAITING


def test_a_drill_goes_the_same_way_and_moves_nothing(flood: PlayedBusiness) -> None:
    report = Report("flood", "大雨の想定", "bosai", 4, "訓練です", drill=True)
    ident = flood.desk.start(report, CHIEF.id, "key")
    assert flood.desk.start(report, CHIEF.id, "key") == ident
    asked = flood.asked()
    assert asked.question.startswith("【訓練】")
    assert asked.evidence.drill
    assert flood.only().cases[0].title.startswith("【訓練】")
    flood.desk.answer(asked.id, asked.digest, Answer.REJECTED, MAYOR, "")
    flood.desk.resolve(ident, CHIEF.id, "終わり")
    found = flood.only()
    assert found.over
    assert flood.commands("rpi-toba") == flood.commands("rpi-hino") == []
    assert of_kind(flood.kinds(), "blocked") == ["blocked", "blocked"]  # set, and undone
    with flood.business.database.begin() as connection:
        bodies = list(connection.exec_driver_sql("SELECT body FROM incident_event").scalars())
    assert bodies
    assert all("【訓練】" in body for body in bodies)


def test_nobody_approves_what_they_started(flood: PlayedBusiness) -> None:
    flood.desk.start(Report("flood", "堤防から水", "bosai", 4, "住民から電話"), MAYOR.id, "key")
    flood.answer_command("rpi-toba")
    asked = flood.asked()
    with pytest.raises(NotYoursError):
        flood.desk.answer(asked.id, asked.digest, Answer.APPROVED, MAYOR, "")
    with pytest.raises(AnsweredError):
        flood.desk.answer(asked.id, "0" * 64, Answer.APPROVED, replace(MAYOR, id="person:other"), "")


@pytest.mark.parametrize(("playbook", "section"), [("none", "bosai"), ("flood", "none")])
def test_what_is_not_there_cannot_be_started(flood: PlayedBusiness, playbook: str, section: str) -> None:
    with pytest.raises(StartError):
        flood.desk.start(Report(playbook, "x", section, 3, ""), CHIEF.id, "key")
    assert flood.incidents() == []


def test_a_device_that_the_catalog_no_longer_has_fails_and_the_rest_goes_on(place: Path | sa.URL) -> None:
    with PlayedBusiness(place, FLOOD.replace("rpi-toba", "rpi-gone")) as gone:
        gone.happen(FIRES)
        assert gone.statuses()["steps.2"] == "failed"
        assert gone.asked().state is ApprovalState.WAITING


def test_a_playbook_that_is_not_understood_any_more_keeps_nobody_from_being_told(flood: PlayedBusiness) -> None:
    begin(flood)
    with flood.business.database.begin() as connection:
        connection.execute(run.update().values(playbook_version="newer", playbook_text="id: flood\nsteps: [{fly: {}}]"))
    flood.happen(resolved())
    assert flood.told("bosai") == ["firing", "resolved"]
    assert flood.only().over


def test_what_goes_out_has_an_endpoint_of_its_own(flood: PlayedBusiness) -> None:
    begin(flood)
    with flood.business.database.begin() as connection:
        assert list(connection.scalars(sa.select(endpoint.c.id))) == ["bosai"]
