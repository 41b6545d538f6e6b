"""What goes wrong in one run, or happens at the same instant, keeps nobody else from being told, and loses nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from administration.approvals import SHOWN
from administration.chronicle import LineKind
from administration.deliveries import NewDelivery, add_deliveries
from administration.metrics import Metrics
from administration.office import Office
from administration.playbook import Playbook
from administration.relay import Relay
from administration.tables import run
from administration.transaction import transaction
from city.alert import AlertState
from city.run import Answer, AnsweredError, Hand, Report
from megane.database import open_database
from tests.support.alert_events import START_MS, alert_event
from tests.support.manual_clock import ManualClock
from tests.support.played_business import CHIEF, MAYOR, PlayedBusiness
from tests.support.postgresql import Postgresql

MINUTE_MS = 60_000
TOBA = "rpi-toba:water_level"
FIRES = alert_event(TOBA, severity=3)
SIGN = """\
id: sign
title: {ja: 表示, en: Sign}
steps:
  - command: {device: rpi-toba, set: {message: 通行止}, acts_alone: true, undo_on_resolve: true, undo: {message: off}}
  - approve: {role: mayor, within: 15m, question: 続けますか}
"""
WAITS = "id: waits\ntitle: {ja: 待つ, en: Waits}\nsteps: [wait: {for: 5m}]\n"
NOT_UNDERSTOOD = {"playbook_version": "newer", "playbook_text": "id: sign\nsteps: [{fly: {}}]"}


@pytest.fixture
def sign(place: Path | sa.URL) -> Iterator[PlayedBusiness]:
    with PlayedBusiness(place, SIGN) as business:
        yield business


@pytest.fixture
def several(postgresql: Postgresql, postgresql_template: str) -> Iterator[sa.URL]:
    """Where several write at once."""
    with postgresql.database(postgresql_template) as url:
        yield url


def test_a_run_that_tells_nobody_wakes_those_who_wait_all_the_same(place: Path | sa.URL) -> None:
    with PlayedBusiness(place, WAITS) as waits:
        woken: list[str] = []
        relay = Relay(
            events=waits.business.events,
            database=waits.business.database,
            database_thread=waits.business.thread,
            office=waits.business.office,
            clock=waits.clock,
            metrics=Metrics(CollectorRegistry()),
            on_deliveries=lambda: woken.append("woken"),
        )
        waits.business.events.commit(FIRES)
        assert relay.relay() == 1
        assert waits.statuses() == {"steps.0": "waiting"}
        assert woken


@pytest.mark.parametrize("answered", [False, True], ids=["at work", "asking"])
def test_what_is_due_of_a_playbook_not_understood_any_more_stops_nobody_else(
    sign: PlayedBusiness, *, answered: bool
) -> None:
    sign.happen(FIRES)
    if answered:
        sign.answer_command("rpi-toba")
    with sign.business.database.begin() as connection:
        connection.execute(run.update().values(NOT_UNDERSTOOD))
    sign.pass_until(sign.clock.now_ms() + 60 * MINUTE_MS)
    assert sign.do_due() is None  # nor is it looked at again and again
    sign.happen(alert_event(TOBA, AlertState.RESOLVED))
    assert sign.only().over


def test_an_answer_to_a_playbook_not_understood_any_more_is_refused(sign: PlayedBusiness) -> None:
    sign.happen(FIRES)
    sign.answer_command("rpi-toba")
    asked = sign.asked()
    with sign.business.database.begin() as connection:
        connection.execute(run.update().values(NOT_UNDERSTOOD))
    with pytest.raises(AnsweredError):
        sign.desk.answer(asked.id, asked.digest, Answer.APPROVED, MAYOR, "")


def test_alerts_join_a_playbook_not_understood_any_more_and_are_told(place: Path | sa.URL) -> None:
    book = SIGN.replace("steps:", "group: {by: [area], window: 30m}\nsteps:\n  - wait: {for: 1m}\n  - webhook: {}")
    with PlayedBusiness(place, book) as sign:
        sign.happen(FIRES)
        sign.pass_until(sign.clock.now_ms() + MINUTE_MS)
        with sign.business.database.begin() as connection:
            connection.execute(run.update().values(NOT_UNDERSTOOD))
        sign.happen(alert_event("rpi-hino:water_level", raised_ms=START_MS + 2 * MINUTE_MS))
        assert sign.told("bosai") == ["firing", "firing"]


def test_what_was_done_once_is_undone_though_done_again_it_failed(sign: PlayedBusiness) -> None:
    sign.happen(FIRES)
    sign.answer_command("rpi-toba")
    sign.desk.by_hand(sign.only().incident.id, Hand.REDO, CHIEF.id, "もう一度", "steps.0")
    sign.answer_command("rpi-toba", well=False)
    sign.happen(alert_event(TOBA, AlertState.RESOLVED))
    assert sign.commands("rpi-toba")[-1] == {"message": "off"}
    sign.answer_command("rpi-toba", well=False)
    assert sign.statuses()["steps.0"] == "failed"
    assert sign.only().over  # undone once, and not for ever


def test_what_a_silent_device_may_have_done_is_undone(sign: PlayedBusiness) -> None:
    sign.happen(FIRES)
    command = sign.devices.commands("rpi-toba", 1)[0].command.id
    sign.pass_until(sign.clock.now_ms() + 5 * MINUTE_MS)
    assert sign.statuses()["steps.0"] == "failed"
    sign.answer("rpi-toba", command, well=True)  # after its deadline
    sign.happen(alert_event(TOBA, AlertState.RESOLVED))
    assert sign.commands("rpi-toba")[-1] == {"message": "off"}
    sign.answer_command("rpi-toba")
    assert sign.statuses()["steps.0"] == "undone"


def test_doing_and_undoing_may_fail_at_one_moment(place: Path | sa.URL) -> None:
    with PlayedBusiness(
        place, SIGN.replace("rpi-toba", "rpi-gone").replace("steps:", "steps:\n  - webhook: {}")
    ) as gone:
        gone.happen(FIRES, alert_event(TOBA, AlertState.RESOLVED))
        assert gone.only().over
        assert gone.told("bosai") == ["firing", "attention", "resolved", "attention"]


def test_an_answer_stands_in_the_chronology_with_what_was_shown(sign: PlayedBusiness) -> None:
    sign.happen(FIRES)
    sign.answer_command("rpi-toba")
    asked = sign.asked()
    sign.desk.answer(asked.id, asked.digest, Answer.APPROVED, MAYOR, "危ない")
    (line,) = [line for line in sign.only().lines if line.kind is LineKind.APPROVED]
    assert line.fields == {
        "reason": "危ない",
        "question": "続けますか",
        "approval": asked.id,
        "digest": asked.digest,
        "alerts": "1",
    }


def test_of_many_alerts_the_worst_are_shown_and_all_are_counted(place: Path | sa.URL) -> None:
    asks = (
        "id: asks\ntitle: {ja: 問う, en: Asks}\ngroup: {by: [area]}\n"
        "steps: [approve: {role: mayor, within: 1h, question: よいか}]\n"
    )
    with PlayedBusiness(place, asks) as many:
        many.happen(*(alert_event(TOBA, raised_ms=START_MS + at, severity=2) for at in range(SHOWN + 20)))
        before = many.asked()
        assert (len(before.evidence.alerts), before.evidence.more) == (SHOWN, 20)
        many.happen(alert_event(TOBA, raised_ms=START_MS + MINUTE_MS, severity=2))
        assert many.asked().evidence.alerts == before.evidence.alerts
        with pytest.raises(AnsweredError):  # one more fires: it is another question
            many.desk.answer(before.id, before.digest, Answer.APPROVED, MAYOR, "")
        many.happen(alert_event(TOBA, raised_ms=START_MS + 2 * MINUTE_MS, severity=4))
        assert many.asked().evidence.alerts[0].severity == 4


def test_a_term_past_the_years_whose_holidays_are_known_opens_the_case_without_one(place: Path | sa.URL) -> None:
    far = "id: far\ntitle: {ja: 遠い, en: Far}\nsteps: [case: {section: bosai, title: x, due: 5bd}, webhook: {}]\n"
    clock = ManualClock(round(datetime(2101, 1, 1, tzinfo=UTC).timestamp() * 1000))
    with PlayedBusiness(place, far, clock) as business:
        business.desk.start(Report("far", "x", "bosai", 3, ""), CHIEF.id, "key")
        assert business.statuses() == {"steps.0": "done", "steps.1": "done"}


def test_two_that_start_with_one_key_at_once_start_one(several: sa.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    with PlayedBusiness(several, SIGN) as sign, ThreadPoolExecutor(2) as both:
        met = Barrier(2, timeout=60)
        remember = Office.remember

        def meets(office: Office, playbook: Playbook) -> None:
            if met.n_waiting < 2 and not met.broken:
                met.wait()  # neither has seen the other's
            remember(office, playbook)

        monkeypatch.setattr(Office, "remember", meets)
        report = Report("sign", "堤防から水", "bosai", 4, "住民から電話")
        first, second = both.map(lambda _: sign.desk.start(report, CHIEF.id, "key"), range(2))
        assert first == second == sign.only().incident.id
        assert sign.kinds() == ["reported", "commanded"]


def test_two_that_tell_a_new_endpoint_at_once_both_tell_it(several: sa.URL) -> None:
    with PlayedBusiness(several, WAITS) as waits, ThreadPoolExecutor(1) as other:
        one, two = (alert_event(TOBA, raised_ms=START_MS + at * MINUTE_MS) for at in range(2))
        waits.happen(one, two)
        runs = [found.run for row in waits.incidents() if (found := waits.shelf.incident(row.incident.id))]
        database = open_database(several)
        deliveries = [
            NewDelivery(run, "steps.0", "webhook", event.id, "bosai", event.subject)
            for run, event in zip(runs, (two, one), strict=True)
        ]
        with transaction(database) as connection:
            assert add_deliveries(connection, deliveries[:1], 0, 1) == 1
            adding = other.submit(_adds, waits.business.database, deliveries[1:])
            _until_one_waits(database)
        assert adding.result(60) == 1
        database.dispose()


def _adds(database: sa.Engine, deliveries: list[NewDelivery]) -> int:
    with transaction(database) as connection:
        return add_deliveries(connection, deliveries, 0, 1)


def _until_one_waits(database: sa.Engine) -> None:
    waiting = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(100_000):
        with database.connect() as connection:
            if connection.scalar(waiting):
                return
    raise AssertionError("nobody waits")
