from hypothesis import given
from hypothesis import strategies as st

from city.wire.receipt import Receipt
from edge.outbox import FIRST_DELAY_S, MOST_OUT, MOST_SENDS
from firmware_sim.message import Message
from firmware_sim.spool import MOST_WAITING, Spool

BOOT = "b"


def message(seq: int, boot: str = BOOT, copies: int = 1) -> Message:
    return Message(seq, boot, 0, True, (), copies)


def filled(count: int) -> Spool:
    spool = Spool()
    for seq in range(1, count + 1):
        spool.append(message(seq))
    return spool


def seqs(sent: list[Message]) -> list[int]:
    return [one.seq for one in sent]


def receipt(*numbers: int) -> Receipt:
    return Receipt(BOOT, tuple((number, number) for number in numbers))


def test_messages_go_out_in_order_and_at_most_64_at_a_time() -> None:
    spool = filled(100)
    assert seqs(spool.to_send(0)) == list(range(1, MOST_OUT + 1))
    assert spool.to_send(0) == []
    assert spool.settle(Receipt(BOOT, ((1, 10),))) == 10
    assert seqs(spool.to_send(0)) == list(range(MOST_OUT + 1, MOST_OUT + 11))
    assert len(spool) == 90


def test_the_delay_doubles() -> None:
    spool = filled(1)
    sent = [now_s for now_s in range(200) if spool.to_send(now_s)]
    assert sent == [0, FIRST_DELAY_S, 3 * FIRST_DELAY_S, 7 * FIRST_DELAY_S, 15 * FIRST_DELAY_S]


def test_a_later_messages_receipt_brings_the_earlier_one_out_again_once() -> None:
    spool = filled(3)
    spool.to_send(0)
    spool.settle(receipt(2))
    assert seqs(spool.to_send(1)) == [1]
    spool.settle(receipt(3))  # 3 was sent before 1 was sent again: nothing is known of 1
    assert spool.to_send(2) == []


def test_reconnecting_sends_everything_that_is_out() -> None:
    spool = filled(70)
    spool.to_send(0)
    spool.reconnected()
    assert seqs(spool.to_send(0)) == list(range(1, MOST_OUT + 1))
    assert spool.resent == MOST_OUT


def test_ten_times_in_vain_is_set_aside_and_a_late_receipt_ends_it() -> None:
    spool = filled(1)
    times = 0
    for seq in range(2, 40):
        times += seqs(spool.to_send(0)).count(1)
        spool.append(message(seq))
        spool.to_send(0)
        spool.settle(receipt(seq))
    assert times == MOST_SENDS
    assert (spool.aside, len(spool)) == (1, 0)
    spool.settle(receipt(1))
    assert spool.aside == 0


def test_while_nobody_gets_a_receipt_nothing_is_set_aside() -> None:
    spool = filled(2)
    for hours in range(100):
        spool.to_send(hours * 3_600)
    assert (spool.aside, len(spool)) == (0, 2)


def test_a_receipt_for_another_start_settles_nothing() -> None:
    spool = filled(1)
    spool.to_send(0)
    assert spool.settle(Receipt("other", ((1, 1),))) == 0
    assert len(spool) == 1


def test_copies_are_sent_at_first_only() -> None:
    spool = Spool()
    spool.append(message(1, copies=2))
    assert seqs(spool.to_send(0)) == [1, 1]
    assert seqs(spool.to_send(FIRST_DELAY_S)) == [1]


def test_a_full_spool_lets_the_oldest_go_and_counts_it() -> None:
    spool = filled(MOST_WAITING + 3)
    assert (len(spool), spool.overflowed) == (MOST_WAITING, 3)
    assert seqs(spool.to_send(0))[0] == 4


@given(st.lists(st.one_of(st.integers(1, 30), st.sampled_from(["append", "wait", "reconnect"])), max_size=200))
def test_whatever_happens_no_message_is_lost(steps: list[int | str]) -> None:
    spool, appended, settled, now_s = Spool(), 0, set(), 0.0
    for step in steps:
        match step:
            case "append":
                appended += 1
                spool.append(message(appended))
            case "wait":
                now_s += FIRST_DELAY_S
            case "reconnect":
                spool.reconnected()
            case _:
                if spool.settle(receipt(int(step))):
                    settled.add(int(step))
        sent = seqs(spool.to_send(now_s))
        assert not settled & set(sent)
        assert len(set(sent)) == len(sent) <= MOST_OUT
    assert len(spool) + spool.aside == appended - len(settled)
