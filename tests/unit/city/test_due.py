"""Terms in minutes and in business days, over weekends, holidays and New Year."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.due import Due, DueError
from city.fiscal_year import fiscal_year, written_year

TOKYO = ZoneInfo("Asia/Tokyo")


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=TOKYO).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "due", "end"),
    [
        ("2026-11-27T13:00", "30m", "2026-11-27T13:30"),
        ("2026-11-27T13:00", "2h", "2026-11-27T15:00"),
        ("2026-11-27T13:00", "3d", "2026-11-30T13:00"),
        ("2026-11-27T13:00", "1bd", "2026-11-30T17:15"),  # a Friday
        ("2026-11-26T00:00", "1bd", "2026-11-27T17:15"),  # the first day is not counted, however early it is
        ("2026-11-28T09:00", "1bd", "2026-11-30T17:15"),  # a Saturday
        ("2026-11-20T09:00", "1bd", "2026-11-24T17:15"),  # Labour Thanksgiving on Monday
        ("2026-12-28T09:00", "1bd", "2027-01-04T17:15"),  # New Year
        ("2026-12-25T18:00", "2bd", "2027-01-04T17:15"),
        ("2027-04-28T09:00", "2bd", "2027-05-06T17:15"),  # Golden Week
        ("2026-11-27T13:00", " 2bd ", "2026-12-01T17:15"),
    ],
)
def test_a_term_ends(now: str, due: str, end: str) -> None:
    assert Due.parse(due).end_ms(at(now)) == at(end)


@pytest.mark.parametrize("text", ["", "0m", "30", "bd", "1.5h", "-1d", "1000bd", "2 bd", "2BD", "２bd", "1w"])
def test_what_is_no_term_is_refused_with_what_would_be_one(text: str) -> None:
    with pytest.raises(DueError, match="2bd"):
        Due.parse(text)


def test_nobody_knows_the_holidays_after_2099() -> None:
    with pytest.raises(DueError, match="2099"):
        Due.parse("10bd").end_ms(at("2099-12-28T09:00"))


@settings(max_examples=25, deadline=None)
@given(st.integers(at("2020-01-01T00:00"), at("2090-01-01T00:00")), st.integers(1, 12))
def test_one_business_day_after_another_is_the_term_of_both(now_ms: int, count: int) -> None:
    stepped = now_ms
    for _ in range(count):
        stepped = Due(1, "bd").end_ms(stepped)
    assert Due(count, "bd").end_ms(now_ms) == stepped
    closing = datetime.fromtimestamp(stepped / 1000, TOKYO)
    assert (closing.hour, closing.minute) == (17, 15)
    assert closing.weekday() < 5


@pytest.mark.parametrize(
    ("moment", "year", "ja", "en"),
    [
        ("2026-03-31T23:59:59", 2025, "令和7年度", "FY2025"),
        ("2026-04-01T00:00:00", 2026, "令和8年度", "FY2026"),
        ("2026-12-31T12:00:00", 2026, "令和8年度", "FY2026"),
        ("2019-04-01T00:00:00", 2019, "令和元年度", "FY2019"),
        ("2019-03-31T00:00:00", 2018, "2018年度", "FY2018"),
    ],
)
def test_the_fiscal_year_begins_in_april_by_the_clock_of_japan(moment: str, year: int, ja: str, en: str) -> None:
    assert fiscal_year(at(moment)) == year
    assert (written_year(year).ja, written_year(year).en) == (ja, en)
