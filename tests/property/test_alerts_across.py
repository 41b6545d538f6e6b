"""Rules across series: the vectorized engine says what the plain one says, however the readings are cut."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city.rule import Rule
from tests.support.drawn_journals import Put, journals, live_and_history, plain, prompt_readings, restarted, stepped
from tests.support.drawn_rules import (
    COMPARE,
    CONDITION,
    FLAPS,
    ODD,
    OPERATOR,
    ROUNDED,
    SCHEDULE,
    SHORT,
    VALUE,
    joined,
    severities,
)
from tests.support.drawn_rules import rules as rules_of_series
from tests.support.rule_city import MINUTE, gauge, rule, town
from tests.support.scalar_groups import group_rows

CITY = town(
    (
        gauge("alpha", river="hino"),
        gauge("beta", levels={"caution": 4.5}, attributes={}, delay_ms=0, river="hino", area="east"),
        gauge("gamma", delay_ms=5 * MINUTE, levels={}, registered_ms=0, area="east"),
    )
)
_constant = st.sampled_from(["4", "4.5", "5", "5.25", "6", "9.5", "0", "-1", "2"])
_one = st.builds('of("{}:water_level", {})'.format, st.sampled_from(["alpha", "beta", "gamma"]), VALUE)
_over = st.builds("{}({})".format, st.sampled_from(["max_over", "sum_over"]), VALUE)
_inside = st.one_of(
    CONDITION,
    st.builds("{} {} {}".format, VALUE, OPERATOR, _one),
    st.builds("({} and {} - {} > 0.5)".format, COMPARE, _one, VALUE),
)
_holds = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["any", "all"]), _inside),
    st.builds("at_least({}, {})".format, st.integers(1, 3), _inside),
)
_of = st.one_of(
    st.builds("{} {} {}".format, _one, OPERATOR, _constant),
    st.builds('of("beta:water_level", last() - level("caution")) {} {}'.format, OPERATOR, _constant),
    st.builds('of("alpha:water_level", {}) {} {}'.format, ROUNDED, st.sampled_from("<>"), ODD),
    st.builds('of("gamma:water_level", age()) {} {}'.format, OPERATOR, st.sampled_from(["0", "0.05", "0.1", "1/30"])),
)
_of_group = joined(
    st.one_of(
        _holds,
        _holds,
        st.builds("{} {} {}".format, _over, OPERATOR, _constant),
        st.builds("{} - {} {} {}".format, _over, _one, OPERATOR, _constant),
        st.builds("max_over({}) {} {}".format, ROUNDED, st.sampled_from("<>"), ODD),
        _of,
    )
).map(
    lambda text: (
        text if any(w in text for w in ("any(", "all(", "at_least(", "_over(")) else f"any(last() > 5) or {text}"
    )
)
_of_series = joined(st.one_of(_of, COMPARE, st.builds("{} - {} {} {}".format, VALUE, _one, OPERATOR, _constant))).map(
    lambda text: text if "of(" in text else f'{text} and of("beta:water_level", last()) > 4'
)


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    found = list(draw(rules_of_series()))[: draw(st.integers(0, 1))]
    for k in range(draw(st.integers(1, 3))):
        condition = draw(st.sampled_from([_of_group, _of_group, _of_series]))
        keys: dict[str, object] = {"id": f"across{k}", "raise": draw(condition), "numbers": "{limit: 5.25}"}
        if draw(st.booleans()):
            keys["clear"] = draw(condition)
        if condition is _of_group:
            by = draw(st.sampled_from([None, "river", "area", "site"]))
            if by is not None:
                keys["by"] = by
        keys["for"], keys["hold"] = draw(SHORT), draw(SHORT)
        if draw(st.booleans()):
            keys["no_data"] = draw(st.sampled_from(["1m", "4m", "20m"]))
        if draw(st.integers(0, 3)) == 0:
            keys["schedule"] = draw(SCHEDULE)
        if draw(st.integers(0, 2)) == 0:
            keys["severity"] = draw(severities(condition))
        if draw(st.integers(0, 3)) == 0:
            keys["flaps"] = draw(FLAPS)
        keys["quality"] = draw(st.sampled_from(["good", "any"]))
        found.append(rule(**keys))
    return found


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals())
def test_engine_is_the_plain_evaluator_across_series(chosen: list[Rule], journal: list[Put]) -> None:
    assert stepped(CITY, chosen, journal) == plain(CITY, chosen, journal, group_rows("town", CITY.sensors, chosen))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals(), st.integers(0, 12))
def test_a_restart_anywhere_changes_nothing_across_series(chosen: list[Rule], journal: list[Put], at: int) -> None:
    for (broken, after), (straight, events) in restarted(CITY, chosen, journal, at):
        assert after == events
        assert broken.open_alerts() == straight.open_alerts()
        assert broken.next_due_ms() == straight.next_due_ms()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), prompt_readings(), st.lists(st.integers(0, 40), max_size=8), st.booleans())
def test_however_prompt_readings_are_cut_a_group_is_the_same(
    chosen: list[Rule],
    readings: list[tuple[int, str, float]],
    cuts: list[int],
    ticks: bool,  # noqa: FBT001  drawn
) -> None:
    sides = live_and_history(CITY, chosen, readings, cuts, ticks=ticks)
    for told in (False, True):
        live_ids, history_ids = ({e.id for e in side if e.told or not told} for side in sides)
        assert live_ids == history_ids
