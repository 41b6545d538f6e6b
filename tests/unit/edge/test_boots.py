"""How long ago an earlier start of the device was, by all that can be known of it."""

from pathlib import Path

from edge.boots import Boots


def test_of_the_present_start_it_is_its_uptime(tmp_path: Path) -> None:
    boots = Boots(tmp_path / "boots.json", "a", "machine-1", 100.0)
    assert boots.uptime_ms("a", 160.0, 60_000, None) == 60_000


def test_where_the_machine_was_not_started_since_its_clock_tells(tmp_path: Path) -> None:
    file = tmp_path / "boots.json"
    Boots(file, "a", "machine-1", 100.0).note(5_000, None)
    boots = Boots(file, "b", "machine-1", 200.0)
    assert boots.uptime_ms("a", 260.0, 60_000, None) == 160_000


def test_where_both_starts_came_to_know_the_time_that_tells(tmp_path: Path) -> None:
    file = tmp_path / "boots.json"
    Boots(file, "a", "machine-1", 100.0).note(5_000, 1_719_100_005_000)
    boots = Boots(file, "b", "machine-2", 3.0)
    assert boots.uptime_ms("a", 63.0, 60_000, 1_719_103_600_000) == 3_600_000


def test_else_it_is_the_least_that_it_can_have_been(tmp_path: Path) -> None:
    file = tmp_path / "boots.json"
    Boots(file, "a", "machine-1", 100.0).note(5_000, None)
    boots = Boots(file, "b", "machine-2", 3.0)
    assert boots.uptime_ms("a", 63.0, 60_000, 1_719_103_600_000) == 65_000
    assert boots.uptime_ms("never heard of", 63.0, 60_000, None) == 60_000


def test_a_damaged_file_says_nothing_and_harms_nothing(tmp_path: Path) -> None:
    file = tmp_path / "boots.json"
    for rubbish in (b"", b"{", b"[1]", b"\xff" * 100):
        file.write_bytes(rubbish)
        boots = Boots(file, "b", "machine-2", 3.0)
        boots.note(1, None)
        assert boots.uptime_ms("a", 63.0, 60_000, None) == 60_000
