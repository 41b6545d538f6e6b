"""What the source hears and says beyond the city's own topics."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from city.wire.mqtt import Connack, Connect, Disconnect, Puback, Publish, Suback, Subscribe, Unsuback, Unsubscribe
from ingest.inbox import Inbox
from ingest.sources.mqtt import Broker, MqttSource
from ingest.sources.sparkplug_host import SparkplugHost
from ingest.sources.subscriptions import Beyond
from megane.clocks import SystemClock
from megane.subscriptions import beyond
from tests.support.other_devices import OTHERS, catalog
from tests.support.scripted_broker import Conversation, ScriptedBroker

BEYOND = Beyond(("farm/12", "tele/#"), ("tele/a/SENSOR", "farm/12", "old/#"), SparkplugHost("sabae"))


@pytest.fixture(autouse=True)
def no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.mqtt.BACKOFF_FIRST_S", 0.001)
    monkeypatch.setattr("ingest.sources.mqtt.FAREWELL_TIMEOUT_S", 0.05)


@pytest.fixture
async def broker() -> AsyncIterator[ScriptedBroker]:
    async with ScriptedBroker() as scripted:
        yield scripted


@pytest.fixture
async def source(broker: ScriptedBroker) -> AsyncIterator[MqttSource]:
    address = Broker("127.0.0.1", broker.port, "city")
    running = MqttSource(address, "r", SystemClock(), random.Random(1), beyond=BEYOND)
    task = asyncio.create_task(running.run(Inbox()))
    yield running
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def greeted(broker: ScriptedBroker, *codes: int) -> tuple[Conversation, Connect, Subscribe, Unsubscribe]:
    talk = await broker.conversation()
    connect = await talk.expect(Connect)
    await talk.say(Connack(session_present=False, code=0))
    subscribe, unsubscribe = await talk.expect(Subscribe), await talk.expect(Unsubscribe)
    await talk.say(Suback(subscribe.packet_id, codes), Unsuback(unsubscribe.packet_id))
    return talk, connect, subscribe, unsubscribe


async def test_it_subscribes_to_what_is_wanted_before_it_gives_up_what_once_was(
    broker: ScriptedBroker, source: MqttSource
) -> None:
    _, _, subscribe, unsubscribe = await greeted(broker, 1, 1, 1)
    assert subscribe.filters == (("r/#", 1), ("farm/12", 1), ("tele/#", 1))
    assert unsubscribe.filters == ("old/#", "tele/a/SENSOR")


async def test_what_the_broker_refuses_beyond_the_root_is_told_and_stops_nothing(
    broker: ScriptedBroker, source: MqttSource
) -> None:
    talk, *_ = await greeted(broker, 1, 128, 1)
    await talk.expect(Publish)
    assert (source.connected, source.refused) == (True, ["farm/12"])


@pytest.mark.parametrize("codes", [(128, 1, 1), (1, 1), (0, 1, 1)])
async def test_a_broker_that_refuses_the_root_is_none(
    broker: ScriptedBroker, source: MqttSource, codes: tuple[int, ...]
) -> None:
    await greeted(broker, *codes)
    await broker.conversation()  # it tries again
    assert (source.connected, source.problem) == (False, "refused the subscription to r/#")


async def test_a_host_is_there_from_the_subscription_to_its_last_word(
    broker: ScriptedBroker, source: MqttSource
) -> None:
    talk, connect, *_ = await greeted(broker, 1, 1, 1)
    birth = await talk.expect(Publish)
    assert connect.will is not None
    assert (connect.will.topic, connect.will.qos, connect.will.retain) == ("spBv1.0/STATE/sabae", 1, True)
    assert (birth.topic, birth.qos, birth.retain) == ("spBv1.0/STATE/sabae", 1, True)
    will, said = json.loads(connect.will.payload), json.loads(birth.payload)
    assert (will["online"], said) == (False, {"online": True, "timestamp": will["timestamp"]})
    await talk.say(Puback(birth.packet_id))

    source.hear_host("spBv1.0/STATE/other", connect.will.payload)
    source.hear_host("spBv1.0/STATE/sabae", b"rubbish")
    source.hear_host("spBv1.0/STATE/sabae", birth.payload)
    source.hear_host("spBv1.0/STATE/sabae", connect.will.payload)
    assert (await talk.expect(Publish)).payload == birth.payload


async def test_it_says_that_it_leaves_before_it_does(broker: ScriptedBroker) -> None:
    running = MqttSource(Broker("127.0.0.1", broker.port, "city"), "r", SystemClock(), random.Random(1), beyond=BEYOND)
    task = asyncio.create_task(running.run(Inbox()))
    talk, *_ = await greeted(broker, 1, 1, 1)
    await talk.expect(Publish)
    task.cancel()
    death = await talk.expect(Publish)
    assert (json.loads(death.payload)["online"], death.retain) == (False, True)
    await talk.expect(Disconnect)
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_command_to_a_node_is_sent_once(broker: ScriptedBroker, source: MqttSource) -> None:
    await source.publish_once("early", b"")  # nobody is there to take it
    talk, *_ = await greeted(broker, 1, 1, 1)
    await talk.expect(Publish)
    await source.publish_once("spBv1.0/G/NCMD/N", b"x")
    sent = await talk.expect(Publish)
    assert (sent.topic, sent.payload, sent.qos, sent.retain) == ("spBv1.0/G/NCMD/N", b"x", 0, False)


def test_every_filter_that_was_ever_asked_for_is_known_until_it_is_wanted_again(tmp_path: Path) -> None:
    file = tmp_path / "subscriptions.json"
    first = beyond(catalog(), file)
    assert (first.past, first.host) == ([], None)
    assert "tele/tasmota_4A3D/SENSOR" in first.filters

    listening = OTHERS + "listening: {families: [tasmota], sparkplug_host: sabae}\n"
    second = beyond(catalog(listening), file)
    assert "tele/#" in second.filters
    assert {"tele/tasmota_4A3D/SENSOR", "tele/tasmota_4A3D/LWT"} <= set(second.past)
    assert not set(second.past) & set(second.filters)
    assert second.host == SparkplugHost("sabae")

    third = beyond(catalog(), file)
    assert "tele/#" in third.past
    assert third.filters == first.filters


@pytest.mark.parametrize("text", ["", "{", "{}", "[1, null]"])
def test_a_file_that_was_damaged_knows_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "subscriptions.json"
    file.write_text(text)
    assert beyond(catalog(), file).past == []
