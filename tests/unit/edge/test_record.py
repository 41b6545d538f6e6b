"""Whatever happens to the bytes of a file, what is read of it is a part of what was written."""

import random

from edge.record import HEAD_BYTES, encode_record, record_at, records

CONTENTS = [b"first", b"", b"\xa5M\xa5M", bytes(range(256)), b"last"]
WRITTEN = b"".join(encode_record(kind, content) for kind, content in enumerate(CONTENTS, start=1))
ALL = list(enumerate(CONTENTS, start=1))


def read(written: bytes) -> list[tuple[int, bytes]]:
    return [(kind, content) for _, kind, content in records(written)]


def is_part(found: list[tuple[int, bytes]]) -> bool:
    """Whether it is in order what was written, with some left out."""
    rest = iter(ALL)
    return all(one in rest for one in found)


def test_what_is_whole_is_read() -> None:
    assert read(WRITTEN) == ALL


def test_broken_off_anywhere_what_was_whole_before_is_read() -> None:
    for length in range(len(WRITTEN)):
        found = read(WRITTEN[:length])
        assert found == ALL[: len(found)]
        ends, at = 0, 0
        for _, content in ALL:
            at += HEAD_BYTES + len(content)
            ends += at <= length
        assert len(found) == ends


def test_a_byte_turned_anywhere_costs_one_record_at_most() -> None:
    for place in range(len(WRITTEN)):
        for turn in (0x01, 0x80, 0xFF):
            damaged = bytearray(WRITTEN)
            damaged[place] ^= turn
            found = read(bytes(damaged))
            assert is_part(found)
            assert len(found) >= len(ALL) - 1


def test_a_piece_lost_anywhere_costs_the_records_that_it_touches() -> None:
    chance = random.Random(1)
    for _ in range(2_000):
        begin = chance.randrange(len(WRITTEN))
        end = min(len(WRITTEN), begin + chance.randrange(1, 64))
        found = read(WRITTEN[:begin] + WRITTEN[end:])
        assert is_part(found)


def test_rubbish_around_and_between_is_passed_over() -> None:
    chance = random.Random(2)
    for _ in range(500):
        pieces = [chance.randbytes(chance.randrange(40)) + encode_record(kind, content) for kind, content in ALL]
        assert read(b"".join(pieces) + chance.randbytes(20)) == ALL


def test_a_record_is_read_where_it_begins_and_nowhere_else() -> None:
    starts = [found.offset for found in records(WRITTEN)]
    for at in range(len(WRITTEN) + 1):
        assert (record_at(WRITTEN, at) is not None) is (at in starts)
