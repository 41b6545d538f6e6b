"""The quality checks, in the order in which they look. A new one is one file here, and one line in this table."""

from typing import Final

from ingest.quality.check import Check
from ingest.quality.clock import CLOCK
from ingest.quality.drift import DRIFT
from ingest.quality.flat_line import FLAT
from ingest.quality.out_of_range import RANGE
from ingest.quality.rate import RATE
from ingest.quality.spike import SPIKE

CHECKS: Final[tuple[Check, ...]] = (RANGE, RATE, SPIKE, FLAT, DRIFT, CLOCK)
