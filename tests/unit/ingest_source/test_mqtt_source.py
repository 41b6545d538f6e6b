"""The source against a broker that does just what a test says."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable

import pytest

from city.delivery import Delivery
from city.wire.mqtt import Connack, Connect, Disconnect, Pingreq, Puback, Publish, Subscribe
from ingest.inbox import Inbox
from ingest.sources.mqtt import UNCONFIRMED, Broker, MqttSource
from megane.clocks import SystemClock
from tests.support.scripted_broker import Conversation, ScriptedBroker


@pytest.fixture(autouse=True)
def no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.mqtt.BACKOFF_FIRST_S", 0.001)
    monkeypatch.setattr("ingest.sources.mqtt.FAREWELL_TIMEOUT_S", 0.05)


@pytest.fixture
async def broker() -> AsyncIterator[ScriptedBroker]:
    async with ScriptedBroker() as scripted:
        yield scripted


@pytest.fixture
def source(broker: ScriptedBroker) -> MqttSource:
    return MqttSource(Broker("127.0.0.1", broker.port, "city", "user", "secret"), "r", SystemClock(), random.Random(1))


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
async def running(source: MqttSource, inbox: Inbox) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(source.run(inbox))
    yield task
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.fixture
async def talk(broker: ScriptedBroker, running: asyncio.Task[None], source: MqttSource) -> Conversation:
    conversation = await broker.conversation()
    await conversation.welcome()
    await until(lambda: source.connected)
    return conversation


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 of properties there are no events
            await asyncio.sleep(0)


async def test_it_asks_for_a_session_that_lasts_and_for_everything_below_the_root(
    broker: ScriptedBroker, running: asyncio.Task[None]
) -> None:
    talk = await broker.conversation()
    connect = await talk.expect(Connect)
    assert (connect.client_id, connect.clean_session) == ("city", False)
    assert (connect.username, connect.password) == ("user", "secret")
    await talk.say(Connack(session_present=False, code=0))
    assert (await talk.expect(Subscribe)).filters == (("r/#", 1),)


async def test_nothing_is_acknowledged_before_ack_and_then_in_order_of_receipt(
    talk: Conversation, inbox: Inbox, source: MqttSource
) -> None:
    for packet_id in (11, 12, 13):
        await talk.publish(packet_id)
    first, second, third = [await one(inbox) for _ in range(3)]
    third.ack()
    second.ack()
    await source.publish("r/z/d/receipt", b"still alive")
    await talk.expect(Publish)  # no PUBACK came before it
    first.ack()
    assert [(await talk.expect(Puback)).packet_id for _ in range(3)] == [11, 12, 13]


async def one(inbox: Inbox) -> Delivery:
    (delivery,) = await inbox.take(1)
    return delivery


async def test_an_acknowledgement_of_an_earlier_connection_is_void(
    broker: ScriptedBroker, talk: Conversation, inbox: Inbox
) -> None:
    await talk.publish(7)
    old = await one(inbox)
    talk.hang_up()
    again = await broker.conversation()
    await again.welcome(session_present=True)
    await again.publish(8)
    new = await one(inbox)
    old.ack()
    new.ack()
    assert (await again.expect(Puback)).packet_id == 8


async def test_messages_that_come_before_the_subscription_is_confirmed_are_taken(
    broker: ScriptedBroker, running: asyncio.Task[None], inbox: Inbox
) -> None:
    talk = await broker.conversation()
    await talk.expect(Connect)
    await talk.say(Connack(session_present=True, code=0), Publish("r/z/d/up", b"queued", 1, 5))
    assert (await one(inbox)).payload == b"queued"


async def test_on_cancellation_it_sends_the_acknowledgements_given_and_leaves(
    talk: Conversation, inbox: Inbox, running: asyncio.Task[None]
) -> None:
    await talk.publish(1)
    await talk.publish(2)
    (await one(inbox)).ack()
    running.cancel()
    assert (await talk.expect(Puback)).packet_id == 1
    await talk.expect(Disconnect)
    talk.hang_up()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_after_stop_taking_nothing_comes_in_but_acknowledgements_and_receipts_go_out(
    talk: Conversation, inbox: Inbox, source: MqttSource
) -> None:
    await talk.publish(1)
    delivery = await one(inbox)
    source.stop_taking()
    await talk.publish(2)
    for i in range(UNCONFIRMED + 1):  # more than may be out: confirmations must still be read
        await source.publish("r/z/d/receipt", b"%d" % i)
        await talk.say(Puback((await talk.expect(Publish)).packet_id))
    delivery.ack()
    assert (await talk.expect(Puback)).packet_id == 1
    assert len(inbox) == 0


async def test_publishes_wait_while_too_many_are_unconfirmed(talk: Conversation, source: MqttSource) -> None:
    for _ in range(UNCONFIRMED):
        await source.publish("r/z/d/receipt", b"")
    waiting = asyncio.create_task(source.publish("r/z/d/receipt", b"last"))
    sent = [await talk.expect(Publish) for _ in range(UNCONFIRMED)]
    assert not waiting.done()
    assert len({p.packet_id for p in sent}) == UNCONFIRMED
    await talk.say(Puback(sent[0].packet_id))
    await waiting
    assert (await talk.expect(Publish)).payload == b"last"


async def test_what_was_not_confirmed_is_sent_again_in_the_same_session_and_forgotten_in_another(
    broker: ScriptedBroker, talk: Conversation, source: MqttSource
) -> None:
    await source.publish("r/z/d/receipt", b"one")
    sent = await talk.expect(Publish)
    talk.hang_up()
    again = await broker.conversation()
    await again.welcome(session_present=True)
    repeated = await again.expect(Publish)
    assert (repeated.packet_id, repeated.payload, repeated.dup) == (sent.packet_id, b"one", True)
    again.hang_up()
    fresh = await broker.conversation()
    await fresh.welcome(session_present=False)
    await until(lambda: source.connected)
    await source.publish("r/z/d/receipt", b"two")
    assert (await fresh.expect(Publish)).payload == b"two"


async def test_without_a_connection_publishes_are_dropped(source: MqttSource) -> None:
    assert not source.connected
    await source.publish("r/z/d/receipt", b"")


async def test_a_publisher_that_waits_is_let_go_when_the_connection_is_lost(
    talk: Conversation, source: MqttSource
) -> None:
    for _ in range(UNCONFIRMED):
        await source.publish("r/z/d/receipt", b"")
    waiting = asyncio.create_task(source.publish("r/z/d/receipt", b"last"))
    talk.hang_up()
    async with asyncio.timeout(30):
        await waiting


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (b"\x20\x02\x00\x05", "code 5"),
        (b"\xff\xff\xff\xff\xff", "remaining length"),
        (b"\x20\x02\x00\x00\x90\x03\x00\x01\x80", "refused the subscription"),
    ],
)
async def test_a_broker_that_refuses_is_tried_again(
    broker: ScriptedBroker, running: asyncio.Task[None], source: MqttSource, said: bytes, problem: str
) -> None:
    talk = await broker.conversation()
    await talk.expect(Connect)
    await talk.say_bytes(said)
    again = await broker.conversation()
    assert source.problem is not None
    assert problem in source.problem
    await again.welcome()


async def test_a_half_open_connection_is_noticed(
    broker: ScriptedBroker, running: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sources.mqtt.PING_EVERY_S", 0.05)
    talk = await broker.conversation()
    talk.answers_pings = False
    await talk.welcome()
    await talk.expect(Pingreq)
    await (await broker.conversation()).welcome()


async def test_it_stops_reading_while_the_inbox_is_full(broker: ScriptedBroker, source: MqttSource) -> None:
    inbox = Inbox(limit_messages=10)
    running = asyncio.create_task(source.run(inbox))
    talk = await broker.conversation()
    await talk.welcome()
    payload = bytes(100_000)
    total = 500  # 50 MB: more than the buffers of two sockets
    publishing = asyncio.create_task(talk.say(*(Publish("r/z/d/up", payload, 1, i + 1) for i in range(total))))
    await until(lambda: inbox.full)
    taken = 0
    while taken < total:
        assert len(inbox) <= 20
        taken += len(await inbox.take(5))
    await publishing
    running.cancel()
    talk.hang_up()
    await asyncio.wait([running])


async def test_a_connection_that_nobody_takes_is_tried_again(source: MqttSource, broker: ScriptedBroker) -> None:
    broker.close()
    running = asyncio.create_task(source.run(Inbox()))
    await until(lambda: source.problem != "not connected yet")
    assert not source.connected
    running.cancel()
    await asyncio.wait([running])
