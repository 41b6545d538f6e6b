"""A rule with one of its numbers, levels or durations changed."""

import pytest

from alerts.expression_text import read_condition
from alerts.tokens import Fault
from alerts.variants import (
    Key,
    LevelOffset,
    Literal,
    NamedNumber,
    NothingToVaryError,
    Varied,
    Window,
    present,
    variant,
)
from city.messages.text import Lang
from tests.support.rule_city import rule

RAISE = 'last() >= level( "danger" ) - 0.5 and max(30m) > -0.5 and count(30m) > 2'
RULE = rule(raise_=RAISE, clear='max(1h) < level("danger") - 0.50', for_="10m", hold="20m", no_data="2h")


@pytest.mark.parametrize(
    ("varied", "value", "raised", "cleared"),
    [
        (
            Literal(0.5),
            0.75,
            'last() >= level( "danger" ) - 0.75 and max(30m) > -0.75 and count(30m) > 2',
            'max(1h) < level("danger") - 0.75',
        ),
        (
            Literal(2),
            -3.0,
            'last() >= level( "danger" ) - 0.5 and max(30m) > -0.5 and count(30m) > (-3)',
            'max(1h) < level("danger") - 0.50',
        ),
        (
            LevelOffset("danger"),
            -0.2,
            'last() >= (level( "danger" ) + (-0.2)) - 0.5 and max(30m) > -0.5 and count(30m) > 2',
            'max(1h) < (level("danger") + (-0.2)) - 0.50',
        ),
        (
            Window(1_800_000),
            5_400_000,
            'last() >= level( "danger" ) - 0.5 and max(90m) > -0.5 and count(90m) > 2',
            'max(1h) < level("danger") - 0.50',
        ),
    ],
)
def test_expressions_are_rewritten_and_can_be_read(varied: Varied, value: float, raised: str, cleared: str) -> None:
    found = variant(RULE, varied, value)
    assert found.clear is not None
    assert (found.raise_.text, found.clear.text) == (raised, cleared)
    assert not isinstance(read_condition(raised), Fault)
    assert not isinstance(read_condition(cleared), Fault)
    assert (found.id, found.for_ms, found.no_data_ms) == ("high", 600_000, None)


def test_durations_of_the_rule_itself() -> None:
    assert variant(RULE, Key("for"), 0).for_ms == 0
    assert variant(RULE, Key("hold"), 60_000).hold_ms == 60_000
    assert (present(RULE, Key("for")), present(RULE, Key("hold"))) == (600_000, 1_200_000)


def test_named_numbers_are_what_the_expression_reads() -> None:
    named = rule(raise_='last() >= number("limit")', numbers="{limit: 5, other: 1}")
    assert variant(named, NamedNumber("limit"), 6.5).numbers == {"limit": 6.5, "other": 1}
    assert present(named, NamedNumber("limit")) == 5


@pytest.mark.parametrize(
    ("varied", "value", "known"),
    [
        (Literal(7), 1, "0.5, 2, 0.50"),
        (Window(60_000), 120_000, "30m, 1h"),
        (LevelOffset("caution"), 1, "danger"),
        (NamedNumber("limit"), 1, "—"),
        (Window(1_800_000), 0, "0 ms"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(varied: Varied, value: float, known: str) -> None:
    with pytest.raises(NothingToVaryError) as caught:
        variant(RULE, varied, value)
    assert known in caught.value.text(Lang.EN)
