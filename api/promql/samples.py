"""What a query is evaluated over: samples by series, found by matchers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from api.promql.matcher import Matcher
from city.reading import Float64s, Int64s

Labels = Mapping[str, str]

# Prometheus' own default (https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness).
LOOKBACK_MS: Final = 5 * 60_000
# Of one query. A month of a hundred sensors at two minutes; some 60 MB while it is answered.
SAMPLES_AT_MOST: Final = 2_000_000
# How far back one query looks: ten years, each day a question to the store.
DAYS_AT_MOST: Final = 3_660


@dataclass(frozen=True, slots=True)
class Samples:
    """One series: its labels (the name among them), time int64[n] ms, ascending, and value float64[n]."""

    labels: Labels
    time: Int64s
    value: Float64s


@dataclass(frozen=True, slots=True)
class Steps:
    """The moments that a query is evaluated at: first_ms, first_ms + step_ms, ... `count` of them."""

    first_ms: int
    step_ms: int
    count: int

    @property
    def last_ms(self) -> int:
        """The last moment."""
        return self.first_ms + (self.count - 1) * self.step_ms


class Source(Protocol):
    """Where samples come from. Blocking."""

    def samples(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> Sequence[Samples]:
        """Samples with start < time ≤ end of every series that fits; series without any may be left out.

        Raises QueryTooLargeError before it holds more than SAMPLES_AT_MOST, and for more than DAYS_AT_MOST.
        """
        ...

    def states(self, matchers: Sequence[Matcher], steps: Steps) -> Sequence[Samples]:
        """What is so rather than measured (a level, an alert), known at any moment: as samples at the steps."""
        ...

    def labels(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> Sequence[Labels]:
        """The series that fit and that had begun by `end_ms`; measured ones must have said something since start."""
        ...
