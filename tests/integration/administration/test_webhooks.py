"""Webhooks to real receivers: taken, refused, delayed, cut off."""

import asyncio
import logging
import sqlite3
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path

import pytest
import sqlalchemy as sa

from administration.cloud_event import CONTENT_TYPE
from administration.deliveries import webhook_id
from administration.outcome import Reason
from administration.retry import Retry
from tests.support.alert_events import START_MS, MemoryAlertEvents, alert_event, firing_and_resolved
from tests.support.business import Business, TestCity
from tests.support.manual_clock import ManualClock
from tests.support.receiver import OK, SECRET, Answer, Behaviour, Received, Receiver

HOUR_MS = 3_600_000
SUBJECTS = [f"rpi-{i:03d}:water_level" for i in range(30)]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as opened:
        yield opened


def always(answer: Answer) -> Behaviour:
    async def behaviour(_: Received) -> Answer:
        return answer

    return behaviour


async def test_an_event_arrives_signed_once(place: Path | sa.URL, receiver: Receiver) -> None:
    async with Business(place, TestCity({"bosai": receiver.url})) as business:
        event = alert_event()
        business.commit(event)
        await receiver.until(lambda: len(receiver.taken) == 1)
        await business.until(lambda: business.endpoints.health()[0].delivered == 1)
        business.commit(event)  # told again, as after a crash between relaying and marking
        await business.until(lambda: not business.events.unrelayed(1))
        other = alert_event("rpi-other:water_level")
        business.commit(other)
        await business.until(lambda: business.endpoints.health()[0].delivered == 2)
    assert [r.id for r in receiver.requests] == [webhook_id("bosai", event.id), webhook_id("bosai", other.id)]
    assert receiver.taken[0].headers["content-type"] == CONTENT_TYPE
    assert receiver.taken[0].event["id"] == event.id
    assert receiver.taken[0].event["type"] == "jp.megane.alert.firing"
    assert (
        business.registry.get_sample_value("megane_webhooks_total", {"endpoint": "bosai", "outcome": "delivered"}) == 2
    )


async def test_events_of_a_subject_go_in_order_though_the_first_is_slow(
    place: Path | sa.URL, receiver: Receiver
) -> None:
    released = asyncio.Event()

    async def slow_first(received: Received) -> Answer:
        if received.state == "firing" and received.subject == SUBJECTS[0]:
            await released.wait()
        return OK

    receiver.behaviour = slow_first
    async with Business(place, TestCity({"bosai": receiver.url}, SUBJECTS)) as business:
        for subject in SUBJECTS:
            business.commit(*firing_and_resolved(subject))
        # Everybody else's resolved passes the first subject's firing; its own does not.
        await receiver.until(lambda: len(receiver.taken) == 2 * (len(SUBJECTS) - 1))
        assert [r.state for r in receiver.requests if r.subject == SUBJECTS[0]] == ["firing"]
        released.set()
        await receiver.until(lambda: len(receiver.taken) == 2 * len(SUBJECTS))
    told = defaultdict(list)
    for taken in receiver.taken:
        told[taken.subject].append(taken.state)
    assert set(told) == set(SUBJECTS)
    assert all(states == ["firing", "resolved"] for states in told.values())


