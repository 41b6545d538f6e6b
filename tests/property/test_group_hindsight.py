"""What a pass says of groups and neighbours: no danger that lasts goes untold, and nothing that fires is cleared."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import ZONE_SILENT, AlertEvent, AlertState
from city.entry import BatchEntry, TickEntry
from city.reading import Quality
from city.rule import Rule
from tests.support.late_journals import Step, late_journals, passes, restarted
from tests.support.looking_engine import LookingEngine
from tests.support.rule_city import MINUTE, T0, batch, entry, gauge, rule, town

CITY = town((gauge("alpha", river="hino"), gauge("beta", river="hino", delay_ms=0), gauge("gamma", delay_ms=MINUTE)))
FAR = 1 << 61
PLAIN = [
    "any(last() >= 5)",
    "all(last() >= 5)",
    "at_least(2, last() >= 5)",
    "max_over(last()) >= 5.5",
    "sum_over(last()) >= 10",
    'last() >= 4.5 and of("beta:water_level", last()) >= 5',
    'of("alpha:water_level", last()) - last() >= 1',
]
OTHER = ["any(max(5m) >= 5)", "at_least(2, mean(7m) > 4.6)", 'of("beta:water_level", delta(10m)) >= 1', "last() >= 5"]


@st.composite
def rules(draw: st.DrawFn, raises: list[str]) -> list[Rule]:
    """One or two."""
    found = []
    for k in range(draw(st.integers(1, 2))):
        keys: dict[str, object] = {"id": f"rule{k}", "raise": draw(st.sampled_from(raises))}
        if "(last" in str(keys["raise"]) and "of(" not in str(keys["raise"]) and draw(st.booleans()):
            keys["by"] = "river"
        if raises is OTHER:
            keys["for"] = draw(st.sampled_from(["0", "2m"]))
            keys["hold"] = draw(st.sampled_from(["0", "10m"]))
        found.append(rule(**keys))
    return found


@st.composite
def scattered(draw: st.DrawFn) -> list[tuple[int, int, str, float]]:
    """(arrival, time, device, value): minutes apart, each as late as it likes."""
    time = T0
    # Nothing is unknown: what is would not clear, and would make two dangers one.
    out = [(T0 + 4, T0 + k, device, 4.0) for k, device in enumerate(("alpha", "beta", "gamma"))]
    for _ in range(draw(st.integers(4, 30))):
        time += draw(st.sampled_from([20_001, 60_003, 61_007, 240_011]))
        late = draw(st.sampled_from([1, 1, 1, 20_000, 300_000, 1_300_000]))
        device = draw(st.sampled_from(["alpha", "beta", "gamma"]))
        out.append((time + late, time, device, draw(st.sampled_from([4.0, 4.5, 5.0, 5.5, 6.0]))))
    return sorted(out)


Spans = dict[tuple[str, str], list[tuple[int, int]]]


def spans(events: list[AlertEvent]) -> Spans:
    """When each alert was told to fire."""
    found: dict[tuple[str, str], dict[int, int]] = {}
    for event in events:
        if event.rule != ZONE_SILENT and event.to_state in {AlertState.FIRING, AlertState.RESOLVED}:
            mine = found.setdefault((event.rule, event.subject), {})
            mine[event.raised_ms] = event.at_ms if event.to_state is AlertState.RESOLVED else FAR
    return {name: sorted(mine.items()) for name, mine in found.items()}


def quiet(chosen: list[Rule], readings: list[tuple[int, int, str, float]], end_ms: int) -> Spans:
    """What comes of them when each arrives at its time."""
    engine = Engine("town", CITY, chosen)
    events = engine.step(TickEntry(0, T0))
    for number, (_, time, device, value) in enumerate(sorted(readings, key=lambda row: row[1]), 1):
        events += engine.step(entry(CITY, number, time + 1, [(device, time, value, 0)]))
    return spans(events + engine.step(TickEntry(len(readings) + 1, end_ms)))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(PLAIN), scattered())
def test_no_danger_of_a_group_that_lasts_goes_untold_however_late_its_readings_are(
    chosen: list[Rule], readings: list[tuple[int, int, str, float]]
) -> None:
    looking = LookingEngine(Engine("town", CITY, chosen), CITY)
    events = looking.step(TickEntry(1, T0))
    newest: dict[str, int] = {}
    for arrival, time, device, value in readings:
        late = Quality.LATE if time <= newest.get(device, 0) else Quality(0)
        newest[device] = max(newest.get(device, 0), time)
        piece = batch(CITY, [(device, time, value, int(late))])
        events += looking.step(BatchEntry(looking.position + 1, arrival, piece))
    end_ms = max(arrival for arrival, *_ in readings) + 60 * MINUTE
    events += looking.step(TickEntry(looking.position + 1, end_ms))
    events += looking.look(end_ms)
    told = spans(events)
    for name, dangers in quiet(chosen, readings, end_ms).items():
        for raised, resolved in dangers:
            assert resolved < FAR or any(a <= resolved and raised <= b for a, b in told.get(name, [])), (
                name,
                raised - T0,
            )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(OTHER), late_journals(), st.integers(0, 14), st.integers(0, 3))
def test_a_restart_anywhere_and_a_store_that_is_behind_change_nothing(
    chosen: list[Rule], journal: list[Step], at: int, behind: int
) -> None:
    for _ in restarted(CITY, chosen, journal, at, behind):
        pass


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(OTHER), late_journals())
def test_a_pass_clears_no_group_that_fires(chosen: list[Rule], journal: list[Step]) -> None:
    for _, events in passes(CITY, chosen, journal):
        assert all(event.retroactive for event in events if event.rule != ZONE_SILENT)
