"""Every function says what its plain definition says, at any moment of any past."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.expression import Call
from alerts.expression_text import read_expression
from alerts.functions import FUNCTIONS
from alerts.moments import Moments
from alerts.window import Samples, first_after
from tests.support.rule_city import MINUTE, T0, gauge
from tests.support.scalar_expressions import Sample, call

RESOLUTION = 0.3
GAUGE = replace(gauge("alpha"), resolution=RESOLUTION)
DAY = 24 * 60 * MINUTE
CALLS = {
    **{name: [f"{name}({window})" for window in ("1m", "7m", "2h", "3d")] for name in FUNCTIONS},
    "last": ["last()"],
    "age": ["age()"],
    "quantile": ["quantile(7m, 0.9)", "quantile(2h, 0)", "quantile(3d, 0.333)", "quantile(3d, 1)"],
    "baseline": ["baseline(1)", "baseline(2)", "baseline(5)"],
    "forecast": ["forecast(7m, 7m)", "forecast(2h, 20m)", "forecast(3d, 2h)"],
}

_step = st.sampled_from([1, 1_000, MINUTE, MINUTE, MINUTE, 3 * MINUTE + 17, 40 * MINUTE, DAY - MINUTE, DAY, 2 * DAY])
_value = st.one_of(st.sampled_from([3.0, 3.25, 3.5, -1.0]), st.floats(-100, 100, allow_subnormal=False))


@st.composite
def pasts(draw: st.DrawFn) -> list[list[tuple[int, float]]]:
    """Readings of several series, each in order of time; one may have none."""
    out = []
    for _ in range(draw(st.integers(1, 4))):
        time, rows = T0, []
        for step, value in draw(st.lists(st.tuples(_step, _value), max_size=25)):
            time += step
            rows.append((time, value))
        out.append(rows)
    return out


@pytest.mark.parametrize("text", [text for name in FUNCTIONS for text in CALLS[name]])
@settings(max_examples=25, deadline=None)
@given(past=pasts(), after=st.lists(_step, min_size=1, max_size=4))
def test_a_function_is_its_plain_definition(text: str, past: list[list[tuple[int, float]]], after: list[int]) -> None:
    asked = read_expression(text)
    assert isinstance(asked, Call)
    count = len(past)
    samples = Samples(np.full(count, asked.reach_ms), np.full(count, RESOLUTION))
    heard = [k for k in range(count) if past[k]]
    rows = [row for readings in past for row in readings]
    times, values = np.array([t for t, _ in rows], np.int64), np.array([v for _, v in rows], np.float64)
    lengths = np.array([len(past[k]) for k in heard], np.int64)
    samples.append(np.array(heard, np.int64), lengths, times, values, np.zeros(len(rows), np.uint8))
    # At every reading, and at some moments after them.
    at = [sorted({t for t, _ in readings} | {T0 + sum(after[: i + 1]) for i in range(len(after))}) for readings in past]
    series = np.repeat(np.arange(count), [len(each) for each in at])
    moment = np.array([t for each in at for t in each], np.int64)
    newest = first_after(samples.time, samples.begin[series], samples.end[series], moment) - 1

    found = asked.function.compute(Moments(samples, series, moment, newest), asked.arguments)

    plain = [
        call(asked, GAUGE, [Sample(t, v, 0, t) for t, v in past[k] if t <= now], now)
        for k, now in zip(series.tolist(), moment.tolist(), strict=True)
    ]
    np.testing.assert_allclose(found, plain, rtol=1e-6, atol=1e-6)
