import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.language import accepted
from api.moment import UnreadableTimeError, iso, read_duration, read_moment, write_duration
from api.wording import ago, amount, decimals, moment
from city.messages.text import Lang
from tests.support.shown_city import sabae

NOW_MS = 1_795_370_700_000  # 2026-11-22 18:05 UTC


def test_a_moment_is_japan_time_with_its_weekday() -> None:
    assert moment(NOW_MS, Lang.JA) == "11月23日(月) 3:05"
    assert moment(NOW_MS, Lang.EN) == "Mon 23 Nov, 03:05"


@pytest.mark.parametrize(
    ("passed_s", "ja", "en"),
    [
        (-5, "たった今", "just now"),
        (59, "たった今", "just now"),
        (60, "1分前", "1 min ago"),
        (3_599, "59分前", "59 min ago"),
        (3_600, "1時間前", "1 h ago"),
        (86_400, "1日前", "1 d ago"),
    ],
)
def test_how_long_ago(passed_s: int, ja: str, en: str) -> None:
    assert ago(NOW_MS - passed_s * 1000, NOW_MS, Lang.JA) == ja
    assert ago(NOW_MS - passed_s * 1000, NOW_MS, Lang.EN) == en


def test_a_value_has_its_unit_and_useful_decimals() -> None:
    sensors = {sensor.quantity.id: sensor for sensor in sabae().catalog.sensors}
    assert amount(6.0, sensors["water_level"], Lang.JA).endswith(" m")
    assert decimals(sensors["co2"]) == 0
    assert amount(1_234.4, sensors["co2"], Lang.JA) == "1,234 ppm"
    assert amount(1.0, sensors["on_off"], Lang.JA) == "入"
    assert amount(0.0, sensors["on_off"], Lang.EN) == "off"


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", Lang.JA),
        ("ja", Lang.JA),
        ("en-US,en;q=0.9", Lang.EN),
        ("en;q=0.5, ja;q=0.8", Lang.JA),
        ("fr, en;q=0.3", Lang.EN),
        ("fr", Lang.JA),
        ("en;q=0", Lang.JA),
        ("en;q=much", Lang.JA),
    ],
)
def test_the_browsers_wish_is_followed(header: str, lang: Lang) -> None:
    assert accepted(header) is lang


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_a_time_written_is_the_time_read(time_ms: int) -> None:
    assert read_moment("from", iso(time_ms)) == time_ms


@given(st.text(max_size=40))
def test_what_is_no_time_is_refused_and_nothing_else_happens(text: str) -> None:
    with contextlib.suppress(UnreadableTimeError):
        assert isinstance(read_moment("from", text), int)


@given(st.integers(min_value=1, max_value=10**12))
def test_a_duration_written_is_never_shorter(duration_ms: int) -> None:
    assert read_duration("every", write_duration(duration_ms)) >= duration_ms
