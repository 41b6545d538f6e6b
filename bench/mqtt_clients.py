"""What receiving costs, QoS 1 through Mosquitto, every acknowledgement given by hand:
`python -m bench.mqtt_clients [--messages N] [--runs N] [--rate N] [--json]`.

Each client keeps what comes for 5 ms, as a batch on its way to disk would, and then acknowledges all of it. Subscriber,
broker and load generator share the machine's cores; each client's turn comes in every run. With --rate the load comes
evenly, which shows the CPU a message costs when nothing is at its limit.
"""

import argparse
import asyncio
import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from ingest.inbox import Inbox
from ingest.sources.mqtt import READ_EVERY_S, Broker, MqttSource
from megane.clocks import SystemClock
from megane.mosquitto import Mosquitto

GATHER_S = 0.005
PATIENCE_S = 120.0


class Received(msgspec.Struct, frozen=True):
    """One client's run: messages a second from the first to the last, CPU of its process a message."""

    messages_per_s: float
    cpu_us: float


class Count:
    """Counts what came, and stops the clocks with the last."""

    def __init__(self, messages: int) -> None:
        self._left = self._messages = messages
        self._began = (0.0, 0.0)

    def came(self, count: int) -> bool:
        """Whether that was the last."""
        if self._left == self._messages:
            self._began = (time.perf_counter(), time.process_time())
        self._left -= count
        return self._left <= 0

    def received(self) -> Received:
        wall_s, cpu_s = time.perf_counter() - self._began[0], time.process_time() - self._began[1]
        return Received(self._messages / wall_s, cpu_s / self._messages * 1e6)


def say_ready() -> None:
    print("ready", flush=True)


async def own(port: int, messages: int, read_every_s: float) -> Received:
    """`ingest/sources/mqtt.py` and its inbox, as the city runs them."""
    broker, rng = Broker("127.0.0.1", port, "bench-own"), random.Random(1)  # noqa: S311 no secret hangs on it
    source = MqttSource(broker, "megane", SystemClock(), rng, read_every_s)
    inbox, count = Inbox(), Count(messages)
    running = asyncio.create_task(source.run(inbox), name="source")
    while not source.connected:  # noqa: ASYNC110 a property, not an event
        await asyncio.sleep(0.01)
    say_ready()
    done = False
    while not done:
        batch = await inbox.take(100_000)
        await asyncio.sleep(GATHER_S)
        done = count.came(len(batch))
        for delivery in batch:
            delivery.ack()
    received = count.received()
    running.cancel()
    await asyncio.wait([running])
    return received


def paho_mqtt(port: int, messages: int) -> Received:
    """paho-mqtt 2 with `manual_ack`, its loop run by hand, which is cheaper than its thread."""
    gathered: list[paho.MQTTMessage] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench-paho", clean_session=False, manual_ack=True)
    client.on_message = lambda _client, _data, message: gathered.append(message)
    client.on_subscribe = lambda *_: say_ready()
    client.connect("127.0.0.1", port)
    client.subscribe("megane/#", qos=1)
    count, done, due_s = Count(messages), False, time.perf_counter()
    while not done:
        client.loop(GATHER_S)
        if gathered and time.perf_counter() >= due_s:
            done = count.came(len(gathered))
            for message in gathered:
                client.ack(message.mid, message.qos)
            gathered.clear()
            due_s = time.perf_counter() + GATHER_S
    received = count.received()
    client.disconnect()
    return received


async def gmqtt_(port: int, messages: int) -> Received:
    """gmqtt, which acknowledges when the message's callback ends: each waits for its batch."""
    import gmqtt  # noqa: PLC0415  not among our requirements: its wheel brings a package `tests` that hides ours

    gate = asyncio.get_running_loop().create_future()
    gathered = 0

    async def on_message(*_: object) -> int:
        nonlocal gathered
        gathered += 1
        await asyncio.shield(gate)
        return 0

    client = gmqtt.Client("bench-gmqtt", clean_session=False, optimistic_acknowledgement=False)
    client.on_message = on_message
    client.on_subscribe = lambda *_: say_ready()
    await client.connect("127.0.0.1", port, version=gmqtt.constants.MQTTv311)
    client.subscribe("megane/#", qos=1)
    count, done = Count(messages), False
    while not done:
        await asyncio.sleep(GATHER_S)
        if gathered:
            done = count.came(gathered)
            gathered = 0
            gate.set_result(None)
            gate = asyncio.get_running_loop().create_future()
    received = count.received()
    await asyncio.sleep(GATHER_S)  # the callbacks end, and their acknowledgements go out
    await client.disconnect()
    return received


CLIENTS: dict[str, Callable[[int, int], Received]] = {
    "own protocol": lambda port, messages: asyncio.run(own(port, messages, READ_EVERY_S)),
    "own, at once": lambda port, messages: asyncio.run(own(port, messages, 0.0)),
    "paho-mqtt": paho_mqtt,
    # Measured where somebody has installed it: `uv pip install gmqtt`.
    **({"gmqtt": lambda port, messages: asyncio.run(gmqtt_(port, messages))} if find_spec("gmqtt") else {}),
}


def turn(name: str, port: int, messages: int, rate: float) -> Received:
    """One client receives one load, each in a process of its own."""
    me = [sys.executable, "-m", "bench.mqtt_clients", "--client", name, "--port", str(port)]
    load = [sys.executable, "-m", "firmware_sim.load", "--port", str(port), "--rate", str(rate), "--json"]
    with subprocess.Popen([*me, "--messages", str(messages)], stdout=subprocess.PIPE, text=True) as subscriber:
        assert subscriber.stdout is not None
        if subscriber.stdout.readline() != "ready\n":
            raise SystemExit(f"{name} did not subscribe")
        subprocess.run([*load, "--messages", str(messages)], check=True, stdout=subprocess.DEVNULL)
        answer, _ = subscriber.communicate(timeout=PATIENCE_S)
    return msgspec.json.decode(answer, type=Received)


async def with_a_broker_of_its_own(name: str, messages: int, rate: float) -> Received:
    """A turn at a new broker: the sessions of those before would queue what this one is sent."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = int(s.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        mosquitto = Mosquitto(Path(folder), "127.0.0.1", port)
        await mosquitto.start()
        try:
            return await asyncio.to_thread(turn, name, port, messages, rate)
        finally:
            await mosquitto.stop()


async def compare(messages: int, runs: int, rate: float) -> dict[str, Received]:
    """The median of each client's runs."""
    found: dict[str, list[Received]] = {name: [] for name in CLIENTS}
    for _ in range(runs):
        for name, results in found.items():
            results.append(await with_a_broker_of_its_own(name, messages, rate))
    return {name: median(results) for name, results in found.items()}


def median(results: Iterable[Received]) -> Received:
    there = list(results)
    return Received(
        statistics.median(r.messages_per_s for r in there),
        statistics.median(r.cpu_us for r in there),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=0.0, help="messages/s; 0: as fast as it goes")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--client", choices=CLIENTS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.client:
        print(msgspec.json.encode(CLIENTS[args.client](args.port, args.messages)).decode())
        return
    results = asyncio.run(compare(args.messages, args.runs, args.rate))
    if args.json:
        print(json.dumps(msgspec.to_builtins(results)))
        return
    for name, received in results.items():
        print(f"{name:14} {received.messages_per_s:9,.0f} messages/s {received.cpu_us:7.2f} µs CPU a message")


if __name__ == "__main__":
    main()
