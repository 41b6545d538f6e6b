"""Of the quarantine, what a lost clock had put into an impossible time is told from whatever else its message held."""

from bench.chaos.aftermath import AHEAD_MS, impossible_of
from bench.chaos.truth import Reading
from city.wire.senml import Form, Measurement, Pack, encode_pack

ARRIVED_MS = 1_700_000_000_000


def test_only_what_lies_too_far_ahead_of_its_arrival_is_impossible() -> None:
    times = ARRIVED_MS, ARRIVED_MS + AHEAD_MS, ARRIVED_MS + AHEAD_MS + 1
    pack = Pack([Measurement("level", "m", at, 4.5) for at in times], seq=1, boot="0123456789abcdef")
    found = impossible_of("megane/sabae/a/up", encode_pack(pack, Form.CBOR), ARRIVED_MS)
    assert list(found) == [Reading("a", "level", times[-1], 4.5)]
