"""The sentences of the rules' semantics, each as a case in plain text.

Readings `minute:value` arrive at once and in order, unless the case says otherwise; `tick N` lets the clock say N.
"""

import pytest

from alerts.engine import Engine
from city.entry import CaughtUpEntry, Entry, RulesEntry, StartEntry, TickEntry
from city.reading import Quality
from tests.support.rule_city import MINUTE, T0, entry, gauge, rule, rule_text, told, town

CITY = town([gauge("toba", delay_ms=MINUTE)])
CLOCK: dict[str, type[TickEntry | StartEntry | CaughtUpEntry]] = {
    "tick": TickEntry,
    "start": StartEntry,
    "caught-up": CaughtUpEntry,
}
BAD, LATE = int(Quality.BAD), int(Quality.LATE)


def run(rules: dict[str, object], script: str) -> list[str]:
    """`script` is words: `N:V` a reading, `N:V!` a bad one, `N:V~` a late one, `N:V@M` one that arrives at minute M,
    `tick N`, `start N`, `caught-up N`. Gives `rule state minute`.
    """
    engine = Engine("town", CITY, [rule(**rules)])
    events = []
    words = iter(script.split())
    for position, word in enumerate(words, 1):
        item: Entry
        if word in {"tick", "start", "caught-up"}:
            at = T0 + round(float(next(words)) * MINUTE)
            item = CLOCK[word](position, at)
        else:
            reading, _, arrival = word.partition("@")
            minute, _, value = reading.partition(":")
            quality = BAD if value.endswith("!") else LATE if value.endswith("~") else 0
            time = T0 + round(float(minute) * MINUTE)
            at = T0 + round(float(arrival) * MINUTE) if arrival else time
            item = entry(CITY, position, at, [("toba", time, float(value.rstrip("!~")), quality)])
        events += engine.step(item)
    assert [e.decided_ms >= T0 for e in events] == [True] * len(events)
    return [f"{name} {state} {ms / MINUTE:g}" for name, state, ms in told(events)]


