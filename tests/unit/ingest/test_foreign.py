"""Other people's messages on their way through the ingester."""

import itertools
from pathlib import Path

import pytest

from city.quarantine import KEPT_BYTES, Reason
from city.speech import Sparkplug
from city.wire.topic import Kind, Topic
from ingest.clock_offset import ClockOffsets
from ingest.codecs import FOREIGN_CODECS
from ingest.codecs.senml import SenmlCodec
from ingest.foreign import Foreign
from ingest.heard import What
from ingest.presence import Presences
from ingest.rebirth_ledger import FIRST_WAIT_MS, LONGEST_WAIT_MS, RebirthLedger
from ingest.reception import Reception
from tests.support.ingester import ingester, running
from tests.support.manual_clock import ManualClock
from tests.support.other_devices import (
    AM2301,
    AM2301_MS,
    NOW_MS,
    SENSOR_TOPIC,
    catalog,
    delivery,
    nbirth,
    ndeath,
    topic,
)

CATALOG = catalog()
NODE = Sparkplug("Sparkplug B Devices", "Raspberry Pi")


class Hall:
    """A reception and what it told others."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, What]] = []
        self.asked: list[Sparkplug] = []
        self.hosts: list[bytes] = []
        self.presences = Presences(CATALOG)
        foreign = Foreign(
            {name: codec(CATALOG) for name, codec in FOREIGN_CODECS.items()},
            lambda codec, what: self.counted.append((codec, what)),
            self.asked.append,
            lambda _, payload: self.hosts.append(payload),
        )
        self.reception = Reception(
            "megane",
            CATALOG,
            SenmlCodec(CATALOG),
            ClockOffsets([]),
            self.presences,
            lambda _: None,
            foreign=foreign,
        )

    def online(self, device: str) -> bool | None:
        [found] = [presence.online for presence in self.presences.all() if presence.device == device]
        return found


@pytest.fixture
def hall() -> Hall:
    return Hall()


def test_a_devices_readings_go_on_as_those_of_ours_do(hall: Hall) -> None:
    own, message = hall.reception.receive(delivery(SENSOR_TOPIC, AM2301))
    assert own == Topic("megane", "sabae", "plug", Kind.UP)
    assert (len(message.series), message.seq) == (2, None)
    assert hall.counted == [("tasmota", What.READINGS)]


def test_presence_goes_where_ours_goes(hall: Hall) -> None:
    assert hall.online("plug") is None
    hall.reception.receive(delivery("tele/tasmota_4A3D/LWT", b"Online"))
    hall.reception.receive(delivery(topic("NBIRTH"), nbirth()))
    assert (hall.online("plug"), hall.online("pi")) == (True, True)
    hall.reception.receive(delivery(topic("NDEATH"), ndeath()))
    assert (hall.online("pi"), hall.online("pibrella")) == (False, False)


def test_what_is_sent_again_says_nothing_of_now(hall: Hall) -> None:
    hall.reception.receive(delivery(topic("NBIRTH"), nbirth(), again=True))
    hall.reception.receive(delivery(topic("NDATA"), b"", again=True))
    assert (hall.online("pi"), hall.asked) == (None, [])


def test_a_node_is_asked_to_be_born_and_a_host_is_heard(hall: Hall) -> None:
    hall.reception.receive(delivery(topic("NDATA"), b""))
    hall.reception.receive(delivery("spBv1.0/STATE/sabae", b"{}"))
    hall.reception.receive(delivery("spBv1.0/STATE/sabae", b"old", retained=True))
    assert (hall.asked, hall.hosts) == ([NODE], [b"{}"])


def test_too_large_a_message_is_not_read(hall: Hall) -> None:
    _, message = hall.reception.receive(delivery("farm/13", b"1" * (KEPT_BYTES + 1)))
    assert [(reject.reason, reject.count) for reject in message.rejects] == [(Reason.OVER_LIMIT, 1)]


@pytest.mark.parametrize("under", ["elsewhere/a", "application/1", "megane", "Megane/sabae/field/up", ""])
def test_a_topic_that_nobody_claims_is_none(hall: Hall, under: str) -> None:
    own, message = hall.reception.receive(delivery(under, b"{}"))
    assert own is None
    assert [(reject.reason, reject.count) for reject in message.rejects] == [(Reason.TOPIC, 1)]


async def test_readings_of_others_are_journaled_acknowledged_and_heard_without_a_receipt(path: Path) -> None:
    clock = ManualClock(NOW_MS)
    async with running(ingester(path, CATALOG, clock)) as city:
        city.deliver(SENSOR_TOPIC, delivery(SENSOR_TOPIC, AM2301).payload)
        city.deliver("tele/stranger/SENSOR", delivery(SENSOR_TOPIC, AM2301).payload)
        await city.settled(2)
        assert sorted({row[1] for row in city.rows()}) == [AM2301_MS]
        assert len(city.rows()) == 2
        assert city.receipts == []
        assert {one.device: one.heard_ms for one in city.presences.all()}["plug"] == NOW_MS
        [piece] = city.quarantine.pieces()
        assert (piece.topic, piece.reason, piece.arrived_ms) == ("tele/stranger/SENSOR", Reason.UNKNOWN_SENSOR, NOW_MS)


async def test_a_node_is_asked_again_only_after_a_while_and_then_ever_less() -> None:
    clock = ManualClock(NOW_MS)
    sent: list[str] = []

    async def publish(under: str, _: bytes) -> None:
        sent.append(under)

    ledger = RebirthLedger(publish, clock, lambda: None)
    asked: list[int] = []
    while clock.now_ms() < NOW_MS + 20 * LONGEST_WAIT_MS:
        ledger.ask(NODE)
        if ledger.take_due():
            asked.append(clock.now_ms() - NOW_MS)
        clock.advance_to(clock.now_ms() + 1_000)
    gaps = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert asked[0] == 0
    assert gaps[:3] == [FIRST_WAIT_MS, 2 * FIRST_WAIT_MS, 4 * FIRST_WAIT_MS]
    assert gaps[-1] == LONGEST_WAIT_MS
    clock.advance_to(clock.now_ms() + 2 * LONGEST_WAIT_MS)
    ledger.ask(NODE)
    assert ledger.take_due()
    clock.advance_to(clock.now_ms() + FIRST_WAIT_MS)
    ledger.ask(NODE)
    assert ledger.take_due()
