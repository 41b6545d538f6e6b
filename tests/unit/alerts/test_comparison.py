"""What two rules' alerts have in common, and how much of an alarm each is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.comparison import Outcome, Span, figures, is_night, occasions
from alerts.episode import Episode

TOKYO = ZoneInfo("Asia/Tokyo")
HOUR = 3_600_000


def at(text: str) -> int:
    """ms of a time of 23 June 2024 (`18:20`), or of another day of it (`24 2:00`)."""
    day, clock = text.split(" ") if " " in text else ("23", text)
    hour, minute = map(int, clock.split(":"))
    return round(datetime(2024, 6, int(day), hour, minute, tzinfo=TOKYO).timestamp() * 1000)


def alert(raised: str, cleared: str | None, subject: str = "toba:level", rule: str = "high") -> Episode:
    return Episode(rule, subject, 3, at(raised), None if cleared is None else at(cleared), 5.0)


DAY = Span(at("0:00"), at("24 0:00"))


def outcomes(proposed: list[Episode], current: list[Episode]) -> list[tuple[Outcome, int | None]]:
    found = occasions(proposed, current, DAY)
    return [(o.outcome, None if o.earlier_ms is None else o.earlier_ms // 60_000) for o in found]


def test_alone_it_is_gained_or_lost() -> None:
    assert outcomes([alert("3:00", "4:00")], []) == [(Outcome.GAINED, None)]
    assert outcomes([], [alert("3:00", "4:00")]) == [(Outcome.LOST, None)]


def test_together_the_first_of_either_says_who_is_earlier() -> None:
    current = [alert("3:00", "6:00")]
    assert outcomes([alert("2:40", "6:00")], current) == [(Outcome.EARLIER, 20)]
    assert outcomes([alert("3:10", "4:00")], current) == [(Outcome.LATER, -10)]
    assert outcomes([alert("3:00", "3:10")], current) == [(Outcome.SAME, 0)]


def test_several_alerts_within_one_of_the_other_are_one_occasion() -> None:
    flapping = [alert("3:00", "3:10"), alert("3:20", "3:30"), alert("3:40", "3:50")]
    assert outcomes([alert("2:50", "4:00")], flapping) == [(Outcome.EARLIER, 10)]
    assert outcomes(flapping, [alert("2:50", "4:00")]) == [(Outcome.LATER, -10)]


def test_what_only_touches_is_two_occasions_and_so_are_other_subjects() -> None:
    assert outcomes([alert("2:00", "3:00")], [alert("3:00", "4:00")]) == [(Outcome.GAINED, None), (Outcome.LOST, None)]
    elsewhere = alert("3:00", "4:00", subject="ieku:level")
    assert outcomes([alert("3:00", "4:00")], [elsewhere]) == [(Outcome.LOST, None), (Outcome.GAINED, None)]


def test_an_alert_that_still_fires_lasts_to_the_end() -> None:
    assert outcomes([alert("3:00", None)], [alert("20:00", "21:00")]) == [(Outcome.EARLIER, 17 * 60)]
    assert figures([alert("3:00", None)], DAY).hours == 21


def test_hours_count_within_the_span_alone() -> None:
    found = figures([alert("22 23:00", "1:00"), alert("23:00", "24 4:00")], DAY)
    assert (found.alerts, found.hours) == (2, 2)


def test_night_begins_at_22_and_ends_at_6() -> None:
    assert [clock for clock in ("21:59", "22:00", "0:00", "5:59", "6:00", "12:00") if is_night(at(clock))] == [
        "22:00",
        "0:00",
        "5:59",
    ]


def test_what_is_raised_by_day_goes_on_into_the_night() -> None:
    found = figures([alert("21:00", "24 8:00")], Span(at("0:00"), at("25 0:00")))
    assert (found.raised_at_night, found.hours, found.hours_at_night) == (0, 11, 8)
    found = figures([alert("22 12:00", "24 12:00")], Span(at("22 0:00"), at("25 0:00")))
    assert (found.raised_at_night, found.hours_at_night) == (0, 16)
