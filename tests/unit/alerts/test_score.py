"""Alerts measured by what really happened."""

from alerts.comparison import Span
from alerts.episode import Episode
from alerts.score import Event, Score, events_of, score

H = 3_600_000
DAY = Span(0, 24 * H)


def alert(start_h: float, end_h: float | None, subject: str = "toba:level") -> Episode:
    return Episode("r", subject, 3, round(start_h * H), None if end_h is None else round(end_h * H), None)


def event(start_h: float, end_h: float, subject: str = "toba:level", *, real: bool = True) -> Event:
    return Event(subject, round(start_h * H), round(end_h * H), real)


def found(alerts: list[Episode], events: list[Event], ahead_h: float = 2) -> Score:
    return score(alerts, events, round(ahead_h * H), DAY, whole=all(e.real for e in events))


def counts(of: Score) -> tuple[int, int, int, int]:
    return of.right, of.wrong, of.unknown, of.told


def test_an_alert_ahead_of_the_event_is_right_and_leads() -> None:
    of = found([alert(9, 9.5), alert(10.5, 12)], [event(10, 12)])
    assert counts(of) == (2, 0, 0, 1)
    assert of.leads_ms == (H,)
    assert (of.precision, of.recall, of.lead_ms) == (1.0, 1.0, H)


def test_one_too_far_ahead_is_wrong_and_one_after_it_too() -> None:
    of = found([alert(5, 7.9), alert(12, 13)], [event(10, 12)])
    assert counts(of) == (0, 2, 0, 0)
    assert (of.precision, of.recall, of.lead_ms) == (0.0, 0.0, None)


def test_what_fired_all_the_time_leads_by_no_more_than_asked_for() -> None:
    assert found([alert(0, None)], [event(10, 12)]).leads_ms == (2 * H,)


def test_one_raised_within_the_event_leads_by_less_than_nothing() -> None:
    assert found([alert(11, 12)], [event(10, 12)]).leads_ms == (-H,)


def test_a_false_event_makes_its_alert_wrong_and_leaves_the_others_unknown() -> None:
    of = found([alert(1, 2), alert(4, 5), alert(10, 11)], [event(10, 12), event(1, 2, real=False)])
    assert counts(of) == (1, 1, 1, 1)
    assert (of.precision, of.recall) == (0.5, 1.0)


def test_ahead_is_for_real_events_alone() -> None:
    assert counts(found([alert(1, 2)], [event(3, 4, real=False)])) == (0, 0, 1, 0)


def test_subjects_are_series_devices_or_anything() -> None:
    events = [event(10, 12, "toba"), event(14, 16, "*"), event(18, 20, "ieku:level")]
    assert counts(found([alert(10, 11), alert(14, 15), alert(18, 19)], events)) == (2, 1, 0, 2)


def test_nothing_is_no_share() -> None:
    of = found([], [])
    assert (of.precision, of.recall, of.lead_ms) == (None, None, None)


def test_events_outside_of_the_span_do_not_count() -> None:
    assert found([], [event(30, 31)]).events == 0


def test_alerts_close_to_one_another_are_one_event() -> None:
    of = events_of([alert(1, 2), alert(2.5, 3), alert(6, 7), alert(2, 3, "ieku:level")], H, DAY)
    assert of == [event(2, 3, "ieku:level"), event(1, 3), event(6, 7)]
