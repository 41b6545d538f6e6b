import asyncio
import contextlib

from city.wire.receipt import decode_receipt
from city.wire.topic import Kind, Topic
from ingest.receipt_ledger import RANGES_AT_ONCE, ReceiptLedger
from tests.support.manual_clock import ManualClock

Sent = list[tuple[str, str, tuple[tuple[int, int], ...]]]


def ledger() -> tuple[ReceiptLedger, ManualClock, Sent, list[None]]:
    sent: Sent = []
    counted: list[None] = []

    async def publish(topic: str, payload: bytes) -> None:
        receipt = decode_receipt(payload)
        sent.append((topic, receipt.boot, receipt.seqs))

    clock = ManualClock()
    return ReceiptLedger(publish, clock, lambda: counted.append(None)), clock, sent, counted


def up(device: str) -> Topic:
    return Topic("m", "z", device, Kind.UP)


async def test_what_was_settled_is_told_once_by_device_and_boot() -> None:
    receipts, _, sent, counted = ledger()
    for device, boot, seq in [("a", "1", 1), ("a", "1", 2), ("a", "2", 3), ("b", "1", 9), ("a", "1", 5), ("a", "1", 5)]:
        receipts.settle(up(device), boot, seq)
    await receipts.flush()
    await receipts.flush()
    assert sorted(sent) == [
        ("m/z/a/receipt", "1", ((1, 2), (5, 5))),
        ("m/z/a/receipt", "2", ((3, 3),)),
        ("m/z/b/receipt", "1", ((9, 9),)),
    ]
    assert len(counted) == 3


async def test_a_device_gets_at_most_one_receipt_a_second() -> None:
    receipts, clock, sent, _ = ledger()
    running = asyncio.create_task(receipts.run())
    for second in range(3):
        await clock.somebody_sleeps()
        for seq in range(10):
            receipts.settle(up("a"), "1", 10 * second + seq)
        assert len(sent) == second
        clock.advance(1.0)
    await clock.somebody_sleeps()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert [seqs for _, _, seqs in sent] == [((0, 9),), ((10, 19),), ((20, 29),)]


async def test_a_device_that_leaves_out_every_other_number_gets_receipts_of_bounded_size() -> None:
    receipts, _, sent, _ = ledger()
    for seq in range(0, 5 * RANGES_AT_ONCE, 2):
        receipts.settle(up("a"), "1", seq)
    await receipts.flush()
    assert [len(seqs) for _, _, seqs in sent] == [RANGES_AT_ONCE, RANGES_AT_ONCE, RANGES_AT_ONCE // 2]
