"""Silences and inhibition among alerts that come and go: who is told is what the plain reference says.

However the readings are cut into entries, and wherever the engine is restarted.
"""

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.engine import Engine
from city.alert import AlertEvent
from city.decision import Decision, Lift, Silence
from city.entry import DecisionEntry, Entry, TickEntry
from city.rule import Rule
from tests.support.drawn_journals import prompt_readings
from tests.support.drawn_rules import CITY
from tests.support.rule_city import MINUTE, T0, entry, rule
from tests.support.scalar_suppression import told_ids, with_their_ends

ARRIVES_MS = 10_000  # after its time, within every gauge's delay
END_MS = 1 << 60  # after all of it
WAITS_MS = 15_000  # at most for others of its batch: still within the delay


@st.composite
def inhibiting(draw: st.DrawFn) -> list[Rule]:
    """Thresholds, each of which may inhibit rules after it."""
    found = []
    for k in range(4):
        later = [f"rule{j}" for j in range(k + 1, 4) if draw(st.booleans())]
        found.append(
            rule(
                id=f"rule{k}",
                raise_=f"last() >= {draw(st.sampled_from(['4.5', '5', '5.5', '6']))}",
                for_=draw(st.sampled_from(["0", "2m"])),
                hold=draw(st.sampled_from(["0", "5m"])),
                severity=draw(st.integers(1, 5)),
                inhibits=f"[{', '.join(later)}]",
            )
        )
    return found


@dataclass(frozen=True)
class Made:
    """A silence that is made after so many readings, and lifted after so many more; 0: never."""

    after: int
    lasts_ms: int | None
    lifted_after: int
    rules: tuple[str, ...]
    subjects: tuple[str, ...]
    severity_at_most: int | None


made_silences = st.lists(
    st.builds(
        Made,
        after=st.integers(0, 30),
        lasts_ms=st.sampled_from([None, MINUTE, 7 * MINUTE, 90 * MINUTE]),
        lifted_after=st.integers(0, 10),
        rules=st.sampled_from([(), ("rule1",), ("rule0", "rule3")]),
        subjects=st.sampled_from([(), ("alpha:water_level",)]),
        severity_at_most=st.sampled_from([None, 2, 4]),
    ),
    max_size=3,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(inhibiting(), prompt_readings(), made_silences, st.integers(1, 5), st.integers(0, 60))
def test_who_is_told_is_what_the_plain_reference_says(
    chosen: list[Rule], readings: list[tuple[int, str, float]], made: list[Made], at_once: int, restart: int
) -> None:
    silences: dict[str, Silence] = {}
    entries: list[Entry] = [TickEntry(0, T0)]
    waiting: list[tuple[str, int, float, int]] = []
    lifts: dict[int, tuple[int, list[Silence]]] = {}

    def put() -> None:
        if waiting:
            entries.append(entry(CITY, len(entries), waiting[-1][1] + ARRIVES_MS, waiting))
            waiting.clear()

    for count, (time, device, value) in enumerate(readings):
        if waiting and time - waiting[0][1] > WAITS_MS:
            put()
        waiting.append((device, time, value, 0))
        decided: list[Silence | Lift] = [
            *(_make(number, each, time + ARRIVES_MS) for number, each in enumerate(made) if each.after == count),
            *(
                Lift(f"s{number}")
                for number, each in enumerate(made)
                if each.lifted_after and each.after + each.lifted_after == count
            ),
        ]
        if decided or len(waiting) >= at_once:
            put()
        for act in decided:
            if isinstance(act, Silence):
                silences[act.id] = act
            elif act.silence in silences:
                old = silences[act.silence]
                end = time + ARRIVES_MS if old.to_ms is None else min(old.to_ms, time + ARRIVES_MS)
                silences[act.silence] = Silence(
                    old.id, old.from_ms, end, old.rules, old.subjects, severity_at_most=old.severity_at_most
                )
                lifts[len(entries)] = time + ARRIVES_MS, list(silences.values())
            entries.append(DecisionEntry(len(entries), time + ARRIVES_MS, Decision("k", "x", act)))
    put()
    entries.append(TickEntry(len(entries), readings[-1][0] + 24 * 60 * MINUTE))
    engine = Engine("town", CITY, chosen)
    events: list[AlertEvent] = []
    expected: set[str] = set()
    for place, each in enumerate(entries):
        if place == restart:
            engine = Engine.restore(engine.snapshot(), CITY, chosen)
        events += engine.step(each)
        if place in lifts:
            at_ms, then = lifts[place]
            expected |= told_ids(_once(events), chosen, then, at_ms)
    every = _once(events)
    expected |= told_ids(every, chosen, list(silences.values()), END_MS)
    told = [event.id for event in events if event.told]
    assert len(told) == len(set(told))
    assert set(told) == with_their_ends(expected, every)


def _once(events: list[AlertEvent]) -> list[AlertEvent]:
    """Each as it was before it was told."""
    return list({event.id: event for event in reversed(events)}.values())


def _make(number: int, made: Made, at_ms: int) -> Silence:
    to_ms = None if made.lasts_ms is None else at_ms + made.lasts_ms
    return Silence(f"s{number}", at_ms, to_ms, made.rules, made.subjects, severity_at_most=made.severity_at_most)
