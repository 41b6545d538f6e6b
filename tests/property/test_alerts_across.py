"""Rules across series: the vectorized engine says what the plain one says, however the readings are cut."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import AlertEvent
from city.entry import BatchEntry, Entry, TickEntry
from city.rule import Rule
from tests.property.test_alerts_engine import (
    Put,
    _compare,
    _condition,
    _odd,
    _operator,
    _rounded,
    _schedule,
    _short,
    _value,
    journals,
    outcomes,
    prompt_readings,
)
from tests.property.test_alerts_engine import entry_of as of_series
from tests.property.test_alerts_engine import rules as rules_of_series
from tests.support.rule_city import MINUTE, T0, batch, entry, gauge, rule, town
from tests.support.scalar_groups import group_rows
from tests.support.scalar_rules import Outcome, ScalarEngine

CITY = town(
    (
        gauge("alpha", river="hino"),
        gauge("beta", levels={"caution": 4.5}, attributes={}, delay_ms=0, river="hino", area="east"),
        gauge("gamma", delay_ms=5 * MINUTE, levels={}, registered_ms=0, area="east"),
    )
)
_constant = st.sampled_from(["4", "4.5", "5", "5.25", "6", "9.5", "0", "-1", "2"])
_one = st.builds('of("{}:water_level", {})'.format, st.sampled_from(["alpha", "beta", "gamma"]), _value)
_over = st.builds("{}({})".format, st.sampled_from(["max_over", "sum_over"]), _value)
_inside = st.one_of(
    _condition,
    st.builds("{} {} {}".format, _value, _operator, _one),
    st.builds("({} and {} - {} > 0.5)".format, _compare, _one, _value),
)
_holds = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["any", "all"]), _inside),
    st.builds("at_least({}, {})".format, st.integers(1, 3), _inside),
)
_of = st.one_of(
    st.builds("{} {} {}".format, _one, _operator, _constant),
    st.builds('of("beta:water_level", last() - level("caution")) {} {}'.format, _operator, _constant),
    st.builds('of("alpha:water_level", {}) {} {}'.format, _rounded, st.sampled_from("<>"), _odd),
    st.builds('of("gamma:water_level", age()) {} {}'.format, _operator, st.sampled_from(["0", "0.05", "0.1", "1/30"])),
)


def joined(leaf: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("not ({})".format, inner),
        ),
        max_leaves=3,
    )


_of_group = joined(
    st.one_of(
        _holds,
        _holds,
        st.builds("{} {} {}".format, _over, _operator, _constant),
        st.builds("{} - {} {} {}".format, _over, _one, _operator, _constant),
        st.builds("max_over({}) {} {}".format, _rounded, st.sampled_from("<>"), _odd),
        _of,
    )
).map(
    lambda text: (
        text if any(w in text for w in ("any(", "all(", "at_least(", "_over(")) else f"any(last() > 5) or {text}"
    )
)
_of_series = joined(
    st.one_of(_of, _compare, st.builds("{} - {} {} {}".format, _value, _one, _operator, _constant))
).map(lambda text: text if "of(" in text else f'{text} and of("beta:water_level", last()) > 4')


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
        keys["for"], keys["hold"] = draw(_short), draw(_short)
        if draw(st.booleans()):
            keys["no_data"] = draw(st.sampled_from(["1m", "4m", "20m"]))
        if draw(st.integers(0, 3)) == 0:
            keys["schedule"] = draw(_schedule)
        keys["quality"] = draw(st.sampled_from(["good", "any"]))
        found.append(rule(**keys))
    return found


def entry_of(put: Put, position: int) -> Entry:
    if put.kind == "batch":
        return entry(CITY, position, put.at_ms, put.rows)
    return of_series(put, position)


def plain(chosen: list[Rule], journal: list[Put]) -> list[Outcome]:
    scalar = ScalarEngine("town", CITY.sensors, chosen, journal[0].at_ms, group_rows("town", CITY.sensors, chosen))
    for put in journal:
        if put.kind in {"start", "caught-up"}:
            scalar.caught_up = put.kind == "caught-up"
        scalar.batch(put.at_ms, [(f"{row[0]}:water_level", *row[1:]) for row in put.rows])
    return scalar.events()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals())
def test_engine_is_the_plain_evaluator_across_series(chosen: list[Rule], journal: list[Put]) -> None:
    engine = Engine("town", CITY, chosen)
    events = []
    for position, put in enumerate(journal, 1):
        events += engine.step(entry_of(put, position))
    assert outcomes(events) == plain(chosen, journal)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals(), st.integers(0, 12))
def test_a_restart_anywhere_changes_nothing_across_series(chosen: list[Rule], journal: list[Put], at: int) -> None:
    straight, broken = Engine("town", CITY, chosen), Engine("town", CITY, chosen)
    for position, put in enumerate(journal, 1):
        if position == at:
            broken = Engine.restore(broken.snapshot(), CITY, chosen)
        assert broken.step(entry_of(put, position)) == straight.step(entry_of(put, position))
        assert broken.open_alerts() == straight.open_alerts()
        assert broken.next_due_ms() == straight.next_due_ms()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), prompt_readings(), st.lists(st.integers(0, 40), max_size=8), st.integers(0, 1))
def test_however_prompt_readings_are_cut_a_group_is_the_same(
    chosen: list[Rule], readings: list[tuple[int, str, float]], cuts: list[int], ticks: int
) -> None:
    live, history = Engine("town", CITY, chosen), Engine("town", CITY, chosen)
    events: dict[str, list[AlertEvent]] = {"live": [], "history": []}
    live.step(TickEntry(0, T0))
    history.step(TickEntry(0, T0))
    for position, (time, device, value) in enumerate(readings, 1):
        events["live"] += live.step(entry(CITY, position, time + 10_000, [(device, time, value, 0)]))
        if ticks:
            events["live"] += live.step(TickEntry(position, time + 10_000))
    edges = sorted({0, len(readings), *(cut for cut in cuts if cut < len(readings))})
    for begin, end in pairwise(edges):
        piece = batch(CITY, [(device, time, value, 0) for time, device, value in readings[begin:end]])
        events["history"] += history.step(BatchEntry(end, readings[end - 1][0], piece, arrived=piece.time.copy()))
    end_ms = readings[-1][0] + 24 * 60 * MINUTE
    events["live"] += live.step(TickEntry(1_000, end_ms))
    events["history"] += history.step(TickEntry(1_000, end_ms))
    for told in (False, True):
        live_ids, history_ids = ({e.id for e in events[k] if e.told or not told} for k in ("live", "history"))
        assert live_ids == history_ids