CASES: list[tuple[str, dict[str, object], str, list[str]]] = [
    ("a condition is evaluated at each reading", {}, "0:4 10:5 20:4", ["high firing 10", "high resolved 20"]),
    ("`for` passes through pending", {"for": "10m"}, "0:5 5:5 10:5", ["high pending 0", "high firing 10"]),
    (
        "false resets pending",
        {"for": "10m"},
        "0:5 5:4 10:5 15:5",
        ["high pending 0", "high inactive 5", "high pending 10"],
    ),
    (
        "a timer fires in event order before a newer reading",
        {"for": "10m"},
        "0:5 15:4",
        ["high pending 0", "high firing 10", "high resolved 15"],
    ),
    (
        "a reading at the timer's instant is taken before it",
        {"for": "10m"},
        "0:5 10:4",
        ["high pending 0", "high inactive 10"],
    ),
    ("engine time waits for the delay", {"for": "10m"}, "0:5 tick 10.9", ["high pending 0"]),
    (
        "a sensor that fell silent fires on its last value",
        {"for": "10m"},
        "0:5 tick 11",
        ["high pending 0", "high firing 10"],
    ),
    ("engine time waits since the newest arrived", {"for": "10m"}, "0:5@30 tick 30.9", ["high pending 0"]),
    ("and goes on when that delay has passed", {"for": "10m"}, "0:5@30 tick 31", ["high pending 0", "high firing 10"]),
    (
        "unknown never starts",
        {"raise": 'last() >= level("unset")'},
        "0:9 10:9",
        [],
    ),
    (
        "unknown never resets pending, which fires under it",
        {"raise": "last() / (last() - 4) >= 5", "for": "10m"},
        "0:5 5:4 12:4",
        ["high pending 0", "high firing 10"],
    ),
    ("unknown never clears", {"raise": "last() / (last() - 4) >= 5"}, "0:5 5:4 12:4", ["high firing 0"]),
    ("raise beats clear", {"clear": "last() < 10"}, "0:5 10:6 20:4", ["high firing 0", "high resolved 20"]),
    ("clear is its own condition", {"clear": "last() < 4.5"}, "0:5 10:4.7 20:4", ["high firing 0", "high resolved 20"]),
    ("hold keeps firing", {"hold": "20m"}, "0:5 10:4 25:4", ["high firing 0", "high resolved 20"]),
    (
        "at the end of hold clear is evaluated anew",
        {"hold": "20m"},
        "0:5 10:4 15:5 25:5 30:4",
        ["high firing 0", "high resolved 30"],
    ),
    ("the end of hold comes by the clock", {"hold": "20m"}, "0:5 10:4 tick 21", ["high firing 0", "high resolved 20"]),
    (
        "a transition is dated at the earliest 1 ms after the last",
        {"raise": "count(10m) < 1"},
        "0:1 tick 20 5:1@20 15:1@20",
        ["high firing 10", f"high resolved {10 + 1 / MINUTE:g}"],
    ),
    (
        "a window is open at its beginning",
        {"raise": "max(10m) >= 5"},
        "0:5 9:1 10:1",
        ["high firing 0", "high resolved 10"],
    ),
    ("an emptied window is unknown", {"raise": "max(10m) >= 5"}, "0:5 tick 60", ["high firing 0"]),
    ("but its count is 0", {"raise": "count(10m) < 1"}, "0:5 tick 11", ["high firing 10"]),
    ("before the clock says so it is not", {"raise": "count(10m) < 1"}, "0:5 tick 10.9", []),
    ("age() is a timer", {"raise": "age() >= 0.5"}, "0:5 tick 31", ["high firing 30"]),
    ("an age must be passed", {"raise": "age() > 0.5"}, "0:5 tick 31", []),
    ("late readings are no moment", {}, "10:4 5:9~", []),
    ("bad readings are invisible", {}, "0:9! 10:4", []),
    ("but to those who look at any", {"quality": "any"}, "0:9! 10:4", ["high firing 0", "high resolved 10"]),
    ("any has a newest reading of its own", {"quality": "any"}, "10:9! 5:4", ["high firing 10"]),
    ("the first of equal times counts", {}, "0:4 0:9", []),
    ("silence is an alert of its own", {"no_data": "30m"}, "0:4 tick 31", ["high:no-data firing 30"]),
    ("silence counts from registration", {"no_data": "30m"}, "tick 31", ["high:no-data firing 30"]),
    (
        "it fires before a newer reading",
        {"no_data": "30m"},
        "0:4 40:4",
        ["high:no-data firing 30", "high:no-data resolved 40"],
    ),
    (
        "it resolves at a reading newer than arrival − no_data",
        {"no_data": "30m"},
        "0:4 tick 60 20:4@60 30:4@60 31:4@60",
        ["high:no-data firing 30", "high:no-data resolved 31"],
    ),
    ("after a start the clock moves no timer", {"no_data": "30m"}, "0:4 start 40 tick 50", []),
    (
        "series advance by their own readings",
        {"no_data": "30m"},
        "0:4 start 40 35:4@40",
        ["high:no-data firing 30", "high:no-data resolved 35"],
    ),
    ("having caught up, it does again", {"no_data": "30m"}, "0:4 start 40 caught-up 50", ["high:no-data firing 30"]),
    (
        "a backlog in order is evaluated at its own times",
        {},
        "0:4@600 10:5@600 20:4@600",
        ["high firing 10", "high resolved 20"],
    ),
    (
        "outside its schedule a raise is false, and what is pending is reset",
        {"for": "10m", "schedule": "{times: 7:20-7:30}"},  # minute 0 is 7:13:20
        "0:5 10:5 20:5",
        ["high pending 6.66667", "high inactive 16.6667"],
    ),
    (
        "a schedule opens and closes between readings, at its own time",
        {"schedule": "{times: 7:20-7:40}"},
        "0:5 60:5",
        ["high firing 6.66667", "high resolved 26.6667"],
    ),
    (
        "the clock brings a schedule's edge, when engine time reaches it",
        {"schedule": "{times: 7:20-7:40}"},
        "0:5 tick 7.6 tick 7.7 tick 28",
        ["high firing 6.66667", "high resolved 26.6667"],
    ),
    (
        "outside its schedule a clear of its own decides by itself",
        {"schedule": "{times: 7:20-7:40}", "clear": "last() < 4"},
        "0:5 10:5 30:4.5 40:3",
        ["high firing 6.66667", "high resolved 40"],
    ),
    (
        "silence is watched for outside the schedule too",
        {"schedule": "{times: 9:00-9:10}", "no_data": "10m"},
        "0:5 tick 12",
        ["high:no-data firing 10"],
    ),
    (
        "where nothing was ever heard, a schedule opens onto nothing",
        {"schedule": "{times: 7:20-7:40}", "raise": "count(1h) < 1"},
        "tick 30",
        [],
    ),
]


