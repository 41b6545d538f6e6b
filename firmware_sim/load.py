"""A load generator: numbered messages of many devices, as fast as the broker acknowledges them.

    python -m firmware_sim.load --port 1883 --messages 200000 --readings 10 --devices 1000 --json

Everything is written before the clock starts, so that what is measured is the broker and what stands behind it; with
`--as-it-goes` each message is written when its turn comes, for loads that no memory holds. It keeps no message: a
connection that breaks ends the run. `--rate` sends evenly instead of as fast as it goes.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Final

import msgspec

from city.wire.mqtt import MAX_PACKET_ID, Publish
from city.wire.senml import Form, Measurement, Pack, encode_pack
from city.wire.topic import Kind, Topic
from firmware_sim.sender import Sender

BLOCK: Final = 100  # messages a write: a wake-up costs more than a message
PACE_S: Final = 0.002  # evenly enough for whoever measures milliseconds; more wake-ups would cost what is measured
STEP_MS: Final = 1_000  # between the readings of one device, where nothing else is asked for


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent.

    messages: in all; of `readings` readings each, from `devices` devices in turn, `{prefix}-0000` and on
    window: messages out without acknowledgement, over all connections
    rate_per_s: messages a second over all connections; 0 is as fast as it goes
    start_ms: time of the first reading, ms since the epoch; a device's times then go on by `step_ms`
    as_it_goes: nothing is written ahead
    """

    messages: int
    readings: int = 1
    devices: int = 1_000
    connections: int = 4
    window: int = 4_000
    rate_per_s: float = 0.0
    root: str = "megane"
    zone: str = "sabae"
    prefix: str = "load"
    sensor: str = "water_level"
    unit: str = "m"
    start_ms: int = 1_719_100_000_000
    step_ms: int = STEP_MS
    as_it_goes: bool = False
    form: Form = Form.JSON


class Outcome(msgspec.Struct, frozen=True):
    """What came of it.

    began_s: when the first write was, seconds since the epoch; seconds: from there to the last acknowledgement, and
    cpu_s: processor seconds of this process in that time
    """

    messages: int
    readings: int
    began_s: float
    seconds: float
    cpu_s: float
    messages_per_s: float
    built_s: float


def device_names(load: Load) -> list[str]:
    """The devices that send, in the order of their turns."""
    return [f"{load.prefix}-{i:04d}" for i in range(load.devices)]


def packets(load: Load, share: int) -> Iterator[bytes]:
    """The PUBLISH packets of connection `share`, in their order. Each device stays on one connection."""
    names = device_names(load)
    topics = [str(Topic(load.root, load.zone, name, Kind.UP)) for name in names]
    boots = [blake2b(name.encode(), digest_size=8).hexdigest() for name in names]  # each its own: others' are refused
    packet_id = 0
    for number in range(load.messages):
        turn, device = divmod(number, load.devices)
        if device % load.connections != share:
            continue
        first_ms = load.start_ms + turn * load.readings * load.step_ms
        measurements = [
            Measurement(load.sensor, load.unit, first_ms + k * load.step_ms, 1 + (number + k) % 97 / 100)
            for k in range(load.readings)
        ]
        payload = encode_pack(Pack(measurements, (), turn + 1, boots[device]), load.form)
        packet_id = packet_id % MAX_PACKET_ID + 1
        yield Publish(topics[device], payload, 1, packet_id).encode()


def messages_of(load: Load, share: int) -> int:
    """How many messages connection `share` has."""
    turns, rest = divmod(load.messages, load.devices)
    whole, part = (len(range(share, devices, load.connections)) for devices in (load.devices, rest))
    return turns * whole + part


def blocks(load: Load, share: int, size: int) -> Iterator[tuple[int, bytes]]:
    """The packets of connection `share` in writes of `size` messages: (messages, bytes)."""
    block: list[bytes] = []
    for packet in packets(load, share):
        block.append(packet)
        if len(block) == size:
            yield size, b"".join(block)
            block = []
    if block:
        yield len(block), b"".join(block)


