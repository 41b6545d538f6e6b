import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.wire.errors import WireError
from city.wire.receipt import Receipt, SeqRanges, decode_receipt
from city.wire.state import ClockState, DeviceState, Presence, decode_state


@given(st.lists(st.integers(0, 40)))
def test_ranges_are_a_set_of_numbers(seqs: list[int]) -> None:
    ranges = SeqRanges(seqs)
    there = set(seqs)
    assert {n for first, last in ranges for n in range(first, last + 1)} == there
    assert len(ranges) == len(there)
    assert bool(ranges) == bool(there)
    assert all((n in ranges) == (n in there) for n in range(-1, 42))
    bounds = list(ranges)
    assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(bounds))


def test_a_receipt_travels() -> None:
    receipt = SeqRanges([7, 8, 9, 12]).receipt("b1")
    assert receipt.encode() == b'{"boot":"b1","seqs":[[7,9],[12,12]]}'
    assert decode_receipt(receipt.encode()) == receipt == Receipt("b1", ((7, 9), (12, 12)))
    assert receipt.covers(8)
    assert not receipt.covers(10)


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"\xff", b'{"boot":1,"seqs":[]}', b'{"boot":"b","seqs":[[2,1]]}', b'{"boot":"b","seqs":[[-1,1]]}'],
)
def test_a_bad_receipt_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        decode_receipt(payload)


def test_state_travels_and_a_will_is_short() -> None:
    online = DeviceState(Presence.ONLINE, version="1.2.0", spool=3, clock=ClockState.OK, boot="b1")
    assert decode_state(online.encode()) == online
    assert DeviceState(Presence.OFFLINE).encode() == b'{"state":"offline"}'


@pytest.mark.parametrize("payload", [b"", b"online", b'{"state":"asleep"}', b'{"version":"1"}', b"\xc3("])
def test_a_bad_state_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        decode_state(payload)
