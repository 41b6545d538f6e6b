import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.wire.mqtt import (
    Connack,
    Connect,
    Disconnect,
    MqttError,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Publish,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
    Will,
    encode,
    encode_pubacks,
    join,
    matches,
)
from city.wire.mqtt_parser import MqttParser

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ids = st.integers(1, 65_535)
qos = st.integers(0, 2)
wills = st.builds(Will, texts, st.binary(max_size=50), qos, st.booleans())


def publish(topic: str, payload: bytes, level: int, packet_id: int, retain: bool, dup: bool) -> Publish:  # noqa: FBT001
    return Publish(topic, payload, level, packet_id if level else 0, retain, dup)


packets: st.SearchStrategy[Packet] = st.one_of(
    st.builds(publish, texts, st.binary(max_size=300), qos, ids, st.booleans(), st.booleans()),
    st.builds(Puback, ids),
    st.builds(Connack, st.booleans(), st.integers(0, 5)),
    st.builds(Suback, ids, st.lists(st.sampled_from([0, 1, 2, 128]), min_size=1).map(tuple)),
    st.builds(Subscribe, ids, st.lists(st.tuples(texts, qos), min_size=1, max_size=5).map(tuple)),
    st.builds(Unsubscribe, ids, st.lists(texts, min_size=1, max_size=5).map(tuple)),
    st.builds(Unsuback, ids),
    st.builds(
        Connect,
        texts,
        st.booleans(),
        st.integers(0, 65_535),
        st.none() | wills,
        st.none() | texts,
        st.none() | texts,
    ),
    st.sampled_from([Pingreq(), Pingresp(), Disconnect()]),
)


@given(st.lists(packets, max_size=8), st.randoms(use_true_random=False))
def test_what_is_encoded_is_parsed_again_however_it_is_cut(sent: list[Packet], rng: random.Random) -> None:
    stream = join(sent)
    parser = MqttParser()
    got: list[Packet] = []
    at = 0
    while at < len(stream):
        step = rng.choice([1, 2, 3, 7, 50, 1000])
        got += parser.feed(stream[at : at + step])
        at += step
    assert got == sent


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_rubbish_raises_nothing_but_its_own_error(chunks: list[bytes]) -> None:
    parser = MqttParser()
    try:
        for chunk in chunks:
            for packet in parser.feed(chunk):
                encode(packet)
    except MqttError:
        pass


@pytest.mark.parametrize(
    "stream",
    [
        b"\x30\xff\xff\xff\xff\x01",  # a remaining length of five bytes
        b"\x30\x01\x00",  # no room for the topic's length
        b"\x32\x03\x00\x01a",  # ends before its packet id
        b"\x32\x05\x00\x01a\x00\x00",  # packet id 0
        b"\x36\x05\x00\x01a\x00\x01",  # QoS 3
        b"\x30\x03\x00\x09a",  # a topic longer than the packet
        b"\x30\x04\x00\x02\xff\xfe",  # not UTF-8
        b"\x40\x01\x00",  # half a PUBACK
        b"\x20\x01\x00",  # half a CONNACK
        b"\x00\x00",  # a type that there is not
        b"\x10\x07\x00\x06MQIsdp",  # MQTT 3.1
    ],
)
def test_a_malformed_packet_is_refused(stream: bytes) -> None:
    with pytest.raises(MqttError):
        MqttParser().feed(stream)


def test_a_packet_over_the_limit_is_refused_before_it_is_there() -> None:
    parser = MqttParser(max_packet_bytes=1000)
    with pytest.raises(MqttError, match="1001 bytes"):
        parser.feed(b"\x30\xe9\x07")


def test_sixteen_mebibytes_pass() -> None:
    sent = Publish("a/b/c/up", bytes(16 * 2**20), qos=1, packet_id=7)
    stream = sent.encode()
    parser = MqttParser()
    got = [p for at in range(0, len(stream), 65_536) for p in parser.feed(stream[at : at + 65_536])]
    assert got == [sent]


@given(st.lists(ids, max_size=20))
def test_many_pubacks_in_one_piece_are_each_puback_in_turn(some: list[int]) -> None:
    assert encode_pubacks(some) == b"".join(Puback(i).encode() for i in some)


@pytest.mark.parametrize(
    ("topic_filter", "topic", "expected"),
    [
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("a/+/c", "a/b/c", True),
        ("a/+", "a/b/c", False),
        ("a/b", "a/b", True),
        ("a/b/c", "a/b", False),
        ("#", "$SYS/uptime", False),
        ("+/+/x/receipt", "r/z/x/receipt", True),
    ],
)
def test_filters(topic_filter: str, topic: str, *, expected: bool) -> None:
    assert matches(topic_filter, topic) is expected
