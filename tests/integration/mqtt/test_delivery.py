"""What the way from device to city promises, through a real Mosquitto."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from city.delivery import Delivery
from city.wire.receipt import SeqRanges, decode_receipt
from city.wire.senml import Form, Measurement, Pack, decode_pack, encode_pack
from ingest.inbox import Inbox
from ingest.sources.mqtt import Broker, MqttSource
from megane.clocks import SystemClock
from megane.mosquitto import DeviceListener, Mosquitto, render_config
from tests.support.mqtt_client import MqttClient

UP = "megane/sabae/rpi-1/up"
RECEIPT = "megane/sabae/rpi-1/receipt"
DEADLINE_S = 60.0
QUEUED = 500


@contextlib.asynccontextmanager
async def city(mosquitto: Mosquitto, inbox: Inbox) -> AsyncIterator[MqttSource]:
    """An ingester's source, while the block lasts."""
    source = MqttSource(Broker("127.0.0.1", mosquitto.port, "ingester"), "megane", SystemClock(), random.Random(1))
    running = asyncio.create_task(source.run(inbox), name="source")
    try:
        await until(lambda: source.connected)
        yield source
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():  # noqa: ASYNC110 of properties there are no events
            await asyncio.sleep(0.001)


async def take(inbox: Inbox, count: int) -> list[Delivery]:
    """That many deliveries, acknowledged."""
    taken: list[Delivery] = []
    async with asyncio.timeout(DEADLINE_S):
        while len(taken) < count:
            for delivery in await inbox.take(count - len(taken)):
                delivery.ack()
                taken.append(delivery)
    return taken


def numbered(seqs: range) -> list[tuple[str, bytes]]:
    return [(UP, b"%d" % seq) for seq in seqs]


@pytest.fixture
async def short_queue(
    tmp_path: Path, free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Mosquitto]:
    """A broker that holds no more than `QUEUED` messages for a client that is away."""

    def render(folder: Path, bind: str, port: int, users: Path | None, devices: DeviceListener | None) -> str:
        text = render_config(folder, bind, port, users, devices)
        assert "max_queued_messages 1000000\n" in text
        return text.replace("max_queued_messages 1000000\n", f"max_queued_messages {QUEUED}\n")

    monkeypatch.setattr("megane.mosquitto.render_config", render)
    mosquitto = Mosquitto(tmp_path / "broker", "127.0.0.1", free_port())
    await mosquitto.start()
    yield mosquitto
    await mosquitto.stop()


async def test_what_was_acknowledged_while_the_city_was_away_arrives_up_to_the_limit(short_queue: Mosquitto) -> None:
    async with city(short_queue, Inbox()):
        pass  # from here on there is a session to queue for
    device = await MqttClient.open(short_queue.port, "device")
    assert await device.publish(numbered(range(QUEUED))) == QUEUED
    inbox = Inbox()
    async with city(short_queue, inbox):
        assert [d.payload for d in await take(inbox, QUEUED)] == [p for _, p in numbered(range(QUEUED))]
    await device.close()


async def test_a_broker_that_is_stopped_and_started_keeps_what_it_acknowledged(broker: Mosquitto) -> None:
    async with city(broker, Inbox()):
        pass
    device = await MqttClient.open(broker.port, "device")
    await device.publish(numbered(range(1000)))
    await device.close()
    await broker.stop()
    await broker.start()
    inbox = Inbox()
    async with city(broker, inbox):
        assert [d.payload for d in await take(inbox, 1000)] == [p for _, p in numbered(range(1000))]


