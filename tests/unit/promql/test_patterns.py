"""The part of regular expressions that matchers take means what RE2 means, and takes linear time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.promql.matcher import Matcher

PIECES = st.sampled_from(["a", "b", "ab", ".", ".*", ".+", r"\.", r"\*", "-", "*a"[1:]])
ALTERNATIVE = st.lists(PIECES, max_size=5).map("".join)


@given(st.lists(ALTERNATIVE, min_size=1, max_size=3).map("|".join), st.text("ab.*-", max_size=8))
def test_a_pattern_means_what_it_means_elsewhere(pattern: str, text: str) -> None:
    expected = re.fullmatch(pattern, text) is not None

    assert Matcher("l", "=~", pattern).fits(text) is expected
    assert Matcher("l", "!~", pattern).fits(text) is not expected
    assert Matcher("l", "=~", f"({pattern})").fits(text) is expected


@pytest.mark.parametrize("value", ["a*b", "a[b]", "a?", "a-b_c"])
def test_what_grafana_escapes_is_taken_as_it_is(value: str) -> None:
    assert Matcher("l", "=~", re.escape(value)).fits(value)
    assert not Matcher("l", "=~", re.escape(value)).fits(value + "x")


def test_many_wildcards_over_a_long_value_are_answered() -> None:
    # Backtracking would take longer than the age of the world.
    assert not Matcher("l", "=~", ".*a" * 60 + "b").fits("a" * 5_000)
