import random

from hypothesis import given
from hypothesis import strategies as st

from administration.retry import Retry

RETRY = Retry()


@given(st.integers(1, 10_000), st.randoms(use_true_random=False))
def test_the_wait_is_within_the_exponential_bound(attempts: int, rng: random.Random) -> None:
    bound_ms = min(600_000, 1000 * 2 ** min(attempts - 1, 20))
    assert 0 <= RETRY.wait_ms(attempts, None, rng) <= bound_ms


@given(st.integers(1, 10_000), st.floats(0, 1e9), st.randoms(use_true_random=False))
def test_what_was_asked_for_is_honoured_up_to_an_hour(attempts: int, asked_s: float, rng: random.Random) -> None:
    wait_ms = RETRY.wait_ms(attempts, asked_s, rng)
    assert wait_ms >= min(3_600_000, int(asked_s * 1000))
    assert wait_ms <= 3_600_000


def test_jitter_is_full() -> None:
    rng = random.Random(1)
    waits = [RETRY.wait_ms(100, None, rng) for _ in range(1000)]
    assert min(waits) < 60_000
    assert max(waits) > 540_000