async def test_a_hanging_and_a_dead_endpoint_hold_up_no_other(place: Path | sa.URL, receiver: Receiver) -> None:
    async def hang(_: Received) -> Answer:
        await asyncio.Event().wait()
        return OK

    async with Receiver(hang) as hanging, Receiver() as closed:
        await closed.close()
        urls = {"doboku": hanging.url, "suido": closed.url, "bosai": receiver.url}
        async with Business(place, TestCity(urls, SUBJECTS)) as business:
            for subject in SUBJECTS:
                business.commit(*firing_and_resolved(subject))
            await receiver.until(lambda: len(receiver.taken) == 2 * len(SUBJECTS))
            assert not hanging.taken
            await business.until(lambda: business.endpoints.health()[2].failures_in_a_row > 0)
            await business.until(lambda: business.endpoints.health()[0].delivered == 2 * len(SUBJECTS))
            bosai, _, suido = business.endpoints.health()
            assert (bosai.waiting, bosai.retrying, bosai.dead) == (0, 0, 0)
            assert suido.last_error is Reason.UNREACHABLE


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(404, body=b"no such hook"), Reason.REFUSED),
        (Answer(401), Reason.REFUSED),
        (Answer(302, {"location": "https://elsewhere.test/token"}), Reason.REDIRECT),
        (Answer(308, {"location": "/new"}), Reason.REDIRECT),
    ],
)
async def test_a_refusal_is_a_dead_letter_at_once_and_can_be_sent_again(
    place: Path | sa.URL, receiver: Receiver, answer: Answer, reason: Reason
) -> None:
    receiver.behaviour = always(answer)
    async with Business(place, TestCity({"bosai": receiver.url})) as business:
        firing, resolved = firing_and_resolved("rpi-toba:water_level")
        business.commit(firing, resolved)
        await business.until(lambda: business.dead_letters.counts() == {"bosai": 2})
        letters = {letter.to_state: letter for letter in business.dead_letters.list()}
        assert letters["firing"].reason is reason
        assert letters["firing"].status == answer.status
        assert letters["firing"].attempts == 1
        assert letters["firing"].answer == answer.body.decode()
        _, attempts, body = business.dead_letters.show(letters["firing"].id)
        assert len(attempts) == 1
        assert firing.id in body
        receiver.behaviour = always(OK)
        business.dead_letters.resend(letters["firing"].id)
        await receiver.until(lambda: len(receiver.taken) == 1)
        await business.until(lambda: business.dead_letters.counts() == {"bosai": 1})
        assert business.dead_letters.resend_all("bosai") == 1
        await receiver.until(lambda: len(receiver.taken) == 2)
        await business.until(lambda: business.dead_letters.counts() == {})
    assert [taken.id for taken in receiver.taken] == [letters["firing"].id, letters["resolved"].id]


async def test_gone_disables_the_endpoint_and_loses_nothing(place: Path | sa.URL, receiver: Receiver) -> None:
    receiver.behaviour = always(Answer(410))
    async with Business(place, TestCity({"bosai": receiver.url}, SUBJECTS)) as business:
        business.commit(alert_event(SUBJECTS[0]))
        await business.until(lambda: [e.disabled_ms is not None for e in business.endpoints.health()] == [True])
        asked = len(receiver.requests)
        for subject in SUBJECTS[1:]:
            business.commit(alert_event(subject))
        await business.until(lambda: not business.events.unrelayed(1))
        health = business.endpoints.health()[0]
        assert (health.waiting, health.retrying, health.dead) == (len(SUBJECTS) - 1, 1, 0)
        assert len(receiver.requests) == asked
        receiver.behaviour = always(OK)
        business.endpoints.enable("bosai")
        await receiver.until(lambda: len(receiver.taken) == len(SUBJECTS))
    assert {r.subject for r in receiver.taken} == set(SUBJECTS)


@pytest.mark.parametrize(
    "answer", [Answer(500), Answer(503), Answer(408), Answer(429), Answer(reset=True)], ids=lambda a: str(a.status)
)
async def test_what_may_pass_is_tried_again_under_the_same_id(
    place: Path | sa.URL, receiver: Receiver, answer: Answer
) -> None:
    async def third_time(received: Received) -> Answer:
        return OK if len(receiver.requests) == 3 else answer

    receiver.behaviour = third_time
    clock = ManualClock(START_MS)
    async with Business(place, TestCity({"bosai": receiver.url}), clock=clock) as business:
        business.commit(alert_event())
        for requests in (1, 2, 3):
            await receiver.until(lambda requests=requests: len(receiver.requests) == requests)  # type: ignore[misc]
            if requests < 3:
                clock.advance_to(await clock.somebody_sleeps())
        await business.until(lambda: business.endpoints.health()[0].delivered == 1)
    assert len({r.id for r in receiver.requests}) == 1
    assert len(receiver.taken) == 1


