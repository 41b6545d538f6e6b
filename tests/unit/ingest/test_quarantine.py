from pathlib import Path

import pytest

from city.quarantine import Quarantined, Reason
from ingest.quarantine import Quarantine, QuarantineError
from tests.support.batches import batch_of
from tests.support.ingester import Ingester, ingester, running
from tests.support.manual_clock import ManualClock
from tests.support.small_catalog import catalog_of

CATALOG = catalog_of("a:x")
UNKNOWN = '[{"n":"new","u":"m","v":1,"seq":4,"boot":"b"},{"n":"x","u":"m"},{"n":"x","u":"m","v":2}]'


async def quarantined(path: Path, clock: ManualClock) -> Ingester:
    """A journal whose quarantine holds one message in two pieces."""
    city = ingester(path, CATALOG, clock)
    async with running(city):
        city.deliver("m/z/a/up", UNKNOWN)
    return ingester(path, catalog_of("a:new", "a:x"), clock)


async def test_a_message_sent_again_leaves_with_all_its_pieces_and_keeps_its_arrival(path: Path) -> None:
    clock = ManualClock()
    arrived_ms = clock.now_ms()
    city = await quarantined(path, clock)
    pieces = city.quarantine.pieces()
    assert {p.reason: p.count for p in pieces} == {Reason.UNKNOWN_SENSOR: 1, Reason.NO_VALUE: 1}
    clock.advance(3600)
    async with running(city):
        assert city.quarantine.resend([piece.id for piece in pieces]) == 1
        await city.journal.tail.past(1)
        (left,) = city.quarantine.pieces()
        assert (left.reason, left.arrived_ms) == (Reason.NO_VALUE, arrived_ms)
        assert left.id not in {piece.id for piece in pieces}
        rows = city.rows()
    assert [(time, value) for _, time, value, _ in rows] == [(arrived_ms, 2.0), (arrived_ms, 1.0), (arrived_ms, 2.0)]


def filled(path: Path) -> Ingester:
    """Five pieces: ids 1 to 5."""
    city = ingester(path, CATALOG, ManualClock())
    pieces = [
        Quarantined(f"m/z/{d}/up", b"p" * 9000, 9000, "0" * 64, at, reason, 1, "why")
        for d, at, reason in [
            ("a", 100, Reason.TOPIC),
            ("b", 200, Reason.NO_VALUE),
            ("a", 300, Reason.NO_VALUE),
            ("a_b", 400, Reason.NO_VALUE),
            ("b", 500, Reason.UNDECODABLE),
        ]
    ]
    city.journal.append_batch(0, batch_of([]), CATALOG, pieces)
    return city


def test_pieces_are_listed_in_pages_and_by_reason_topic_and_time(path: Path) -> None:
    city = filled(path)

    def ids(**asked: object) -> list[int]:
        return [piece.id for piece in city.quarantine.pieces(**asked)]  # type: ignore[arg-type]  # named in each call

    assert ids() == [1, 2, 3, 4, 5]
    assert ids(limit=2) == [1, 2]
    assert ids(after=2, limit=2) == [3, 4]
    assert ids(reason=Reason.NO_VALUE) == [2, 3, 4]
    assert ids(topic="m/z/a") == [1, 3, 4]
    assert ids(topic="m/z/a/") == [1, 3]
    assert ids(from_ms=200, to_ms=400) == [2, 3]
    assert city.quarantine.counts() == {Reason.TOPIC: 1, Reason.NO_VALUE: 3, Reason.UNDECODABLE: 1}
    assert len(city.quarantine.pieces()[0].payload) < 9000
    whole = city.quarantine.piece(1)
    assert whole is not None
    assert len(whole.payload) == 9000
    city.journal.close()


def test_an_empty_message_is_listed_like_any_other(path: Path) -> None:
    city = filled(path)
    empty = Quarantined("m/z/a/up", b"", 0, "0" * 64, 600, Reason.UNDECODABLE, 1, "why")
    city.journal.append_batch(0, batch_of([]), CATALOG, [empty])
    assert [piece.payload for piece in city.quarantine.pieces(after=5)] == [b""]
    city.journal.close()


def test_unknown_pieces_are_passed_over(path: Path) -> None:
    city = filled(path)
    assert city.quarantine.piece(99) is None
    assert city.quarantine.resend([99]) == 0
    assert len(city.inbox) == 0
    city.journal.close()


def test_what_was_too_large_to_be_kept_whole_is_not_sent(path: Path) -> None:
    city = filled(path)
    cut = Quarantined("m/z/a/up", b"p", 300_000, "0" * 64, 1, Reason.OVER_LIMIT, 1, "why")
    city.journal.append_batch(0, batch_of([]), CATALOG, [cut])
    with pytest.raises(QuarantineError, match="300000"):
        city.quarantine.resend([1, 6])
    assert len(city.inbox) == 0
    city.journal.close()


def test_without_a_city_it_can_only_be_read(path: Path) -> None:
    city = filled(path)
    with pytest.raises(QuarantineError) as said:
        Quarantine(city.journal.reader).resend([1])
    assert said.value.key == "ingest.quarantine_nobody_takes"
    city.journal.close()
