"""The language: what it reads, and where it says something is wrong."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.expression import And, Compare
from alerts.expression_text import read_condition, read_expression
from alerts.tokens import Fault
from city.messages import say
from city.messages.text import Lang

WRONG = [
    ("", 1, "empty"),
    ("last()", 1, "not_condition"),
    ("last() >= 5 and", 16, "syntax"),
    ("lats() >= 5", 1, "unknown_near"),
    ("last() >= levle('x')", 11, "unknown_near"),
    ("frobnicate() > 1", 1, "unknown"),
    ("any(last())", 5, "need_condition"),
    ("max_over(last() > 1) > 1", 10, "need_number"),
    ("any(any(last() > 1))", 5, "nested"),
    ('of("a:b", max_over(last())) > 1', 11, "nested"),
    ('of("a:b", of("a:c", last())) > 1', 11, "nested"),
    ("of(last(), 1) > 1", 1, "arguments"),
    ('of("a:b") > 1', 1, "arguments"),
    ("at_least(0, last() > 1)", 1, "arguments"),
    ("at_least(10m, last() > 1)", 1, "arguments"),
    ("at_least(1.5, last() > 1)", 1, "arguments"),
    ("any(last() > 1) and last() > 2", 21, "outside"),
    ('max_over(last()) > level("danger")', 20, "outside"),
    ("max_over(rate(1h)) > sum_over(last())", 22, "dimensions"),
    ('of("a:b", rate(1h)) > last()', 23, "dimensions"),
    ("max_over(age()) > 1", 1, "clock"),
    ('any(of("a:b", age()) > 1)', 5, "clock"),
    ('age() > of("a:b", level("x"))', 1, "clock"),
    ("at_lest(2, last() > 1)", 1, "unknown_near"),
    ("mean() > 1", 1, "arguments"),
    ("mean(10) > 1", 6, "duration_needed"),
    ("mean(last()) > 1", 6, "duration_needed"),
    ("mean(1m, 2m) > 1", 1, "arguments"),
    ("last(10m) > 1", 1, "arguments"),
    ("quantile(10m) > 1", 1, "arguments"),
    ("quantile(10m, 90) > 1", 15, "number_needed"),
    ("quantile(10m, 10m) > 1", 15, "number_needed"),
    ("quantile(0.5, 10m) > 1", 10, "duration_needed"),
    ("baseline(7d) > 1", 10, "whole_needed"),
    ("baseline(1.5) > 1", 10, "whole_needed"),
    ("baseline(57) > 1", 10, "whole_needed"),
    ("baseline(0) > 1", 10, "whole_needed"),
    ("forecast(1h, 2) > 1", 14, "duration_needed"),
    ("last() > 10m", 10, "duration_alone"),
    ("mean(0m) > 1", 6, "duration"),
    ("mean(401d) > 1", 6, "duration"),
    ("last() > 'x'", 10, "text_alone"),
    ("level(danger) > 1", 1, "lookup"),
    ("last() > 1e999", 10, "number"),
    ('rate(1h) >= level("danger")', 13, "dimensions"),
    ("last() > count(1h)", 10, "dimensions"),
    ("last() + rate(1h) > 3", 10, "dimensions"),
    ('last() > zscore(1h) + level("danger")', 23, "dimensions"),
    ("last() + (last() > 1) > 2", 11, "need_number"),
    ("last() and last() > 1", 1, "need_condition"),
    ("not last()", 5, "need_condition"),
    ("age() * 2 > 1", 1, "clock"),
    ("age() > last()", 1, "clock"),
    ("-age() < 1", 1, "clock"),
    ("last() > 9**9", 11, "character"),
    ("last() @ 2 > 1", 8, "character"),
    ("last().x > 1", 7, "character"),
    ("[1] > 1", 1, "character"),
    ("lambda > 1", 1, "word"),
    ("last() > 1 if last() else 2", 12, "word"),
    ("x > 1", 1, "unknown"),
    ("   last() >=\n   lats()", 17, "unknown_near"),
    ('level("あ") + lats() > 1', 14, "unknown_near"),
    ("(" * 60 + "1" + ")" * 60 + " > 1", 49, "too_deep"),
    ("-" * 60 + "1 > 1", 49, "too_deep"),
    ("1" + " + 1" * 300 + " > 1", None, "too_deep"),
    ("1" + "+1" * 2100 + ">1", 1, "too_long"),
    ("last() > 0x10", 10, "character"),
    ("last() > 1_0", 10, "character"),
    ("last() > 007", 10, "syntax"),
]


@pytest.mark.parametrize(("text", "column", "what"), WRONG, ids=[w[0][:30] for w in WRONG])
def test_names_what_is_wrong_and_where(text: str, column: int | None, what: str) -> None:
    found = read_condition(text)
    assert isinstance(found, Fault)
    assert found.key == f"alerts.expression_{what}"
    assert column is None or found.column == column
    for lang in Lang:
        assert say(found.key, lang, **dict(found.fields))


def test_a_chain_is_read_as_pairs() -> None:
    found = read_condition("1 < last() <= 3")
    assert isinstance(found, And)
    assert [part.operator for part in found.parts if isinstance(part, Compare)] == ["<", "<="]


@pytest.mark.parametrize(
    "text",
    [
        'delta(1h) > level("danger") - last()',
        "rate(1h) * flat(1h) > last()",
        "last() / flat(2h) > rate(1h)",
        "last() / rate(1h) < flat(1h)",
        "std(1h) / mean(1h) > 0.1",
        "last() * last() > rate(1h)",
        'attr("offset") > rate(1h)',
        "2 * slope(1h) > rate(30m) + 0.5",
        "last() * zscore(1h) > mean(1h)",
    ],
)
def test_numbers_of_one_kind_go_together(text: str) -> None:
    assert not isinstance(read_condition(text), Fault)


def test_durations_keep_columns_and_may_be_in_quotes() -> None:
    assert not isinstance(read_condition('mean( 10m ) > level("10m") - 0.5'), Fault)


_piece = st.sampled_from(
    [
        *"()+-*/<>=,.'\"#@ \n\t:[]{}~^&|%!\\0123456789",
        "and",
        "or",
        "not",
        "last()",
        "mean(10m)",
        "10m",
        "level(",
        "1e9",
        "age()",
        "é",
        "水",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(_piece, max_size=60).map("".join)))
@example("not " * 1000 + "last() > 1")
@example("9" * 4000)
@example("last() > " + "(" * 4000)
@example("\x00")
@example("\ud800")
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read_expression(text)
    if isinstance(found, Fault):
        assert 1 <= found.column <= len(text) + 2
        assert say(found.key, Lang.EN, **dict(found.fields))
