"""The vectorized engine says what the plain one says, however the readings are cut, and over any restart."""

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import ZONE_SILENT, AlertEvent
from city.entry import BatchEntry, CaughtUpEntry, Entry, StartEntry, TickEntry
from city.override import Override
from city.reading import Quality
from city.rule import Rule
from tests.support.rule_city import MINUTE, T0, batch, entry, gauge, rule, town
from tests.support.scalar_rules import Outcome, ScalarEngine

ODD = {
    "rule0": Override(for_ms=2 * MINUTE, numbers={"limit": 4.75}),
    "rule1": Override(hold_ms=90_000, no_data_ms=3 * MINUTE),
    "rule2": Override(for_ms=0, hold_ms=0, numbers={"limit": 6.0}),
}
SENSORS = (
    gauge("alpha", overrides=ODD),
    gauge("beta", levels={"caution": 4.5}, attributes={}, delay_ms=0),
    gauge("gamma", delay_ms=5 * MINUTE, levels={}, registered_ms=0),
)
CITY = town(SENSORS)

_window = st.sampled_from(["1m", "2m", "5m", "7m", "15m"])
_value = st.one_of(
    st.just("last()"),
    st.builds("{}({})".format, st.sampled_from(["mean", "min", "max", "sum", "delta", "median"]), _window),
    st.builds("quantile({}, {})".format, _window, st.sampled_from(["0", "0.25", "0.5", "1"])),
)
_other = st.builds("{}({})".format, st.sampled_from(["rate", "count", "flat"]), _window)  # of kinds of their own
# What two ways of computing round differently is compared with numbers that it never is exactly.
_odd = st.sampled_from(["0.1237", "4.6171", "-1.339", "30.1"])
_rounded = st.one_of(
    st.builds("{}({})".format, st.sampled_from(["std", "slope", "ewma", "zscore"]), _window),
    st.builds("forecast({}, {})".format, _window, _window),
    st.builds("quantile({}, 0.9)".format, _window),
)
_constant = st.sampled_from(["4", "4.5", "5", "5.25", "6", "0", "-1", "2", 'attr("offset")', 'number("limit")', "1/0"])
_level = st.one_of(_constant, st.sampled_from(['level("caution")', 'level("danger") - 0.5']))
_term = st.one_of(
    _value,
    _level,
    st.builds("({} {} {})".format, _value, st.sampled_from("+-"), st.one_of(_value, _level)),
    st.builds("({} {} {})".format, _value, st.sampled_from("*/"), _constant),
)
_operator = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
_compare = st.one_of(
    st.builds("{} {} {}".format, _value, _operator, _level),
    st.builds("{} {} {}".format, _other, _operator, _constant),
    st.builds("{} {} {}".format, _term, _operator, _term),
    st.builds("{} {} {} {} {}".format, _value, st.sampled_from("*/"), st.one_of(_value, _other), _operator, _constant),
    st.builds("{} < {} <= {}".format, _constant, _value, _level),
    st.builds("{} {} {}".format, _rounded, st.sampled_from("<>"), _odd),
    st.builds("age() {} {}".format, _operator, st.sampled_from(["0", "0.05", "0.1", "1/30", 'attr("offset") / 10'])),
)
_condition = st.recursive(
    _compare,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=3,
)
# One shape for several rules: their rows stand side by side in one plan, with a constant of their own in each place.
_shared = st.one_of(
    st.builds("{} {} {{}}".format, _value, _operator),
    st.builds("{{}} {} {} and {} {} {{}}".format, _operator, _value, _value, _operator),
    st.builds("not ({} {} {{}} or {{}} {} {})".format, _value, _operator, _operator, _value),
    st.builds("{} - {{}} {} {{}}".format, _value, _operator),
    st.builds("({{}} {} {{}} or {} {} {})".format, _operator, _value, _operator, _value),
)
# The readings begin at 7:13:20 on a Wednesday in Tokyo, which is 17:13 on Tuesday in New York.
_schedule = st.sampled_from(
    [
        "{times: 7:14-7:30}",
        "{times: ['7:14-7:15', '7:16-7:17', '7:20-9:00']}",
        "{days: wed, times: '0:00-7:16', holidays: false}",
        "[{times: '17:14-17:20', zone: America/New_York}, {days: [wed], times: 7:40-8:00}]",
        "{dates: 12/1-3/31}",
        "{days: [tue], times: 8:00-7:18}",
    ]
)
_short = st.sampled_from(["0", "30s", "1m", "3m", "10m"])


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    found = []
    shape = draw(st.none() | _shared)
    for k in range(draw(st.integers(1, 4))):
        raises = draw(_condition) if shape is None else shape.format(draw(_constant), draw(_constant))
        keys: dict[str, object] = {"id": f"rule{k}", "raise": raises, "numbers": "{limit: 5.25}"}
        if draw(st.booleans()):
            keys["clear"] = draw(_condition)
        keys["for"], keys["hold"] = draw(_short), draw(_short)
        if draw(st.booleans()):
            keys["no_data"] = draw(st.sampled_from(["1m", "4m", "20m"]))
        if draw(st.integers(0, 2)) == 0:
            named = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3, unique=True))
            keys["severity"] = "{" + ", ".join(f"{s}: '{draw(_condition)}'" for s in named) + "}"
        if draw(st.integers(0, 2)) == 0:
            keys["schedule"] = draw(_schedule)
        keys["quality"] = draw(st.sampled_from(["good", "any"]))
        found.append(rule(**keys))
    return found