@pytest.mark.parametrize(("rules", "script", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_sentence(rules: dict[str, object], script: str, expected: list[str]) -> None:
    assert run(rules, script) == expected


def test_peak_is_the_greatest_from_raised_up_to_resolved() -> None:
    engine = Engine("town", CITY, [rule()])
    for position, (minute, value) in enumerate([(0, 9.0), (10, 5.0), (20, 7.0)], 1):
        engine.step(entry(CITY, position, T0 + minute * MINUTE, [("toba", T0 + minute * MINUTE, value, 0)]))
    assert [alert.peak for alert in engine.open_alerts()] == [9.0]
    resolved = engine.step(entry(CITY, 4, T0 + 30 * MINUTE, [("toba", T0 + 30 * MINUTE, 4.0, 0)]))[0]
    assert (resolved.evidence.peak, resolved.evidence.value, resolved.raised_ms) == (9.0, 4.0, T0)
    assert (resolved.position, resolved.decided_ms) == (4, T0 + 30 * MINUTE)


def test_a_rule_that_is_the_same_goes_on_over_a_reload_and_one_that_changed_is_closed() -> None:
    same, other = rule_text(id="same"), rule_text(id="changed")
    engine = Engine("town", CITY, [rule(id="same"), rule(id="changed")])
    engine.step(entry(CITY, 1, T0, [("toba", T0, 5.0, 0)]))
    changed = rule_text(id="changed", raise_="last() >= 4")
    events = engine.step(RulesEntry(2, T0 + MINUTE, {"rules/a.yaml": same, "rules/b.yaml": changed}))
    assert told(events) == [("changed", "resolved", MINUTE)]
    assert [(a.rule, a.since_ms) for a in engine.open_alerts()] == [("same", T0)]
    events = engine.step(entry(CITY, 3, T0 + 2 * MINUTE, [("toba", T0 + 2 * MINUTE, 4.5, 0)]))
    assert told(events) == [("changed", "firing", 2 * MINUTE), ("same", "resolved", 2 * MINUTE)]
    assert other != changed


def test_silence_that_outlives_a_change_of_its_rule_is_told_anew_under_an_id_of_its_own() -> None:
    engine = Engine("town", CITY, [rule(no_data="30m")])
    first = engine.step(TickEntry(1, T0 + 31 * MINUTE))
    changed = {"rules/a.yaml": rule_text(no_data="30m", severity=4)}
    again = engine.step(RulesEntry(2, T0 + 40 * MINUTE, changed))
    assert told(first) == [("high:no-data", "firing", 30 * MINUTE)]
    assert told(again) == [
        ("high:no-data", "resolved", 40 * MINUTE),
        ("high:no-data", "firing", 40 * MINUTE + 1),
    ]
    assert len({event.id for event in first + again}) == 3
    assert [alert.severity for alert in engine.open_alerts()] == [4]


def test_next_due_is_when_a_tick_moves_something() -> None:
    engine = Engine("town", CITY, [rule(for_="10m")])
    engine.step(entry(CITY, 1, T0, [("toba", T0, 5.0, 0)]))
    due = engine.next_due_ms()
    assert due == T0 + 11 * MINUTE
    assert not engine.is_due(due - 1)
    assert engine.step(TickEntry(2, due - 1)) == []
    assert engine.is_due(due)
    assert told(engine.step(TickEntry(3, due))) == [("high", "firing", 10 * MINUTE)]
    assert engine.next_due_ms() is None


def test_a_past_is_recalled_by_name_where_the_catalog_has_changed() -> None:
    gauges = [gauge(name) for name in ("alpha", "beta", "gamma", "toba")]
    city, rules = town(gauges), [rule(raise_="delta(10m) >= 1")]
    engine = Engine("town", city, rules)
    before = [(g.device, T0, 1.0 + k, 0) for k, g in enumerate(gauges)]
    engine.step(entry(city, 1, T0, before))
    other = town([*gauges[1:], gauge("alphonse"), gauge("tone")])
    again = Engine.restore(engine.snapshot(), other, rules)
    risen = [(device, T0 + 10 * MINUTE, value + (device == "gamma"), 0) for device, _, value, _ in before[1:]]
    events = again.step(entry(other, 2, T0 + 10 * MINUTE, [("alphonse", T0 + 10 * MINUTE, 9.0, 0), *risen]))
    assert [event.subject for event in events] == ["gamma:water_level"]
