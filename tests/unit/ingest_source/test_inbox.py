import asyncio

import pytest

from city.delivery import Delivery
from ingest.inbox import OVERHEAD_BYTES, Inbox


def delivery(number: int, size: int = 1) -> Delivery:
    return Delivery(f"r/z/d{number}/up", bytes(size), 0, lambda: None)


async def test_take_waits_for_the_first_and_then_for_no_more() -> None:
    inbox = Inbox()
    taking = asyncio.create_task(inbox.take(10))
    await asyncio.sleep(0)
    assert not taking.done()
    sent = [delivery(n) for n in range(3)]
    inbox.put_nowait(sent[0])
    inbox.extend(sent[1:])
    assert await taking == sent
    assert len(inbox) == inbox.size_bytes == 0


async def test_take_gives_the_oldest_and_no_more_than_asked() -> None:
    inbox = Inbox()
    sent = [delivery(n, size=n) for n in range(5)]
    inbox.extend(sent)
    assert await inbox.take(2) == sent[:2]
    assert inbox.size_bytes == 2 + 3 + 4 + 3 * OVERHEAD_BYTES
    assert await inbox.take(99) == sent[2:]


@pytest.mark.parametrize(("messages", "size"), [(4, 10**6), (10**6, 4 * (OVERHEAD_BYTES + 100))])
async def test_it_is_full_at_either_limit_and_has_room_again_at_half(messages: int, size: int) -> None:
    inbox = Inbox(limit_messages=messages, limit_bytes=size)
    for n in range(3):
        inbox.put_nowait(delivery(n, size=100))
        assert not inbox.full
    inbox.put_nowait(delivery(3, size=100))
    assert inbox.full
    inbox.put_nowait(delivery(4, size=100))  # what was read is in hand: it is taken all the same
    assert len(inbox) == 5
    waiting = asyncio.create_task(inbox.room())
    await inbox.take(2)
    await asyncio.sleep(0)
    assert inbox.full
    assert not waiting.done()
    await inbox.take(1)
    await waiting
    assert not inbox.full


async def test_cancelling_take_loses_nothing() -> None:
    inbox = Inbox()
    taking = asyncio.create_task(inbox.take(1))
    await asyncio.sleep(0)
    inbox.put_nowait(delivery(1))
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert len(await inbox.take(1)) == 1