@pytest.mark.parametrize("written", ["seconds", "date"])
async def test_retry_after_is_honoured_for_the_whole_endpoint(
    place: Path | sa.URL, receiver: Receiver, written: str
) -> None:
    wait = formatdate(time.time() + 120, usegmt=True) if written == "date" else "120"
    receiver.behaviour = always(Answer(429, {"retry-after": wait}))
    clock = ManualClock(START_MS)
    async with Business(place, TestCity({"bosai": receiver.url}, SUBJECTS), clock=clock) as business:
        business.commit(alert_event(SUBJECTS[0]))
        wake_ms = await clock.somebody_sleeps()
        assert 118_000 <= wake_ms - START_MS <= 120_000
        business.commit(alert_event(SUBJECTS[1]))
        await business.until(lambda: business.endpoints.health()[0].waiting == 1)
        receiver.behaviour = always(OK)
        clock.advance_to(wake_ms)
        await receiver.until(lambda: len(receiver.taken) == 2)
    assert len(receiver.requests) == 3  # the second subject's did not go out before


@pytest.mark.parametrize("written", ["Mon, 1 Jan 99999999999999999999 00:00:00 GMT", "9" * 5_000, "soon", ", ,"])
async def test_rubbish_in_retry_after_says_nothing(place: Path | sa.URL, receiver: Receiver, written: str) -> None:
    receiver.behaviour = always(Answer(503, {"retry-after": written}))
    clock = ManualClock(START_MS)
    async with Business(place, TestCity({"bosai": receiver.url}, SUBJECTS), clock=clock) as business:
        business.commit(alert_event(SUBJECTS[0]))
        assert await clock.somebody_sleeps() - START_MS <= 1_000
        receiver.behaviour = always(OK)
        clock.advance_to(START_MS + 1_000)
        await receiver.until(lambda: len(receiver.taken) == 1)


async def test_seventy_two_hours_in_vain_end_as_a_dead_letter(place: Path | sa.URL, receiver: Receiver) -> None:
    receiver.behaviour = always(Answer(503, body=b"x" * 5000 + b"whsec_abc"))
    clock = ManualClock(START_MS)
    hourly = Retry(longest_ms=HOUR_MS)  # by itself it is ten minutes, which would be a thousand attempts here
    city = TestCity({"bosai": receiver.url})
    async with Business(place, city, clock=clock, retry=hourly) as business:
        business.commit(*firing_and_resolved("rpi-toba:water_level"))
        await clock.pass_until(business.until(lambda: business.dead_letters.counts() == {"bosai": 2}))
        letters = business.dead_letters.list()
        firing = next(letter for letter in letters if letter.to_state == "firing")
        resolved = next(letter for letter in letters if letter.to_state == "resolved")
        _, attempts, _ = business.dead_letters.show(firing.id)
    assert firing.died_ms - firing.created_ms == 72 * HOUR_MS
    assert firing.attempts > 72  # at least one in each hour
    assert len(attempts) == 20
    assert attempts[-1].number == firing.attempts
    assert all(len(a.answer.encode()) <= 1024 and "whsec" not in a.answer for a in attempts)
    assert resolved.attempts >= 1  # it waited behind the other to the end, and was tried then
    assert len({r.id for r in receiver.requests}) == 2


async def test_an_endpoint_that_returns_gets_at_once_what_waited(place: Path | sa.URL, receiver: Receiver) -> None:
    receiver.behaviour = always(Answer(500))
    clock = ManualClock(START_MS)
    async with Business(place, TestCity({"bosai": receiver.url}, SUBJECTS), clock=clock) as business:
        business.commit(*(alert_event(subject) for subject in SUBJECTS))
        await clock.pass_until(receiver.until(lambda: len(receiver.requests) >= 300))
        receiver.behaviour = always(OK)
        back_ms = clock.now_ms()
        await clock.pass_until(receiver.until(lambda: len(receiver.taken) == 1))
        taken_ms = clock.now_ms()
        await clock.pass_until(receiver.until(lambda: len(receiver.taken) == len(SUBJECTS)))
        assert taken_ms - back_ms <= 600_000
        assert clock.now_ms() == taken_ms  # no other waited for its own time


async def test_a_secret_being_changed_signs_beside_the_new_one(place: Path | sa.URL) -> None:
    new = "whsec_" + "bmV3LXNlY3JldC1vZi1hdC1sZWFzdC0yNC1ieXRlcw=="
    async with Receiver(secret=SECRET) as old_one, Receiver(secret=new) as new_one:
        city = TestCity({"bosai": old_one.url, "doboku": new_one.url}, secrets=(new, SECRET))
        async with Business(place, city) as business:
            business.commit(alert_event())
            await old_one.until(lambda: len(old_one.taken) == 1)
            await new_one.until(lambda: len(new_one.taken) == 1)
    assert len(new_one.taken[0].headers["webhook-signature"].split(" ")) == 2