async def send(load: Load, host: str, port: int) -> Outcome:
    """Sends it all and waits for the last acknowledgement.

    Raises OSError where the broker is not there, refuses, or goes away.
    """
    loop = asyncio.get_running_loop()
    building_s = time.perf_counter()
    size = BLOCK if not load.rate_per_s else 1
    senders: list[Sender] = []
    for share in range(load.connections):
        written = blocks(load, share, size)
        if not load.as_it_goes:
            written = iter(await asyncio.to_thread(list, written))
        name, messages = f"{load.prefix}-sender-{share}", messages_of(load, share)
        new_sender = partial(Sender, name, written, messages, load.window // load.connections)
        _, sender = await loop.create_connection(new_sender, host, port)
        await sender.connected
        senders.append(sender)
    built_s = time.perf_counter() - building_s
    began_s, first_s, first_cpu_s = time.time(), time.perf_counter(), time.process_time()
    if load.rate_per_s:
        await _pace(senders, load.rate_per_s / load.connections)
    else:
        for sender in senders:
            sender.release(sender.messages)
    await asyncio.gather(*(sender.done for sender in senders))
    seconds = time.perf_counter() - first_s
    return Outcome(
        messages=load.messages,
        readings=load.messages * load.readings,
        began_s=began_s,
        seconds=seconds,
        cpu_s=time.process_time() - first_cpu_s,
        messages_per_s=load.messages / seconds,
        built_s=built_s,
    )


async def _pace(senders: Sequence[Sender], blocks_per_s: float) -> None:
    """Releases blocks evenly; what a late wake-up missed goes with the next."""
    first_s = time.perf_counter()
    most = max(sender.messages for sender in senders)
    released = 0
    while released < most:
        due = int((time.perf_counter() - first_s) * blocks_per_s) + 1
        for sender in senders:
            sender.release(due - released)
        released = due
        await asyncio.sleep(PACE_S)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the outcome goes to standard output, as JSON with `--json`."""
    parser = argparse.ArgumentParser(prog="python -m firmware_sim.load", description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--readings", type=int, default=1, help="in each message")
    parser.add_argument("--devices", type=int, default=1_000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--window", type=int, default=4_000, help="messages out without acknowledgement")
    parser.add_argument("--rate", type=float, default=0.0, help="messages a second; 0 is as fast as it goes")
    parser.add_argument("--root", default="megane")
    parser.add_argument("--zone", default="sabae")
    parser.add_argument("--prefix", default="load", help="of the devices' names")
    parser.add_argument("--sensor", default="water_level")
    parser.add_argument("--unit", default="m")
    parser.add_argument("--start-ms", type=int, default=Load(1).start_ms, help="time of the first reading")
    parser.add_argument("--step-ms", type=int, default=STEP_MS, help="between the readings of one device")
    parser.add_argument("--as-it-goes", action="store_true", help="write nothing ahead")
    parser.add_argument("--form", choices=["json", "cbor"], default="json")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    load = Load(
        messages=options.messages,
        readings=options.readings,
        devices=options.devices,
        connections=options.connections,
        window=options.window,
        rate_per_s=options.rate,
        root=options.root,
        zone=options.zone,
        prefix=options.prefix,
        sensor=options.sensor,
        unit=options.unit,
        start_ms=options.start_ms,
        step_ms=options.step_ms,
        as_it_goes=options.as_it_goes,
        form=Form.CBOR if options.form == "cbor" else Form.JSON,
    )
    try:
        outcome = asyncio.run(send(load, options.host, options.port))
    except OSError as error:
        sys.stderr.write(f"{options.host}:{options.port}: {error}\n")
        return 1
    rate = f"{outcome.messages} messages, {outcome.seconds:.2f} s, {outcome.messages_per_s:,.0f} messages/s"
    sys.stdout.write((msgspec.json.encode(outcome).decode() if options.json else rate) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
