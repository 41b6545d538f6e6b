import numpy as np

from ingest.stores.spans import spans


def test_no_times_need_no_span() -> None:
    assert spans(np.array([], np.int64), 10) == []


def test_times_close_together_are_one_span() -> None:
    assert spans(np.array([0, 10, 20, 20]), 10) == [(0, 20)]


def test_a_wide_gap_is_left_out() -> None:
    assert spans(np.array([0, 10, 21, 30]), 10) == [(0, 10), (21, 30)]


def test_only_the_widest_gaps_are_left_out_when_there_are_many() -> None:
    assert spans(np.array([0, 100, 300, 400, 700]), 10, most=3) == [(0, 100), (300, 400), (700, 700)]