@dataclass(frozen=True)
class Put:
    """Readings in a batch, or none: a tick."""

    at_ms: int
    kind: str
    rows: tuple[tuple[str, int, float, int], ...]


@st.composite
def journals(draw: st.DrawFn) -> list[Put]:
    """Irregular readings with gaps, duplicates, bad and late ones, backlogs, ticks and starts."""
    now = T0
    newest = {"alpha": T0 - MINUTE, "beta": T0 - MINUTE, "gamma": T0 - MINUTE}
    out = []
    for _ in range(draw(st.integers(1, 12))):
        now += draw(st.sampled_from([0, 1, 20_000, 30_000, 60_000, 61_000, 300_000, 1_200_000]))
        kind = draw(st.sampled_from(["batch", "batch", "batch", "batch", "tick", "tick", "start", "caught-up"]))
        rows = []
        for _ in range(draw(st.integers(0, 6)) if kind == "batch" else 0):
            device = draw(st.sampled_from(list(newest)))
            quality = draw(st.sampled_from([0, 0, 0, 0, Quality.BAD, Quality.SUSPECT]))
            step = draw(st.sampled_from([0, 1, 30_000, 60_000, 60_000, 60_000, 120_000, 420_000, -90_000]))
            time = newest[device] + step
            if step <= 0:
                quality |= Quality.LATE if draw(st.booleans()) else 0
            elif not quality & Quality.BAD:
                newest[device] = time
            rows.append(
                (device, time, draw(st.sampled_from([3.5, 4.0, 4.5, 5.0, 5.25, 5.5, 6.0, 6.25, -1.0])), int(quality))
            )
        rows.sort(key=lambda row: row[1])
        out.append(Put(now, kind, tuple(rows)))
    return out


def entry_of(put: Put, position: int) -> Entry:
    match put.kind:
        case "batch":
            return entry(CITY, position, put.at_ms, put.rows)
        case "start":
            return StartEntry(position, put.at_ms)
        case "caught-up":
            return CaughtUpEntry(position, put.at_ms)
        case _:
            return TickEntry(position, put.at_ms)


def outcomes(events: list[AlertEvent]) -> list[Outcome]:
    sensors = {e.id: e for e in events if e.rule != ZONE_SILENT}  # one that was held comes again when it is told
    return sorted(
        (
            (
                e.id,
                e.rule,
                e.subject,
                e.from_state.value,
                e.to_state.value,
                e.raised_ms,
                e.at_ms,
                e.evidence.peak,
                e.evidence.time_ms,
                e.severity,
            )
            for e in sensors.values()
        ),
        key=lambda e: (e[1], e[2], e[6]),
    )


def plain(chosen: list[Rule], journal: list[Put]) -> list[Outcome]:
    scalar = ScalarEngine("town", CITY.sensors, chosen, journal[0].at_ms)
    for put in journal:
        if put.kind in {"start", "caught-up"}:
            scalar.caught_up = put.kind == "caught-up"
        scalar.batch(put.at_ms, [(f"{row[0]}:water_level", *row[1:]) for row in put.rows])
    return scalar.events()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals())
def test_engine_is_the_plain_evaluator(chosen: list[Rule], journal: list[Put]) -> None:
    engine = Engine("town", CITY, chosen)
    events = []
    for position, put in enumerate(journal, 1):
        events += engine.step(entry_of(put, position))
    assert outcomes(events) == plain(chosen, journal)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), journals(), st.integers(0, 12))
def test_a_restart_anywhere_changes_nothing(chosen: list[Rule], journal: list[Put], at: int) -> None:
    straight, broken = Engine("town", CITY, chosen), Engine("town", CITY, chosen)
    for position, put in enumerate(journal, 1):
        if position == at:
            broken = Engine.restore(broken.snapshot(), CITY, chosen)
        assert broken.step(entry_of(put, position)) == straight.step(entry_of(put, position))
        assert broken.open_alerts() == straight.open_alerts()
        assert broken.next_due_ms() == straight.next_due_ms()


@st.composite
def prompt_readings(draw: st.DrawFn) -> list[tuple[int, str, float]]:
    """Readings in order of time, each of which arrives 10 s after its time: within the delay of every gauge."""
    now, out = T0, []
    for _ in range(draw(st.integers(1, 40))):
        now += draw(st.sampled_from([1, 20_000, 60_000, 60_000, 60_000, 240_000, 900_000]))
        out.append((now, draw(st.sampled_from(["alpha", "gamma"])), draw(st.sampled_from([3.5, 4.5, 5.0, 5.5, 6.5]))))
    return out


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules(), prompt_readings(), st.lists(st.integers(0, 40), max_size=8), st.integers(0, 1))
def test_however_prompt_readings_are_cut_the_events_are_the_same(
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
