"""The city's counters over its lives: what does not add up is told."""

import pytest

from bench.chaos.books import Book, unbalanced

WHOLE = Book(received=10, stored=7, duplicate=2, quarantined=1)
CUT_OFF = Book(received=10, stored=5, duplicate=2, quarantined=1)  # two are under way


def test_a_book_is_what_the_metrics_say() -> None:
    metrics = {
        "megane_readings_received_total": 10.0,
        'megane_readings_total{outcome="stored",reason=""}': 6.0,
        'megane_readings_total{outcome="duplicate",reason=""}': 1.0,
        'megane_readings_total{outcome="quarantined",reason="no value"}': 1.0,
        'megane_readings_total{outcome="quarantined",reason="unknown unit"}': 2.0,
    }
    assert Book.of(metrics) == Book(received=10, stored=6, duplicate=1, quarantined=3)


@pytest.mark.parametrize(
    ("lives", "rows", "kept", "balanced"),
    [
        pytest.param([WHOLE], 7, 1, True, id="one-life"),
        pytest.param([WHOLE], 8, 1, False, id="a-row-that-was-not-counted"),
        pytest.param([WHOLE], 6, 1, False, id="counted-and-not-there"),
        pytest.param([WHOLE], 7, 0, False, id="a-piece-that-is-gone"),
        pytest.param([CUT_OFF], 5, 1, False, id="under-way-in-the-end"),
        pytest.param([CUT_OFF, WHOLE], 14, 2, True, id="two-lives"),
        pytest.param([CUT_OFF, WHOLE], 11, 2, False, id="counted-in-two-lives-and-not-there"),
        pytest.param([CUT_OFF, WHOLE], 14, 1, False, id="a-piece-of-the-first-life-that-is-gone"),
        pytest.param([Book(5, 5, 1, 0), WHOLE], 14, 1, False, id="more-than-was-received"),
    ],
)
def test_what_does_not_add_up_is_told(lives: list[Book], rows: int, kept: int, *, balanced: bool) -> None:
    assert (not unbalanced(lives, rows, kept)) is balanced
