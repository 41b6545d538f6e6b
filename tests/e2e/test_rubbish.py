"""Whatever is sent to a city, the next good reading is stored, and everything is accounted for."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict

import cbor2
import httpx
import pytest

from bench.city_process import CityProcess
from tests.support.books import Books, Counted
from tests.support.publisher import Publisher

UP = "megane/sabae/rpi-toba/up"
NOW_S = int(time.time())
LIMIT_RECORDS = 10_000


@dataclass(frozen=True, slots=True)
class Rubbish:
    """Messages, and what must become of them: readings quarantined by reason, readings that are good all the same.

    silent: messages that are neither accepted nor quarantined, because the city itself sends such
    """

    name: str
    payloads: tuple[bytes | str, ...]
    quarantined: Mapping[str, int] = field(default_factory=dict)
    stored: int = 0
    topics: tuple[str, ...] = (UP,)
    silent: int = 0

    @property
    def counted(self) -> Counted:
        messages = len(self.payloads) * len(self.topics) - self.silent
        accepted = messages if self.stored else 0
        return Counted(self.stored, 0, self.quarantined, accepted, messages - accepted)


def pack(*records: Mapping[str, object]) -> str:
    """JSON, with NaN and Infinity as Python and many a device write them."""
    return json.dumps(records)


def level(**fields: object) -> dict[str, object]:
    return {"n": "water_level", "u": "m", "t": NOW_S - 3600, "v": 2.5} | fields


def noise() -> tuple[bytes, ...]:
    """Of every length to 200, each beginning with every kind of first byte, CBOR's and JSON's among them."""
    chance = random.Random(20240623)
    firsts = [*range(0, 256, 8), *range(0x80, 0xA0), *b'[{"']
    # Three bytes of CBOR's `break` cannot stand at the start of a record, so no noise is an array by luck.
    return tuple(bytes([first]) + b"\xff\xff\xff" + chance.randbytes(chance.randrange(200)) for first in firsts)


def truncated() -> tuple[bytes, ...]:
    whole = cbor2.dumps([{0: "water_level", 1: "m", 2: 2.5, 6: NOW_S}, {0: "battery_voltage", 1: "V", 2: 12.5}])
    return tuple(whole[:length] for length in range(1, len(whole)))


NOISE, TRUNCATED = noise(), truncated()
BAD_TOPICS = (
    "megane",
    "megane/up",
    "megane/sabae/up",
    "megane/sabae/rpi-toba",
    "megane/sabae/rpi-toba/up/more",
    "megane/sabae/rpi-toba/UP",
    "megane/Sabae/rpi-toba/up",
    "megane/sabae/RPI-TOBA/up",
    "megane/sabae/鯖江/up",
    "megane/sabae//up",
    "megane/sabae/rpi toba/up",
    "megane/sabae/" + "x" * 65 + "/up",
    "megane/sabae/rpi-toba/elsewhere",
    "megane/" + "a/" * 190 + "up",  # of more than 200 levels Mosquitto closes the connection
)

RUBBISH = [
    Rubbish("random-bytes", NOISE, {"undecodable": len(NOISE)}),
    Rubbish("truncated-cbor", TRUNCATED, {"undecodable": len(TRUNCATED)}),
    Rubbish("empty", (b"", b"[]", b"\x80", b"null"), {"undecodable": 4}),
    Rubbish("no-pack", ('"water_level"', "2.5", '{"n":"water_level","v":2.5}', "[1,2,3]"), {"undecodable": 6}),
    Rubbish("ten-megabytes", (bytes(10_000_000), b"[" + b" " * 10_000_000), {"over_limit": 2}),
    Rubbish(
        "deep-nesting",
        (
            b"[" * 200_000,
            b'[{"n":' * 40_000,
            b'[{"n":"water_level","v":1,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
            b"\x81" * 200_000 + b"\x00",
            b"\x81\xa1\x02" * 60_000 + b"\x00",
            b"\xc4\x82" * 100_000,
        ),
        {"undecodable": 6},
    ),
    Rubbish("a-record-too-many", (pack(*[{"n": "x", "v": 1}] * (LIMIT_RECORDS + 1)),), {"over_limit": 1}),
    Rubbish(
        "as-many-records-as-allowed",
        (pack(level(bn="water_level", n="", bt=NOW_S - 90_000, t=0), *({"t": k, "v": 1} for k in range(1, 10_000))),),
        stored=LIMIT_RECORDS,
    ),
    Rubbish("wrong-units", (pack(level(u="Cel"), level(u="furlong")),), {"unknown_unit": 2}),
    Rubbish(
        "not-finite",
        (
            pack(level(v=float("nan")), level(v=float("inf")), level(v=float("-inf"))),
            '[{"n":"water_level","u":"m","v":1e999}]',
            '[{"n":"water_level","u":"m","v":1' + "0" * 5_000 + "}]",
            cbor2.dumps(
                [{0: "water_level", 1: "m", 2: value} for value in (float("nan"), float("inf"), float("-inf"))]
            ),
        ),
        {"not_finite": 8},
    ),
    Rubbish("no-value", (pack(level(v=None), level(v="2.5"), level(v=None, vs="high")),), {"no_value": 3}),
    Rubbish(
        "impossible-times",
        # 1970: below 2**28 s a time counts from now, so that a clock that was never set speaks of next month.
        (pack(level(t=30 * 86_400), level(t=936_000_000), level(t=4_102_444_800), level(t=1e300), level(t="now")),),
        {"impossible_time": 5},
    ),
    Rubbish(
        "unknown-device",
        (pack(level(), level(n="y")),),
        {"unknown_sensor": 2},
        topics=("megane/sabae/stranger/up",),
    ),
    Rubbish(
        "unknown-sensors", (pack(level(n="x"), level(n="Y"), level(n=""), level(n="水位")),), {"unknown_sensor": 4}
    ),
    Rubbish("wrong-identity", (pack(level(n="rpi-desaku:water_level")),), {"wrong_identity": 1}),
    Rubbish("wrong-zone", (pack(level()),), {"wrong_identity": 1}, topics=("megane/elsewhere/rpi-toba/up",)),
    Rubbish("topics-outside-the-grammar", (pack(level()),), {"topic": len(BAD_TOPICS)}, topics=BAD_TOPICS),
    Rubbish(
        "a-state-that-is-none",
        (b"\xff", "{}", '{"state":7}'),
        {"undecodable": 3},
        topics=("megane/sabae/rpi-toba/state",),
    ),
    Rubbish(
        "what-only-the-city-says",
        (b"\xff", "{}"),
        topics=("megane/sabae/rpi-toba/receipt", "megane/sabae/rpi-toba/config", "megane/sabae/rpi-toba/cmd"),
        silent=6,
    ),
    Rubbish("a-newer-version", (pack(level(bver=11)), pack(level(must_={}))), {"undecodable": 2}),
    Rubbish(
        "good-and-bad-in-one-pack",
        (
            pack(
                level(t=NOW_S - 7_200, seq=-1, boot=[], clk="ok"),
                level(n="battery_voltage", u="mV", v=12_500),
                level(n="unheard-of"),
                level(u="kg"),
                level(v=float("nan")),
                level(v=True),
                level(t=4_102_444_800),
                level(n="rpi-desaku:water_level"),
            ),
        ),
        {
            "unknown_sensor": 1,
            "unknown_unit": 1,
            "not_finite": 1,
            "no_value": 1,
            "impossible_time": 1,
            "wrong_identity": 1,
        },
        stored=2,
    ),
]


class Piece(TypedDict):
    """What of a piece of the quarantine matters here."""

    id: int
    reason: str
    count: int


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[CityProcess]:
    with CityProcess(tmp_path_factory.mktemp("rubbish") / "home", free_port(), free_port()) as process:
        yield process


@pytest.fixture
def device(city: CityProcess) -> Iterator[Publisher]:
    with Publisher(city.mqtt_port) as publisher:
        yield publisher


@pytest.mark.parametrize("rubbish", RUBBISH, ids=lambda rubbish: rubbish.name)
def test_rubbish_is_accounted_for_and_the_next_good_reading_is_stored(
    city: CityProcess, device: Publisher, rubbish: Rubbish
) -> None:
    books, before = Books(city), newest_piece(city)
    for topic in rubbish.topics:
        for payload in rubbish.payloads:
            device.send(topic, payload)
    expected = rubbish.counted
    books.expect(expected)
    assert quarantined_after(city, before) == expected.quarantined
    good = level(n="signal_strength", u="dBm", v=-70, t=NOW_S - 1_000 + RUBBISH.index(rubbish))
    device.send(UP, pack(good))
    books.expect(replace(expected, stored=expected.stored + 1, accepted=expected.accepted + 1))


def test_a_reading_that_comes_again_is_a_duplicate_whatever_it_says(city: CityProcess, device: Publisher) -> None:
    books = Books(city)
    for value in (1.0, 1.0, 2.0):
        device.send(UP, pack(level(t=NOW_S - 60, v=value)))
    books.expect(Counted(stored=1, duplicate=2, accepted=3))


def newest_piece(city: CityProcess) -> int:
    """The number of the quarantine's newest piece; 0 where it is empty."""
    newest = 0
    while page := pieces_after(city, newest):
        newest = page[-1]["id"]
    return newest


def quarantined_after(city: CityProcess, piece: int) -> Mapping[str, int]:
    """Readings that lie in the quarantine since `piece`, by reason."""
    found: Counter[str] = Counter()
    while page := pieces_after(city, piece):
        for each in page:
            found[each["reason"]] += each["count"]
        piece = page[-1]["id"]
    return found


def pieces_after(city: CityProcess, piece: int) -> list[Piece]:
    answer = city.api.get(f"/v1/quarantine?after={piece}&limit=500", timeout=30)
    assert answer.status_code == httpx.codes.OK, answer.text
    pieces: list[Piece] = answer.json()["pieces"]
    return pieces