async def test_beyond_the_limit_what_has_no_receipt_is_sent_again_and_arrives(short_queue: Mosquitto) -> None:
    """The broker drops acknowledged messages then, as its documentation says; the spool and receipts make it good."""
    total = 4 * QUEUED
    async with city(short_queue, Inbox()):
        pass
    device = await MqttClient.open(short_queue.port, "device", RECEIPT)
    spool = {seq: pack(seq) for seq in range(total)}
    assert await device.publish((UP, payload) for payload in spool.values()) == total  # each was acknowledged

    inbox, settled = Inbox(), SeqRanges()
    async with city(short_queue, inbox) as source:
        settling = asyncio.create_task(settle(inbox, source, settled), name="settling")
        while total not in settled:  # one more, which comes behind all that the broker still has
            await device.publish([(UP, pack(total))])
        assert len(settled) < total // 2  # the rest was lost, although acknowledged
        await drop_settled(device, spool, total)
        while spool:
            again = list(spool.items())[: QUEUED // 2]  # never more than the broker holds
            await device.publish((UP, payload) for _, payload in again)
            await drop_settled(device, spool, again[-1][0])
        settling.cancel()
    assert list(settled) == [(0, total)]
    await device.close()


def pack(seq: int) -> bytes:
    return encode_pack(Pack([Measurement("level", "m", 1_719_187_200_000 + seq, 1.0)], seq=seq, boot="b"), Form.CBOR)


async def settle(inbox: Inbox, source: MqttSource, settled: SeqRanges) -> None:
    """The least of a pipeline: takes, counts as written, acknowledges, and sends the receipt."""
    while True:
        news = SeqRanges()
        for delivery in await inbox.take(100):
            if delivery.topic == UP:
                seq = decode_pack(delivery.payload, delivery.arrived_ms).seq
                assert seq is not None
                news.add(seq)
                settled.add(seq)
            delivery.ack()
        if news:
            await source.publish(RECEIPT, news.receipt("b").encode())


async def drop_settled(device: MqttClient, spool: dict[int, bytes], last: int) -> None:
    """Takes receipts in, and with them messages out of the spool, until `last` has its own."""
    while True:
        receipt = decode_receipt((await device.received.get()).payload)
        for seq in [seq for seq in spool if receipt.covers(seq)]:
            del spool[seq]
        if receipt.covers(last):
            return


async def test_what_was_not_acknowledged_comes_again(broker: Mosquitto) -> None:
    inbox = Inbox()
    async with city(broker, inbox):
        device = await MqttClient.open(broker.port, "device")
        await device.publish(numbered(range(10)))
        taken: list[Delivery] = []
        while len(taken) < 10:
            taken += await inbox.take(10)
        for delivery in taken[:4]:
            delivery.ack()
        taken[7].ack()  # out of order: it waits for those before it, which never come
    again = Inbox()
    async with city(broker, again):
        assert [d.payload for d in await take(again, 6)] == [b"%d" % seq for seq in range(4, 10)]
    async with city(broker, again):
        await device.publish([(UP, b"last")])
        assert [d.payload for d in await take(again, 1)] == [b"last"]  # nothing comes a third time
    await device.close()


async def test_ten_megabytes_arrive_whole(broker: Mosquitto) -> None:
    payload = os.urandom(10 * 2**20)
    inbox = Inbox()
    async with city(broker, inbox):
        device = await MqttClient.open(broker.port, "device")
        await device.publish([(UP, payload), (UP, b"after")])
        large, after = await take(inbox, 2)
        assert large.payload == payload
        assert after.payload == b"after"
        await device.close()


async def test_the_source_comes_back_to_a_broker_that_was_killed(supervised: Mosquitto) -> None:
    inbox = Inbox()
    async with city(supervised, inbox) as source:
        pid = supervised.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not source.connected)
        await until(lambda: source.connected)
        device = await MqttClient.open(supervised.port, "device")
        await device.publish(numbered(range(100)))
        assert len(await take(inbox, 100)) == 100
        await device.close()


async def test_many_messages_come_once_each_and_in_order(broker: Mosquitto) -> None:
    inbox = Inbox()
    total = 20_000
    async with city(broker, inbox):
        device = await MqttClient.open(broker.port, "device")
        publishing = asyncio.create_task(device.publish(numbered(range(total))))
        assert [d.payload for d in await take(inbox, total)] == [p for _, p in numbered(range(total))]
        await publishing
        await device.close()
