"""Whether what is sampled over a long run stays flat."""

import statistics
from collections.abc import Sequence
from typing import Final

# Of memory. The first third fills what is meant to be filled (DuckDB's buffers, the allocator's pools) and is left
# out. What then still gains 5 % in a third of a run has no end; less is pages that the allocator has not given back.
FLAT_MEMORY: Final = 1.05
# Of latency: the machine's own noise from one run to the next is 10 to 25 %. A queue that grows shows far beyond that.
FLAT_LATENCY: Final = 1.25


def drift(samples: Sequence[float]) -> float:
    """The median of the last third by that of the middle third; 1.0 is flat. Needs six samples or more."""
    third = len(samples) // 3
    if third < 2:
        raise ValueError(f"{len(samples)} samples say nothing of a drift")
    middle, last = samples[third:-third], samples[-third:]
    return statistics.median(last) / statistics.median(middle)
