"""A clock's skew as the city tells it never goes beyond the truth, and is what the plain reckoning gives."""

from hypothesis import given
from hypothesis import strategies as st

from city.wire.state import ClockState, DeviceState, Presence
from ingest.clock_skew import APART_MS, DOUBTFUL_MS, LAST, ClockSkew

START_MS = 1_719_100_000_000
Arrivals = list[tuple[int, int]]  # when, and how long it was under way

arrivals = st.lists(
    st.tuples(st.integers(0, 3 * APART_MS), st.integers(0, 3 * DOUBTFUL_MS)), min_size=1, max_size=30
).map(lambda steps: [(START_MS + sum(step for step, _ in steps[: i + 1]), way) for i, (_, way) in enumerate(steps)])


@given(arrivals, st.integers(-(10**12), 10**12))
def test_it_is_the_truth_less_the_quickest_way_of_the_last_messages(came: Arrivals, skew_ms: int) -> None:
    found = ClockSkew()
    for n, (arrived_ms, way_ms) in enumerate(came, 1):
        sent_ms = arrived_ms - way_ms + skew_ms
        found.told(DeviceState(Presence.ONLINE, clock=ClockState.OK, boot="b", sent_ms=sent_ms), arrived_ms)
        told_ms, groups = found.ms, grouped(came[:n])
        plain_ms = skew_ms - min(way for group in groups[-LAST:] for way in group)
        if plain_ms < -DOUBTFUL_MS and len(groups) == 1:
            assert told_ms is None
        else:
            assert told_ms == plain_ms <= skew_ms


def grouped(came: Arrivals) -> list[list[int]]:
    """The ways of messages that arrived within a minute of the first of them, together."""
    groups: list[list[int]] = []
    first_ms = 0
    for arrived_ms, way_ms in came:
        if not groups or arrived_ms - first_ms >= APART_MS:
            groups.append([])
            first_ms = arrived_ms
        groups[-1].append(way_ms)
    return groups
