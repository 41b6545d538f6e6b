"""Silences and inhibition: states go on, nobody is told, and what still fires afterwards is told then."""

from collections.abc import Sequence

import pytest

from alerts.engine import Engine
from city.alert import AlertEvent
from city.decision import Act, AlertName, Close, ClosingReason, Decision, Lift, Silence
from city.entry import DecisionEntry, Entry, RulesEntry, TickEntry
from city.schedule import Schedule
from tests.support.rule_city import HOUR, MINUTE, T0, entry, gauge, rule, rule_text, town

CITY = town([gauge("toba")])
CAUTION: dict[str, object] = {"id": "caution", "raise": "last() >= 5"}
DANGER: dict[str, object] = {"id": "danger", "raise": "last() >= 6", "severity": 4, "inhibits": "[caution]"}
# T0 is 2023-11-15 7:13:20 in Japan, a Wednesday.
MORNING = Schedule(days=(2,), times=((7 * 60, 8 * 60),))


def decided(minute: float, act: Act) -> DecisionEntry:
    return DecisionEntry(1, T0 + round(minute * MINUTE), Decision("k", "鯖江 太郎", act))


def silence(minute: float, until: float | None, **keys: object) -> DecisionEntry:
    to_ms = None if until is None else T0 + round(until * MINUTE)
    return decided(minute, Silence("s1", T0 + round(minute * MINUTE), to_ms, **keys))  # type: ignore[arg-type]  # its own fields


def lift(minute: float) -> DecisionEntry:
    return decided(minute, Lift("s1"))


def close(minute: float, raised: float, alert: str) -> DecisionEntry:
    name = AlertName(alert, "toba:water_level", T0 + round(raised * MINUTE))
    return decided(minute, Close(name, ClosingReason.TEST))


def run(rules: Sequence[dict[str, object]], script: Sequence[str | Entry]) -> list[AlertEvent]:
    """`minute:value` is a reading that arrives at once, `tick minute` a tick; the engine is restored after each."""
    chosen = [rule(**each) for each in rules]
    engine = Engine("town", CITY, chosen)
    events: list[AlertEvent] = []
    for position, word in enumerate(script, 1):
        item: Entry
        if not isinstance(word, str):
            item = word
        elif word.startswith("tick"):
            item = TickEntry(position, T0 + round(float(word[5:]) * MINUTE))
        else:
            minute, _, value = word.partition(":")
            at = T0 + round(float(minute) * MINUTE)
            item = entry(CITY, position, at, [("toba", at, float(value), 0)])
        events += engine.step(item)
        if not isinstance(word, RulesEntry):
            again = Engine.restore(engine.snapshot(), CITY, engine.rules)
            assert again.next_due_ms() == engine.next_due_ms()
            engine = again
    return events


def told(events: Sequence[AlertEvent]) -> list[str]:
    return [f"{e.rule} {e.to_state.value} {(e.at_ms - T0) / MINUTE:g}" for e in events if e.told]


Case = tuple[str, list[dict[str, object]], list[str | Entry], list[str]]
CASES: list[Case] = [
    (
        "while a rule fires on a subject, those that it inhibits are told to nobody there",
        [CAUTION, DANGER],
        ["0:6", "10:5", "20:4"],
        ["danger firing 0", "danger resolved 10", "caution firing 0", "caution resolved 20"],
    ),
    (
        "what resolves before the inhibition ends is told to nobody",
        [{**CAUTION, "raise": "last() > 6.5"}, DANGER],
        ["0:7", "10:6", "20:4"],
        ["danger firing 0", "danger resolved 20"],
    ),
    (
        "what still fires when it is lifted acts, once engine time is there",
        [CAUTION, DANGER],
        ["0:6", "10:5", "tick 10.4", "tick 10.5"],
        ["danger firing 0", "danger resolved 10", "caution firing 0"],
    ),
    (
        "what was told before is told to have resolved",
        [CAUTION, DANGER],
        ["0:5", "10:6", "20:4"],
        ["caution firing 0", "danger firing 10", "caution resolved 20", "danger resolved 20"],
    ),
    (
        "a chain inhibits although its middle is told to nobody",
        [{"id": "watch", "raise": "last() >= 4"}, {**CAUTION, "inhibits": "[watch]"}, DANGER],
        ["0:6", "10:4.5", "tick 11"],
        ["danger firing 0", "danger resolved 10", "watch firing 0"],
    ),
    ("a rule on trial inhibits nothing", [CAUTION, {**DANGER, "shadow": "true"}], ["0:6"], ["caution firing 0"]),
    (
        "its silence is another thing",
        [{**CAUTION, "no_data": "30m"}, DANGER],
        ["0:6", "tick 31"],
        ["danger firing 0", "caution:no-data firing 30"],
    ),
    (
        "closing what inhibits lets the others act",
        [CAUTION, DANGER],
        ["0:6", close(5, 0, "danger"), "tick 6"],
        ["danger firing 0", "danger resolved 5", "caution firing 0"],
    ),
    (
        "closing what is held tells nobody",
        [CAUTION, DANGER],
        ["0:6", close(5, 0, "caution"), "10:5"],
        ["danger firing 0", "danger resolved 10"],
    ),
    ("a silence holds what fires in it", [CAUTION], [silence(0, 60), "10:5", "tick 59"], []),
    (
        "when it is over, what still fires acts",
        [CAUTION],
        [silence(0, 60), "10:5", "tick 60.4", "tick 60.5"],
        ["caution firing 10"],
    ),
    ("what resolved in it is never told", [CAUTION], [silence(0, 60), "10:5", "20:4", "tick 61"], []),
    (
        "when it is lifted, what still fires acts at once",
        [CAUTION],
        [silence(0, None), "10:5", "tick 500", lift(600), "610:4"],
        ["caution firing 10", "caution resolved 610"],
    ),
    (
        "what fired before goes on",
        [CAUTION],
        ["0:5", silence(5, 60), "10:4"],
        ["caution firing 0", "caution resolved 10"],
    ),
    (
        "an alert that climbs beyond the silence acts",
        [{"id": "high", "raise": "last() >= 5", "severity": "{2: last() >= 5, 4: last() >= 6}"}],
        [silence(0, 60, severity_at_most=3), "10:5", "20:6", "30:4"],
        ["high firing 10", "high firing 20", "high resolved 30"],
    ),
    ("other rules act", [CAUTION, DANGER], [silence(0, 60, rules=("caution",)), "10:6"], ["danger firing 10"]),
    (
        "a rule's own silence goes with it",
        [{**CAUTION, "no_data": "30m"}],
        [silence(0, 60, rules=("caution",)), "1:4", "tick 40"],
        [],
    ),
    ("graver alerts act", [CAUTION, DANGER], [silence(0, 60, severity_at_most=3), "10:6"], ["danger firing 10"]),
    ("other subjects act", [CAUTION], [silence(0, 60, subjects=("ieku:water_level",)), "10:5"], ["caution firing 10"]),
    ("other areas act", [CAUTION], [silence(0, 60, areas=("hills",)), "10:5"], ["caution firing 10"]),
    ("its own does not", [CAUTION], [silence(0, 60, areas=("hills", "centre")), "10:5"], []),
    (
        "one by schedule holds within its hours and lets go at their end",
        [CAUTION],
        [silence(0, None, schedule=(MORNING,)), "10:5", "tick 47.1", "tick 47.2", "50:4", "60:5"],
        ["caution firing 10", "caution resolved 50", "caution firing 60"],
    ),
    (
        "a week later it holds again",
        [CAUTION],
        [silence(0, None, schedule=(MORNING,)), f"{7 * 24 * 60}:5", f"tick {7 * 24 * 60 + 46}"],
        [],
    ),
]


