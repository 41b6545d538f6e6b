"""Every function: its examples hold, and it is documented in both languages."""

import numpy as np
import pytest

from alerts.expression import Call
from alerts.expression_text import read_expression
from alerts.function import Example, Function
from alerts.functions import FUNCTIONS
from alerts.moments import Moments
from alerts.rule_test import read_readings
from alerts.window import Samples, first_after
from city.value import MS_OF

EXAMPLES = [(f, e) for f in FUNCTIONS.values() for e in f.examples]


@pytest.mark.parametrize(("function", "example"), EXAMPLES, ids=[f"{e.expression} at {e.at}" for _, e in EXAMPLES])
def test_example(function: Function, example: Example) -> None:
    call = read_expression(example.expression)
    assert isinstance(call, Call)
    assert call.function is function
    readings = read_readings(example.readings)
    assert readings is not None
    at = int(example.at[:-1]) * MS_OF[example.at[-1]]
    samples = Samples(np.array([call.reach_ms]), np.array([example.resolution]))
    times, values = np.array([t for t, _ in readings]), np.array([v for _, v in readings])
    samples.append(np.array([0]), np.array([len(readings)]), times, values, np.zeros(len(readings), np.uint8))
    newest = first_after(samples.time, samples.begin, samples.end, np.array([at])) - 1
    found = function.compute(Moments(samples, np.array([0]), np.array([at]), newest), call.arguments)
    np.testing.assert_allclose(found, [np.nan if example.value is None else example.value], rtol=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_is_documented(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.name == name
    assert function.text.ja
    assert function.text.en
    assert function.examples
