"""The past of series: searches in it, and where it is kept."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alerts.window import Samples, first_after, rows_of


@given(
    st.lists(st.lists(st.integers(0, 30), max_size=40), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 40), st.integers(0, 40), st.integers(-1, 31)), max_size=300),
)
def test_the_first_after_a_limit_is_found_in_every_range(
    slabs: list[list[int]], asked: list[tuple[int, int, int, int]]
) -> None:
    column = np.array([value for slab in slabs for value in sorted(slab)] + [0], np.int64)
    starts = np.cumsum([0, *map(len, slabs)])
    ranges = []
    for slab, begin, length, limit in sorted(asked):  # the ranges of one slab follow one another, as moments do
        number = slab % len(slabs)
        low = int(starts[number]) + min(begin, len(slabs[number]))
        ranges.append((low, min(low + length, int(starts[number + 1])), limit))
    lows, highs, limits = np.array(ranges, np.int64).reshape(len(ranges), 3).T
    plain = [next((k for k in range(a, b) if column[k] > c), b) for a, b, c in ranges]
    assert first_after(column, lows, highs, limits).tolist() == plain


@given(st.lists(st.integers(0, 50), max_size=60), st.lists(st.integers(-1, 51), max_size=200))
def test_the_ranges_of_one_series_are_found_together(times: list[int], limits: list[int]) -> None:
    column = np.sort(np.array(times, np.int64))
    low, limit = np.zeros(len(limits), np.int64), np.array(limits, np.int64)
    high = np.arange(len(limits), dtype=np.int64) % (len(times) + 1)
    plain = np.minimum((column[None, :] <= limit[:, None]).sum(axis=1), high)
    assert first_after(column, low, high, limit).tolist() == plain.tolist()


def test_rows_are_a_slice_only_where_they_follow_one_another() -> None:
    assert rows_of(np.array([4, 5, 6])) == slice(4, 7)
    assert np.asarray(rows_of(np.array([4, 6, 7]))).tolist() == [4, 6, 7]
    assert np.asarray(rows_of(np.empty(0, np.int64))).tolist() == []


def test_what_a_window_may_reach_is_kept_and_no_more() -> None:
    samples = Samples(np.array([0, 10]), np.zeros(2))
    series, one = np.array([0, 1]), np.ones(2, np.int64)
    for time in range(100):
        values = np.array([time, -time], np.float64)
        place = samples.append(series, one, np.full(2, time), values, np.zeros(2, np.uint8))
        assert samples.value[place].tolist() == values.tolist()
    start, count = samples.kept(series)
    assert samples.time[start].tolist() == [99, 89]
    assert count.tolist() == [1, 11]


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=6),
    st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 30)), min_size=1, max_size=6), max_size=40),
)
def test_however_slabs_grow_and_move_each_series_has_its_newest_samples(
    reach: list[int], appends: list[list[tuple[int, int]]]
) -> None:
    samples = Samples(np.array(reach, np.int64), np.zeros(len(reach)))
    plain: list[list[int]] = [[] for _ in reach]
    now = 0
    for some in appends:
        counts = {series % len(reach): count for series, count in some}
        series = np.array(sorted(counts), np.int64)
        length = np.array([counts[k] for k in series.tolist()], np.int64)
        times = np.concatenate([now + np.arange(n, dtype=np.int64) for n in length.tolist()])
        place = samples.append(series, length, times, times * 0.5, (times % 7).astype(np.uint8))
        assert samples.time[place].tolist() == times.tolist()
        for k in series.tolist():
            plain[k] += range(now, now + counts[k])
        now += 30
        for k, known in enumerate(plain):
            [[begin], [count]] = samples.kept(np.array([k]))
            kept = [time for time in known if time >= known[-1] - reach[k]] if known else []
            assert samples.time[begin : begin + count].tolist()[-len(kept) :] == kept
            assert samples.value[begin : begin + count].tolist()[-len(kept) :] == [time * 0.5 for time in kept]
            assert count <= len(kept) + 1  # one before the window, for delta()
