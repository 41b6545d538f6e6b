"""The spool on disk: dropped on receipt alone, whole after a loss of power at any byte, fair after an outage."""

import contextlib
import errno
import os
from pathlib import Path

import pytest

from city.wire.receipt import Receipt
from edge.message import Message
from edge.outbox import MOST_OUT, MOST_SENDS
from edge.spool import KEPT_FREE, SEGMENT_BYTES, Spool, SpoolRefusedError

WATER = [("water_level", "m", 1_719_100_000_000, 4.52)]


def filled(spool: Spool, count: int, *, urgent: bool = False) -> list[Message]:
    return [spool.append([("water_level", "m", k, float(k))], synced=True, urgent=urgent) for k in range(count)]


def settle(spool: Spool, *messages: Message) -> int:
    return sum(spool.settle(Receipt(one.boot, ((one.seq, one.seq),))) for one in messages)


def waiting(spool: Spool) -> list[Message]:
    """All that it has, by sending it until nothing is left; receipts come at once."""
    found: list[Message] = []
    while sending := spool.to_send(0.0):
        found += sending
        settle(spool, *sending)
    return found


def test_a_message_stays_until_its_receipt(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    first, second = filled(spool, 2)
    assert spool.to_send(0.0) == [first, second]
    assert spool.to_send(1.0) == []
    assert len(spool) == 2
    assert settle(spool, first) == 1
    assert len(spool) == 1
    assert settle(spool, first) == 0


def test_a_receipt_of_another_start_settles_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    (message,) = filled(spool, 1)
    assert spool.settle(Receipt("boot-b", ((0, 10),))) == 0
    assert spool.to_send(0.0) == [message]


def test_what_was_appended_is_there_after_a_restart_and_what_was_settled_is_not(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    messages = filled(spool, 10)
    spool.to_send(0.0)
    settle(spool, *messages[:4])
    spool.close()
    again = Spool(tmp_path, "boot-b")
    assert waiting(again) == messages[4:]


def test_without_a_word_of_what_was_settled_it_is_sent_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    messages = filled(spool, 3)
    spool.to_send(0.0)
    settle(spool, messages[0])  # killed before it was written down
    assert waiting(Spool(tmp_path, "boot-b")) == messages


def test_numbers_count_up_for_ever_whatever_is_deleted(tmp_path: Path) -> None:
    newest = -1
    for start in range(4):
        spool = Spool(tmp_path, f"boot-{start}")
        messages = filled(spool, 3)
        assert messages[0].seq > newest
        newest = messages[-1].seq
        assert waiting(spool) == messages
        spool.close()
    assert len(list(tmp_path.glob("*.spool"))) <= 2


def test_files_of_which_nothing_is_left_are_given_back(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    big = [("text", None, k, float(k)) for k in range(900)]
    while spool.size_bytes < 3 * SEGMENT_BYTES:
        spool.append(big, synced=True)
    assert len(list(tmp_path.glob("*.spool"))) > 2
    waiting(spool)
    assert len(spool) == 0
    assert len(list(tmp_path.glob("*.spool"))) == 1
    assert spool.size_bytes < SEGMENT_BYTES


def test_what_goes_first_goes_newest_first_the_rest_oldest_first_in_turns(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    rest = filled(spool, 100)
    urgent = filled(spool, 100, urgent=True)
    spool.reconnected()
    sent = waiting(spool)
    assert [one for one in sent if one.urgent] == urgent[::-1]
    assert [one for one in sent if not one.urgent] == rest
    assert [one.urgent for one in sent[:10]] == [True, False] * 5
    assert len(sent) == 200


def test_it_is_as_fair_after_a_restart(tmp_path: Path) -> None:
    first = Spool(tmp_path, "boot-a")
    rest, urgent = filled(first, 5), filled(first, 5, urgent=True)
    first.close()
    sent = waiting(Spool(tmp_path, "boot-b"))
    assert [one for one in sent if one.urgent] == urgent[::-1]
    assert [one for one in sent if not one.urgent] == rest


def test_what_comes_live_overtakes_a_long_backlog_where_it_goes_first(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    filled(spool, 1_000)
    settle(spool, *spool.to_send(0.0))
    (live,) = filled(spool, 1, urgent=True)
    assert live in spool.to_send(1.0)[:2]


def test_at_most_so_many_are_out(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    filled(spool, 2 * MOST_OUT)
    assert len(spool.to_send(0.0)) == MOST_OUT - KEPT_FREE
    assert spool.to_send(1.0) == []


def test_one_sent_in_vain_while_later_ones_are_settled_is_set_aside_and_never_deleted(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    (vain,) = filled(spool, 1)
    for now_s in range(MOST_SENDS):
        (later,) = filled(spool, 1)
        sent = spool.to_send(float(now_s))
        assert sent == [vain, later]
        settle(spool, later)
    assert spool.to_send(100.0) == []
    assert (len(spool), spool.aside) == (0, 1)
    spool.close()
    assert waiting(Spool(tmp_path, "boot-b")) == [vain]


def test_a_receipt_settles_what_was_set_aside(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    (vain,) = filled(spool, 1)
    for now_s in range(MOST_SENDS + 1):
        (later,) = filled(spool, 1)
        spool.to_send(float(now_s))
        settle(spool, later)
    assert spool.aside == 1
    assert settle(spool, vain) == 1
    assert spool.aside == 0


def test_a_full_spool_refuses_what_comes_and_counts_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a", limit_bytes=1_000)
    taken: list[Message] = []
    while spool.refused == 0:
        with contextlib.suppress(SpoolRefusedError):
            taken += filled(spool, 1)
    with pytest.raises(SpoolRefusedError):
        filled(spool, 1)
    assert spool.refused == 2
    assert len(taken) > 5
    assert waiting(spool) == taken


def test_a_disk_that_is_full_in_the_midst_of_a_write_harms_nothing_before_or_after(tmp_path: Path) -> None:
    room = [10_000]

    def write(fd: int, content: bytes) -> int:
        """As a disk: so much of it is taken, and then nothing."""
        if not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = min(room[0], len(content))
        room[0] -= taken
        return os.write(fd, content[:taken])

    spool = Spool(tmp_path, "boot-a", write=write)
    room[0] = 100
    before = filled(spool, 1)
    with pytest.raises(SpoolRefusedError):
        filled(spool, 50)
    before += spool.to_send(0.0)[len(before) :]
    room[0] = 10_000
    after = filled(spool, 3)
    spool.close()
    assert waiting(Spool(tmp_path, "boot-b")) == [*before, *after]


def test_after_a_loss_of_power_at_any_byte_what_was_whole_is_there(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    spool = Spool(whole, "boot-a")
    messages = filled(spool, 4)
    spool.close()
    (file,) = whole.glob("*.spool")
    written = file.read_bytes()
    found: list[Message] = []
    for length in range(len(written) + 1):
        folder = tmp_path / f"cut-{length}"
        folder.mkdir()
        (folder / file.name).write_bytes(written[:length])
        again = Spool(folder, "boot-b")
        found = waiting(again)
        assert found == messages[: len(found)]
        assert filled(again, 1)[0].seq > messages[-1].seq
    assert found == messages


def test_whichever_byte_is_turned_the_other_messages_are_there(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    spool = Spool(whole, "boot-a")
    messages = filled(spool, 4)
    spool.to_send(0.0)
    settle(spool, messages[0])
    spool.close()
    (file,) = whole.glob("*.spool")
    written = file.read_bytes()
    for place in range(len(written)):
        folder = tmp_path / f"turned-{place}"
        folder.mkdir()
        (folder / file.name).write_bytes(written[:place] + bytes((written[place] ^ 0xFF,)) + written[place + 1 :])
        found = waiting(Spool(folder, "boot-b"))
        assert len(found) >= 2
        assert all(one in messages for one in found)
        assert len(set(map(str, found))) == len(found)


def test_a_message_that_cannot_be_read_any_more_is_counted_and_holds_up_no_other(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    messages = filled(spool, 3)
    (file,) = tmp_path.glob("*.spool")
    written = file.read_bytes()
    middle = written.index(b"boot-a", written.index(b"boot-a") + 1)
    file.write_bytes(written[:middle] + b"X" + written[middle + 1 :])
    assert waiting(spool) == [messages[0], messages[2]]
    assert (spool.damaged, len(spool)) == (1, 0)


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "x.spool").write_text("not a number")
    spool = Spool(tmp_path, "boot-a")
    filled(spool, 1)
    waiting(spool)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "x.spool").read_text() == "not a number"


def test_what_goes_first_and_was_read_just_now_waits_for_no_backlog(tmp_path: Path) -> None:
    spool = Spool(tmp_path, "boot-a")
    filled(spool, 2 * MOST_OUT)
    filled(spool, 2 * MOST_OUT, urgent=True)
    spool.reconnected()
    assert len(spool.to_send(0.0)) == MOST_OUT - KEPT_FREE  # however much of it goes first
    for _ in range(KEPT_FREE):
        fresh = filled(spool, 1, urgent=True)
        assert spool.to_send(0.0) == fresh
    filled(spool, 1, urgent=True)
    assert spool.to_send(0.0) == []  # now it waits for a receipt
