from city.ports import ClockOffset
from ingest.clock_offset import ClockOffsets
from ingest.journal.offsets import BOOTS_KEPT


def test_the_first_message_of_a_boot_decides_for_all_of_it() -> None:
    offsets = ClockOffsets([])
    assert offsets.offset_ms("a", "1", 1000, 10) == 990
    assert offsets.offset_ms("a", "1", 5000, 20) == 990
    assert offsets.offset_ms("a", "2", 5000, 20) == 4980
    assert offsets.offset_ms("b", "1", 7000, 0) == 7000


def test_what_was_fixed_is_handed_over_once() -> None:
    offsets = ClockOffsets([ClockOffset("a", "1", 7)])
    offsets.offset_ms("a", "1", 0, 0)
    offsets.offset_ms("a", "2", 50, 20)
    assert offsets.take_fixed() == [ClockOffset("a", "2", 30)]
    assert offsets.take_fixed() == []


def test_after_a_restart_it_is_the_same() -> None:
    assert ClockOffsets([ClockOffset("a", "1", 7)]).offset_ms("a", "1", 99, 1) == 7


def test_a_device_that_restarts_for_ever_forgets_only_its_own_oldest_boots() -> None:
    offsets = ClockOffsets([ClockOffset("b", "old", 5)])
    for n in range(BOOTS_KEPT + 1):
        offsets.offset_ms("a", str(n), n, 0)
    assert offsets.offset_ms("b", "old", 0, 0) == 5
    assert offsets.offset_ms("a", "1", 0, 0) == 1
    assert offsets.offset_ms("a", "0", 1234, 0) == 1234
