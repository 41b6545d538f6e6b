import re
from collections import defaultdict

from city.wire.mqtt import Publish
from city.wire.mqtt_parser import MqttParser
from city.wire.senml import decode_pack
from firmware_sim.load import Load, blocks, device_names, messages_of


def test_every_reading_is_sent_once_and_each_device_stays_on_one_connection() -> None:
    load = Load(messages=1_000, readings=3, devices=70, connections=4)
    times: defaultdict[str, list[int]] = defaultdict(list)
    connection: defaultdict[str, set[int]] = defaultdict(set)
    seqs: defaultdict[str, list[int]] = defaultdict(list)
    for share in range(load.connections):
        parser = MqttParser()
        ids = []
        for count, block in blocks(load, share, 16):
            packets = parser.feed(block)
            assert len(packets) == count
            for packet in packets:
                assert isinstance(packet, Publish)
                assert packet.qos == 1
                ids.append(packet.packet_id)
                device = packet.topic.split("/")[2]
                pack = decode_pack(packet.payload, 0)
                times[device] += [m.time_ms for m in pack.measurements]
                assert pack.seq is not None
                seqs[device].append(pack.seq)
                connection[device].add(share)
        assert len(set(ids)) == len(ids)
    assert set(times) == set(device_names(load))
    assert sum(len(of_device) for of_device in times.values()) == 3_000
    for device, of_device in times.items():
        assert of_device == sorted(set(of_device))
        assert seqs[device] == list(range(1, len(seqs[device]) + 1))
        assert len(connection[device]) == 1


def test_each_connection_knows_how_many_messages_it_has() -> None:
    for messages in (0, 1, 69, 70, 71, 1_000):
        load = Load(messages=messages, devices=70, connections=4)
        for share in range(load.connections):
            assert messages_of(load, share) == sum(count for count, _ in blocks(load, share, 16))


def test_each_device_has_a_boot_of_its_own() -> None:
    load = Load(messages=20, devices=5, connections=1)
    packets = b"".join(block for _, block in blocks(load, 0, 1))
    boots = re.findall(rb'"seq":(\d+),"boot":"([0-9a-f]{16})"', packets)
    assert len(boots) == 20
    assert len({boot for _, boot in boots}) == 5