@pytest.mark.parametrize(("rules", "script", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_sentence(rules: list[dict[str, object]], script: list[str | Entry], expected: list[str]) -> None:
    assert told(run(rules, script)) == expected


def test_an_event_says_what_is_in_the_way_and_comes_again_as_the_same() -> None:
    events = run([CAUTION], [silence(0, 60), "10:5", "tick 61"])
    assert [(e.suppressed_by, e.to_state.value) for e in events] == [("silence:s1", "firing"), (None, "firing")]
    assert events[0].id == events[1].id
    events = run([CAUTION, DANGER], ["0:6"])
    assert [(e.rule, e.suppressed_by) for e in events] == [("caution", "danger"), ("danger", None)]


def test_one_silence_after_the_other_holds_without_a_break() -> None:
    second = decided(5, Silence("s2", T0 + 30 * MINUTE, T0 + 90 * MINUTE))
    script: list[str | Entry] = [silence(0, 60), second, "10:5", "tick 61", "tick 90.4", "tick 90.5"]
    events = run([CAUTION], script)
    assert told(events) == ["caution firing 10"]
    assert told(events[:-1]) == []


def test_a_tick_is_due_when_something_held_is_to_be_told() -> None:
    engine = Engine("town", CITY, [rule(**CAUTION)])
    engine.step(silence(0, 60))
    engine.step(entry(CITY, 2, T0 + MINUTE, [("toba", T0 + MINUTE, 5.0, 0)]))
    assert engine.next_due_ms() == engine.soonest_ms == T0 + HOUR + 30_000
    assert told(engine.step(TickEntry(3, T0 + HOUR + 30_000))) == ["caution firing 1"]
    assert engine.next_due_ms() is None


def test_no_tick_is_due_for_what_is_held_no_longer() -> None:
    engine = Engine("town", CITY, [rule(**CAUTION)])
    engine.step(silence(0, 60))
    engine.step(entry(CITY, 2, T0 + MINUTE, [("toba", T0 + MINUTE, 5.0, 0)]))
    engine.step(RulesEntry(3, T0 + 2 * MINUTE, {"rules/a.yaml": rule_text(id="other", raise_="last() > 9")}))
    assert engine.next_due_ms() is None
    assert told(engine.step(TickEntry(4, T0 + 2 * HOUR))) == []
    assert engine.soonest_ms is None


def test_new_rules_take_inhibition_along() -> None:
    caution, danger = rule_text(**CAUTION), rule_text(**{**DANGER, "inhibits": "[]"})
    inhibiting = rule_text(**DANGER)
    start: list[str | Entry] = ["0:4"]
    plain = RulesEntry(2, T0 + MINUTE, {"rules/a.yaml": danger})
    with_inhibits = RulesEntry(3, T0 + 3 * MINUTE, {"rules/a.yaml": inhibiting, "rules/b.yaml": caution})
    gone = RulesEntry(4, T0 + 6 * MINUTE, {"rules/b.yaml": caution})
    events = run([], [*start, plain, "2:6", with_inhibits, "5:6"])
    assert told(events) == ["danger firing 2"]
    events = run([], [*start, plain, "2:6", with_inhibits, "5:6", gone, "tick 7"])
    assert told(events) == ["danger firing 2", "danger resolved 6", "caution firing 5"]
