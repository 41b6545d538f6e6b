from datetime import date
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.errors import Mistake
from city.messages.text import Lang, Text
from city.section import Section, file_section, file_sections


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def section(text: str) -> Section:
    return file_section(text, "f.yaml", [])


def told(mistakes: list[Mistake]) -> list[tuple[int, int, str]]:
    return [
        (m.place.line, m.place.column, m.key.removeprefix("city.")) for m in sorted(mistakes, key=lambda m: m.place)
    ]


def test_every_reading_of_what_is_right() -> None:
    s = section(
        """
        id: river-1
        title: {ja: 川, en: River}
        low: -1.5e1
        severity: 3
        on: true
        for: 90s
        day: 2027-03-31
        at: 2024-06-23T06:00:00+09:00
        colour: blue
        owner: bosai
        area: [kawada, sabae]
        site: toba
        levels: {standby: 4.4, danger: 6}
        """
    )
    read = (
        s.name("id"),
        s.title("title"),
        s.number("low"),
        s.integer("severity", low=1, high=5),
        s.flag("on"),
        s.duration_ms("for"),
        s.date("day"),
        s.time_ms("at"),
        s.choice("colour", Colour),
        s.reference("owner", {"bosai", "doboku"}),
        s.names("area"),
        s.names("site"),
        s.numbers("levels"),
    )
    s.end()

    assert read == (
        "river-1",
        Text("川", "River"),
        -15.0,
        3,
        True,
        90_000,
        date(2027, 3, 31),
        1_719_090_000_000,
        Colour.BLUE,
        "bosai",
        ("kawada", "sabae"),
        ("toba",),
        {"standby": 4.4, "danger": 6.0},
    )
    assert s.mistakes == []


def test_what_is_missing_takes_its_default_or_is_a_mistake() -> None:
    s = section("a: ~\nb:\n")

    assert s.text("a", default=None) is None
    assert s.number("b", default=7.0) == 7.0
    assert s.names("c", default=()) == ()
    assert s.numbers("d") == {}
    assert s.items("e") == []
    assert s.sections("f") == []
    assert s.mistakes == []
    assert s.text("a") == ""
    assert s.title("g") == Text("", "")
    assert told(s.mistakes) == [
        (1, 1, "missing"),
        (1, 1, "missing"),
    ]  # where the key stands, else where the section does


def test_what_is_wrong_is_told_at_its_place_and_reading_goes_on() -> None:
    s = section(
        "id: Über\n"
        "title: River\n"
        "low: '3'\n"
        "high: .inf\n"
        "severity: 6\n"
        "on: yes\n"
        "for: 10 m\n"
        "day: 2027-02-30\n"
        "at: 2024-06-23T06:00:00\n"
        "colour: green\n"
        "owner: bosia\n"
        "levels: [1]\n"
        "text: ''\n"
    )
    s.name("id")
    s.title("title")
    s.number("low")
    s.number("high")
    s.integer("severity", low=1, high=5)
    s.flag("on")
    s.duration_ms("for")
    s.date("day")
    s.time_ms("at")
    s.choice("colour", Colour)
    s.reference("owner", {"bosai"})
    s.numbers("levels")
    s.text("text")
    s.end()

    assert told(s.mistakes) == [
        (1, 5, "need_name"),
        (2, 8, "need_section"),
        (3, 7, "need_number"),
        (4, 7, "need_number"),
        (5, 11, "outside"),
        (6, 5, "need_flag"),
        (7, 6, "need_duration"),
        (8, 6, "need_date"),
        (9, 5, "need_time"),
        (10, 9, "need_choice"),
        (11, 8, "unknown_name_near"),
        (12, 9, "need_section"),
        (13, 8, "need_text"),
    ]


def test_a_key_that_nobody_asked_for_is_told_with_the_nearest_that_somebody_did() -> None:
    s = section("ownr: bosai\nzzz: 1\ntitle: {ja: a, en: b, fr: c}\n")
    s.text("owner", default=None)
    s.title("title")
    s.end()

    assert told(s.mistakes) == [(1, 1, "unknown_key_near"), (2, 1, "unknown_key"), (3, 23, "unknown_key")]
    assert "owner" in s.mistakes[0].text(Lang.EN)


def test_what_lies_in_a_section_of_the_wrong_kind_is_told_once() -> None:
    s = section("inner: 3\n")
    inner = s.section("inner")
    inner.text("a")
    inner.number("b")
    s.end()

    assert told(s.mistakes) == [(1, 8, "need_section")]


def test_a_section_asked_for_twice_is_the_same_one() -> None:
    s = section("inner: {a: 1}\nlist: [{b: 2}, {b: 3}]\n")
    s.section("inner").number("a")
    for inner in s.sections("list"):
        inner.number("b")

    assert s.section("inner") is s.section("inner")
    assert s.sections("list")[1] is s.sections("list")[1]
    s.end()
    assert s.mistakes == []


@pytest.mark.parametrize("text", ["id: a\nx: 1", "- id: a\n  x: 1", "[{id: a, x: 1}]"])
def test_a_file_holds_one_mapping_or_a_list_and_each_is_ended(text: str) -> None:
    mistakes: list[Mistake] = []

    assert [s.name("id") for s in file_sections(text, "f.yaml", mistakes)] == ["a"]
    assert [m.key for m in mistakes] == ["city.unknown_key"]


def test_of_an_empty_file_all_that_is_required_is_missing() -> None:
    mistakes: list[Mistake] = []
    file_section("", "f.yaml", mistakes).text("id")

    assert [(str(m.place), m.key) for m in mistakes] == [("f.yaml", "city.missing")]


def test_of_an_unreadable_file_nothing_more_is_said_than_that() -> None:
    mistakes: list[Mistake] = []
    file_section("a: [", "f.yaml", mistakes).text("id")

    assert [m.key for m in mistakes] == ["city.yaml_syntax"]


def test_items_are_read_one_by_one_with_their_places() -> None:
    s = section("readings: [a, 3]\n")
    values = s.items("readings")

    assert values[0].text() == "a"
    assert values[1].number(low=0, high=2) != 3.0
    assert told(s.mistakes) == [(1, 15, "outside")]


@given(st.integers(0, 999_999_999), st.sampled_from([("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]))
def test_durations(count: int, unit: tuple[str, int]) -> None:
    assert section(f"for: {count}{unit[0]}").duration_ms("for") == count * unit[1]


@pytest.mark.parametrize("text", ["5", "1.5h", "-1m", "1 h", "1H", "m", "1h30m", "１m"])
def test_what_is_no_duration(text: str) -> None:
    s = section(f"for: {text}")

    assert s.duration_ms("for") == 0
    assert [m.key for m in s.mistakes] == ["city.need_duration"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_reads_back(number: float) -> None:
    assert section(f"x: {number!r}").number("x") == number


@pytest.mark.parametrize("text", [".nan", ".inf", "1e999", "0x10", "1_000", "１", "1.2.3", "'1'"])
def test_what_is_no_number(text: str) -> None:
    s = section(f"x: {text}")

    assert s.number("x") != s.number("x")  # nan
    assert s.mistakes


def test_among_too_many_names_no_guess_is_made() -> None:
    s = section("owner: bosia\n")
    s.reference("owner", {f"bosai{i}" for i in range(10_000)})

    assert [m.key for m in s.mistakes] == ["city.unknown_name"]