async def test_stopped_in_the_middle_nothing_is_lost(place: Path | sa.URL, receiver: Receiver) -> None:
    events = MemoryAlertEvents(event for subject in SUBJECTS for event in firing_and_resolved(subject))
    city = TestCity({"bosai": receiver.url}, SUBJECTS)
    for part in (10, 25, 2 * len(SUBJECTS)):
        async with Business(place, city, events):
            await receiver.until(lambda part=part: len({r.id for r in receiver.taken}) >= part)  # type: ignore[misc]
    first_taken: dict[str, list[str]] = defaultdict(list)
    for taken in receiver.taken:
        if taken.state not in first_taken[taken.subject]:
            first_taken[taken.subject].append(taken.state)
    assert first_taken == {subject: ["firing", "resolved"] for subject in SUBJECTS}


async def test_an_url_and_its_key_stand_in_no_row_and_no_log(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("", "httpx", "httpcore"):  # a command that ran before in this process may have quietened the latter
        caplog.set_level(logging.DEBUG, name)
    receiver.behaviour = always(Answer(reset=True))
    async with Business(tmp_path / "city.db", TestCity({"bosai": receiver.url})) as business:
        business.commit(alert_event())
        await business.until(lambda: [bool(e.failures_in_a_row) for e in business.endpoints.health()] == [True])
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())  # noqa: ASYNC240 - nothing else runs any more
    assert b"unreachable" in kept
    assert b"not-to-be-seen" not in kept
    assert caplog.records
    assert "not-to-be-seen" not in caplog.text


async def test_a_database_that_is_away_delays_and_loses_nothing(tmp_path: Path, receiver: Receiver) -> None:
    clock = ManualClock(START_MS)
    city = TestCity({"bosai": receiver.url}, SUBJECTS)
    away = "megane_administration_database_waits_total"
    async with Business(tmp_path / "city.db", city, clock=clock, busy_ms=1) as business:
        business.commit(alert_event(SUBJECTS[0]))
        await business.until(lambda: [e.delivered for e in business.endpoints.health()] == [1])
        other = sqlite3.connect(tmp_path / "city.db", isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            business.commit(*(alert_event(subject) for subject in SUBJECTS[1:]))
            await clock.somebody_sleeps()
            assert (business.registry.get_sample_value(away) or 0) >= 1
            other.execute("ROLLBACK")
        finally:
            other.close()
        await clock.pass_until(receiver.until(lambda: len(receiver.taken) == len(SUBJECTS)))
    assert len({taken.id for taken in receiver.taken}) == len(SUBJECTS)


async def test_who_was_told_that_it_fires_is_told_that_it_is_over(place: Path | sa.URL, receiver: Receiver) -> None:
    firing, resolved = firing_and_resolved("rpi-toba:water_level")
    city = TestCity({"bosai": receiver.url})
    async with Business(place, city) as business:
        business.commit(firing)
        await business.until(lambda: [e.delivered for e in business.endpoints.health()] == [1])
    async with Receiver() as newcomer:  # the rule is gone, and another department subscribes meanwhile
        changed = TestCity({"bosai": receiver.url, "doboku": newcomer.url}, rules={})
        async with Business(place, changed) as business:
            business.commit(resolved)
            await business.until(lambda: [e.delivered for e in business.endpoints.health()] == [2])
        assert not newcomer.requests
    assert [taken.state for taken in receiver.taken] == ["firing", "resolved"]


async def test_an_endpoint_without_an_address_is_counted_and_gets_nothing(
    place: Path | sa.URL, receiver: Receiver
) -> None:
    async with Business(place, TestCity({"bosai": receiver.url, "doboku": None})) as business:
        business.commit(alert_event())
        await business.until(lambda: [(e.id, e.delivered) for e in business.endpoints.health()] == [("bosai", 1)])
    assert business.registry.get_sample_value("megane_webhooks_unaddressed_total", {"endpoint": "doboku"}) == 1
