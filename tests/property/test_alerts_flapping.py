"""Alerts that come and go: what the engine holds is what the plain evaluator holds, wherever it is cut or restarted."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from city.rule import Rule
from tests.support.drawn_journals import Put, outcomes, plain, restarted, stepped
from tests.support.drawn_rules import severities
from tests.support.rule_city import MINUTE, T0, gauge, rule, town
from tests.support.scalar_groups import group_rows

CITY = town((gauge("alpha"), gauge("beta", delay_ms=0)))
CONDITIONS = [
    "last() >= 5",
    "max(2m) >= 5",
    "mean(3m) > 4.6",
    "age() > 0.05 or last() >= 5",
    "last() >= 5 and age() < 0.2",
]
ACROSS = ["any(last() >= 5)", "at_least(2, max(2m) >= 5)", 'of("beta:water_level", last()) + last() >= 9.5']


@st.composite
def fluttering(draw: st.DrawFn) -> list[Rule]:
    """One or two rules that hold what comes and goes."""
    found = []
    for k in range(draw(st.integers(1, 2))):
        keys: dict[str, object] = {
            "id": f"rule{k}",
            "raise": draw(st.sampled_from([*CONDITIONS, *ACROSS])),
            "numbers": "{limit: 5}",
            "for": draw(st.sampled_from(["0", "0", "1m"])),
            "hold": draw(st.sampled_from(["0", "0", "2m", "20m"])),
            "flaps": draw(
                st.sampled_from(["{limit: 3, within: 10m}", "{limit: 3, within: 3m}", "{limit: 4, within: 1h}"])
            ),
        }
        if keys["raise"] in CONDITIONS and draw(st.booleans()):
            keys["clear"] = draw(st.sampled_from(["last() < 4.6", "max(1m) < 5", "last() < 5.2"]))
        if draw(st.booleans()):
            alike = ACROSS[:2] if keys["raise"] in ACROSS[:2] else CONDITIONS
            keys["severity"] = draw(severities(st.sampled_from(alike)))
        if draw(st.integers(0, 3)) == 0:
            keys["schedule"] = "{times: ['7:14-7:25', '7:27-9:00']}"
        found.append(rule(**keys))
    return found


@st.composite
def restless(draw: st.DrawFn) -> list[Put]:
    """Readings that go up and down, now and then calm for long, in batches of one or many."""
    now, newest, out = T0, T0 - MINUTE, []
    for _ in range(draw(st.integers(3, 14))):
        rows = []
        for _ in range(draw(st.integers(0, 8))):
            newest += draw(st.sampled_from([20_000, 60_000, 60_000, 180_000, 240_000]))
            device = draw(st.sampled_from(["alpha", "alpha", "beta"]))
            rows.append((device, newest, draw(st.sampled_from([4.5, 4.5, 4.8, 5.0, 5.5])), 0))
        now = max(now, newest) + draw(st.sampled_from([1, 1_000, 30_000, 60_000, 600_000, 3_600_000]))
        out.append(Put(now, "batch" if rows else "tick", tuple(rows)))
    return out


# A firing whose date is later than its moment, since its timers had gone by when the reading came: that is no timer.
DATED_LATER = rule(
    id="rule0",
    raise_="max(2m) >= 5",
    numbers="{limit: 5}",
    clear="last() < 5.2",
    hold="0",
    flaps="{limit: 3, within: 10m}",
    schedule="{times: ['7:14-7:25', '7:27-9:00']}",
    for_="0",
)
GONE_BY = [
    Put(T0 + 260_001, "batch", (("beta", T0 + 260_000, 5.0, 0),)),
    Put(T0 + 860_002, "tick", ()),
    Put(T0 + 860_003, "batch", (("beta", T0 + 280_000, 4.5, 0),)),
]


# It climbs while it is held, is calm, and fires anew unheld: all in one batch.
CLIMBS = rule(
    id="rule0",
    raise_="last() >= 5",
    severity="{2: 'last() >= 5', 4: 'last() >= 5.5'}",
    flaps="{limit: 3, within: 3m}",
)
HELD_AND_ANEW = [
    Put(T0 + 101_000, "batch", tuple(("alpha", T0 + 20_000 * k, 4.5 + (k % 2) / 2, 0) for k in range(6))),
    Put(
        T0 + 2_000_000,
        "batch",
        tuple(("alpha", T0 + s * 1_000, v, 0) for s, v in ((120, 5.5), (140, 4.5), (400, 4.5), (1_600, 5.0))),
    ),
]


@settings(max_examples=300, deadline=None)
@given(fluttering(), restless())
@example([DATED_LATER], GONE_BY)
@example([CLIMBS], HELD_AND_ANEW)
def test_what_flaps_is_held_as_the_plain_evaluator_holds_it(chosen: list[Rule], journal: list[Put]) -> None:
    assert stepped(CITY, chosen, journal) == plain(CITY, chosen, journal, group_rows("town", CITY.sensors, chosen))


@settings(max_examples=300, deadline=None)
@given(fluttering(), restless(), st.integers(1, 14))
def test_a_restart_anywhere_forgets_nothing_of_the_coming_and_going(
    chosen: list[Rule], journal: list[Put], at: int
) -> None:
    for (_, broken), (_, straight) in restarted(CITY, chosen, journal, at):
        assert outcomes(broken) == outcomes(straight)
